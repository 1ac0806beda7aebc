#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mei_state.h"

struct device device = {.connect_timeout_ms = 15000};

void *allocate(size_t size) {
    void *memory = calloc(1, size);
    if (!memory) abort();
    return memory;
}

struct message *message_of(const void *bytes, size_t length) {
    struct message *message = allocate(sizeof *message + length);
    message->length = length;
    memcpy(message->bytes, bytes, length);
    return message;
}

int64_t now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void forget_outbound(struct mei_file *file) {
    while (file->outbound) {
        struct message *message = file->outbound;
        file->outbound = message->next;
        free(message);
    }
    file->outbound_end = &file->outbound;
    file->outbound_count = 0;
    file->credits = 0;
}

static void connect_failed(struct mei_file *file, int error) {
    file->state = DISCONNECTED;
    file->handle = 0;
    fuse_reply_err(file->connecting, error);
    file->connecting = NULL;
}

/* A message that came before stays readable. */
static void disconnect(struct mei_file *file) {
    if (file->state == CONNECTING) connect_failed(file, ENODEV);
    if (file->state != CONNECTED) return;
    file->state = DISCONNECTED;
    file->handle = 0;
    file->allowed = false;
    forget_outbound(file);
    wake(file);
}

bool mei_device_enabled(void) {
    return device.enabled;
}

void mei_device_connect_timeout(int ms) {
    device.connect_timeout_ms = ms;
}

struct mei_file *mei_file_open(bool nonblocking) {
    if (!device.enabled) return errno = ENODEV, NULL;
    for (unsigned slot = 1; slot < SLOTS; slot++) {
        if (device.files[slot]) continue;
        struct mei_file *file = allocate(sizeof *file);
        file->slot = (uint8_t)slot;
        file->nonblocking = nonblocking;
        file->outbound_end = &file->outbound;
        return device.files[slot] = file;
    }
    return errno = EMFILE, NULL;
}

void mei_file_close(struct mei_file *file) {
    if (file->handle) link_send(FRAME_CLOSE, file->handle, NULL, 0);
    if (file->poll) fuse_pollhandle_destroy(file->poll);
    forget_outbound(file);
    free(file->inbound);
    device.files[file->slot] = NULL;
    free(file);
}

/* As the driver maps the status of HBM. */
static int errno_of(uint8_t status) {
    switch (status) {
    case 1: return ENOTTY;
    case 2:
    case 3:
    case 5: return EBUSY;
    default: return EINVAL;
    }
}

static void on_connected(struct mei_file *file, const struct frame *frame) {
    if (file->state != CONNECTING || frame->length != 7) return;
    if (frame->payload[0] != 0) {
        connect_failed(file, errno_of(frame->payload[0]));
        return;
    }
    uint32_t max_message_le;
    memcpy(&max_message_le, frame->payload + 2, 4);
    file->state = CONNECTED;
    file->max_message = le32toh(max_message_le);
    file->fixed = frame->payload[6] != 0;
    /* struct mei_client; only its first five bytes are written into the caller's memory. */
    uint8_t properties[5];
    memcpy(properties, &max_message_le, 4);
    properties[4] = frame->payload[1];
    fuse_reply_ioctl(file->connecting, 0, properties, sizeof properties);
    file->connecting = NULL;
    if (file->fixed) allow(file, 0);
}

/* Without our credit a message is discarded, as in the driver. */
static void on_message(struct mei_file *file, const struct frame *frame) {
    if (!file->allowed) return;
    file->allowed = false;
    file->inbound_taken = 0;
    if (frame->length > file->allowed_size) file->inbound_was_too_long = true;
    else file->inbound = message_of(frame->payload, frame->length);
    wake(file);
}

static void on_state(const struct frame *frame) {
    if (frame->length != 2) return;
    device.enabled = frame->payload[0] != 0;
    device.hbm_major = frame->payload[1];
    if (device.enabled) return;
    for (unsigned slot = 1; slot < SLOTS; slot++) {
        if (device.files[slot]) disconnect(device.files[slot]);
    }
}

void mei_device_frame(const struct frame *frame) {
    if (frame->type == FRAME_STATE) {
        on_state(frame);
        return;
    }
    struct mei_file *file = device.files[frame->handle % SLOTS];
    if (!file || file->handle != frame->handle) return;
    switch (frame->type) {
    case FRAME_CONNECTED: on_connected(file, frame); break;
    case FRAME_MESSAGE_IN: on_message(file, frame); break;
    case FRAME_DISCONNECTED: disconnect(file); break;
    case FRAME_CREDIT:
        file->credits++;
        drain(file);
        wake(file);
        break;
    }
}

int mei_device_expire(void) {
    int64_t now = now_ms(), next = INT64_MAX;
    for (unsigned slot = 1; slot < SLOTS; slot++) {
        struct mei_file *file = device.files[slot];
        if (!file || file->state != CONNECTING) continue;
        if (file->connect_deadline <= now) {
            link_send(FRAME_CLOSE, file->handle, NULL, 0);
            connect_failed(file, EFAULT);
        } else if (file->connect_deadline < next) {
            next = file->connect_deadline;
        }
    }
    return next == INT64_MAX ? -1 : (int)(next - now);
}
