/*
 * The link to the simulator: a UNIX stream socket on which the simulator listens.
 *
 * It carries frames: u32 length of the payload, u8 type, u32 handle, payload; numbers are little-endian.
 * A handle names one CONNECT of one open file; none is used again soon, so a late frame finds no file.
 *
 *   to the simulator        payload
 *     1 CONNECT             GUID, 16 bytes in the order of the ioctl
 *     2 MESSAGE             a message of the host; uses up one CREDIT
 *     3 ALLOW               -; the firmware may send one message
 *     4 CLOSE               -; the host disconnects, or waits no longer for CONNECTED
 *   from the simulator
 *    65 STATE               u8 1 = device enabled, 0 = not; u8 HBM major version. Handle 0. The first frame of all
 *    66 CONNECTED           u8 status of HBM, u8 protocol version, u32 max message length, u8 fixed address or 0
 *    67 MESSAGE             a message of the firmware; uses up one ALLOW
 *    68 CREDIT              -; the host may send one message
 *    69 DISCONNECTED        -; by the firmware, or by a reset
 */
#ifndef LINK_H
#define LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum frame_type {
    FRAME_CONNECT = 1,
    FRAME_MESSAGE_OUT = 2,
    FRAME_ALLOW = 3,
    FRAME_CLOSE = 4,
    FRAME_STATE = 65,
    FRAME_CONNECTED = 66,
    FRAME_MESSAGE_IN = 67,
    FRAME_CREDIT = 68,
    FRAME_DISCONNECTED = 69,
};

struct frame {
    uint8_t type;
    uint32_t handle;
    const uint8_t *payload;
    size_t length;
};

/* Connects to the socket; false with errno. */
bool link_open(const char *path);
int link_fd(void);
/* Sends one frame, waiting for room. When the simulator is gone the frame is lost, and link_receive tells. */
void link_send(enum frame_type type, uint32_t handle, const void *payload, size_t length);
/* Reads once and hands over each whole frame. False when the simulator is gone or sent what is no frame. */
bool link_receive(void (*each)(const struct frame *frame));

#endif
