#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "mei_state.h"

bool connected(const struct mei_file *file) {
    return device.enabled && file->state == CONNECTED;
}

void allow(struct mei_file *file, size_t size) {
    if (file->allowed || file->inbound || file->inbound_was_too_long) return;
    file->allowed = true;
    file->allowed_size = size > file->max_message ? size : file->max_message;
    link_send(FRAME_ALLOW, file->handle, NULL, 0);
}

void drain(struct mei_file *file) {
    while (file->credits > 0 && file->outbound) {
        struct message *message = file->outbound;
        link_send(FRAME_MESSAGE_OUT, file->handle, message->bytes, message->length);
        file->credits--;
        file->outbound_count--;
        if (!(file->outbound = message->next)) file->outbound_end = &file->outbound;
        free(message);
    }
}

static bool attempt_read(struct call *call) {
    struct mei_file *file = call->file;
    struct message *message = file->inbound;
    if (!device.enabled) return fuse_reply_err(call->req, ENODEV), true;
    if (file->inbound_was_too_long) {
        file->inbound_was_too_long = false;
        return fuse_reply_err(call->req, EMSGSIZE), true;
    }
    if (!message) {
        if (!connected(file)) return fuse_reply_err(call->req, ENODEV), true;
        return allow(file, call->size), false;
    }
    size_t left = message->length - file->inbound_taken;
    size_t part = call->size < left ? call->size : left;
    fuse_reply_buf(call->req, (const char *)message->bytes + file->inbound_taken, part);
    file->inbound_taken += part;
    if (part == left) {
        file->inbound = NULL;
        free(message);
        if (file->fixed && connected(file)) allow(file, 0);
    }
    return true;
}

static bool attempt_write(struct call *call) {
    struct mei_file *file = call->file;
    struct message *message = call->message;
    if (!connected(file)) return free(message), fuse_reply_err(call->req, ENODEV), true;
    if (file->outbound_count >= TX_QUEUE_LIMIT) return false;
    fuse_reply_write(call->req, message->length);
    *file->outbound_end = message;
    file->outbound_end = &message->next;
    file->outbound_count++;
    return drain(file), true;
}

/* Answers the call if it can be answered. */
static bool attempt(struct call *call) {
    switch (call->kind) {
    case READ: return attempt_read(call);
    case WRITE: return attempt_write(call);
    default:
        if (!connected(call->file)) return fuse_reply_err(call->req, ENODEV), true;
        if (call->kind == NOTIFY_GET || call->file->outbound) return false;
        return fuse_reply_err(call->req, 0), true;
    }
}

static void on_interrupt(fuse_req_t req, void *data) {
    struct call *call = data, **at = &call->file->waiting;
    while (*at != call) at = &(*at)->next;
    *at = call->next;
    free(call->message);
    free(call);
    fuse_reply_err(req, EINTR);
}

static void answer_or_wait(struct call call, bool nonblocking) {
    if (attempt(&call)) return;
    if (nonblocking || fuse_req_interrupted(call.req)) {
        free(call.message);
        fuse_reply_err(call.req, nonblocking ? EAGAIN : EINTR);
        return;
    }
    struct call *kept = allocate(sizeof *kept), **end = &call.file->waiting;
    *kept = call;
    while (*end) end = &(*end)->next;
    *end = kept;
    fuse_req_interrupt_func(call.req, on_interrupt, kept);
}

static unsigned readiness(const struct mei_file *file) {
    if (!connected(file)) return POLLERR;
    unsigned ready = 0;
    if (file->inbound || file->inbound_was_too_long) ready |= POLLIN | POLLRDNORM;
    if (file->outbound_count < TX_QUEUE_LIMIT) ready |= POLLOUT | POLLWRNORM;
    return ready;
}

void wake(struct mei_file *file) {
    for (struct call **at = &file->waiting; *at;) {
        struct call *call = *at;
        if (attempt(call)) {
            *at = call->next;
            free(call);
        } else {
            at = &call->next;
        }
    }
    if (file->poll && (readiness(file) & (file->poll_events | POLLERR))) {
        fuse_lowlevel_notify_poll(file->poll);
        fuse_pollhandle_destroy(file->poll);
        file->poll = NULL;
        file->poll_events = 0;
    }
}

void mei_file_connect(struct mei_file *file, fuse_req_t req, const uint8_t guid[16]) {
    if (file->state == CONNECTING || file->state == CONNECTED) {
        fuse_reply_err(req, EBUSY);
        return;
    }
    file->state = CONNECTING;
    file->handle = ++device.generation << 8 | file->slot;
    file->connecting = req;
    file->connect_deadline = now_ms() + device.connect_timeout_ms;
    link_send(FRAME_CONNECT, file->handle, guid, 16);
}

void mei_file_notify_set(struct mei_file *file, fuse_req_t req, uint32_t value) {
    int error = value > 1 ? EINVAL : device.hbm_major < 2 ? EOPNOTSUPP : connected(file) ? 0 : ENODEV;
    if (error) fuse_reply_err(req, error);
    else fuse_reply_ioctl(req, 0, NULL, 0);
}

void mei_file_notify_get(struct mei_file *file, fuse_req_t req) {
    if (device.hbm_major < 2) {
        fuse_reply_err(req, EOPNOTSUPP);
        return;
    }
    answer_or_wait((struct call){.file = file, .req = req, .kind = NOTIFY_GET}, file->nonblocking);
}

void mei_file_read(struct mei_file *file, fuse_req_t req, size_t size, bool nonblocking) {
    answer_or_wait((struct call){.file = file, .req = req, .kind = READ, .size = size}, nonblocking);
}

void mei_file_write(struct mei_file *file, fuse_req_t req, const void *data, size_t size, bool nonblocking) {
    if (!connected(file) || size > file->max_message) {
        fuse_reply_err(req, connected(file) ? EFBIG : ENODEV);
        return;
    }
    struct call call = {.file = file, .req = req, .kind = WRITE, .message = message_of(data, size)};
    answer_or_wait(call, nonblocking);
}

void mei_file_sync(struct mei_file *file, fuse_req_t req) {
    answer_or_wait((struct call){.file = file, .req = req, .kind = SYNC}, false);
}

void mei_file_poll(struct mei_file *file, fuse_req_t req, unsigned events, struct fuse_pollhandle *handle) {
    if (handle) {
        if (file->poll) fuse_pollhandle_destroy(file->poll);
        file->poll = handle;
        file->poll_events |= events;
    }
    if (connected(file) && (events & (POLLIN | POLLRDNORM))) allow(file, 0);
    fuse_reply_poll(req, readiness(file) & (events | POLLERR));
}
