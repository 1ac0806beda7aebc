#include "link.h"

#include <endian.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

enum { HEADER = 9, MAX_PAYLOAD = 128 * 1024 };

static int fd = -1;
static uint8_t buffer[2 * (HEADER + MAX_PAYLOAD)];
static size_t filled;

bool link_open(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return false;
    }
    strcpy(address.sun_path, path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
}

int link_fd(void) {
    return fd;
}

void link_send(enum frame_type type, uint32_t handle, const void *payload, size_t length) {
    uint8_t header[HEADER];
    uint32_t length_le = htole32((uint32_t)length), handle_le = htole32(handle);
    memcpy(header, &length_le, 4);
    header[4] = (uint8_t)type;
    memcpy(header + 5, &handle_le, 4);
    struct iovec parts[2] = {{header, HEADER}, {(void *)payload, length}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    while (parts[0].iov_len + parts[1].iov_len > 0) {
        ssize_t sent = sendmsg(fd, &message, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return;
        for (int i = 0; i < 2; i++) {
            size_t part = (size_t)sent < parts[i].iov_len ? (size_t)sent : parts[i].iov_len;
            parts[i].iov_base = (uint8_t *)parts[i].iov_base + part;
            parts[i].iov_len -= part;
            sent -= (ssize_t)part;
        }
    }
}

bool link_receive(void (*each)(const struct frame *frame)) {
    ssize_t got = recv(fd, buffer + filled, sizeof buffer - filled, MSG_DONTWAIT);
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    if (got == 0) return false;
    filled += (size_t)got;
    size_t at = 0;
    while (filled - at >= HEADER) {
        uint32_t length, handle;
        memcpy(&length, buffer + at, 4);
        memcpy(&handle, buffer + at + 5, 4);
        length = le32toh(length);
        if (length > MAX_PAYLOAD) return false;
        if (filled - at - HEADER < length) break;
        each(&(struct frame){buffer[at + 4], le32toh(handle), buffer + at + HEADER, length});
        at += HEADER + length;
    }
    memmove(buffer, buffer + at, filled - at);
    filled -= at;
    return true;
}
