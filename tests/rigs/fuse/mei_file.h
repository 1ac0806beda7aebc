/*
 * What the mei driver keeps for each open file, and how it answers each call. One thread: a call that has to wait is
 * kept and answered later, so nothing here blocks and nothing is locked.
 */
#ifndef MEI_FILE_H
#define MEI_FILE_H

#define FUSE_USE_VERSION 35
#include <fuse3/fuse_lowlevel.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "link.h"

struct mei_file;

/* NULL with errno: ENODEV while the device is not enabled, EMFILE beyond 255. */
struct mei_file *mei_file_open(bool nonblocking);
void mei_file_close(struct mei_file *file);

/* Each answers `req`, now or later. */
void mei_file_connect(struct mei_file *file, fuse_req_t req, const uint8_t guid[16]);
void mei_file_notify_set(struct mei_file *file, fuse_req_t req, uint32_t value);
void mei_file_notify_get(struct mei_file *file, fuse_req_t req);
void mei_file_read(struct mei_file *file, fuse_req_t req, size_t size, bool nonblocking);
void mei_file_write(struct mei_file *file, fuse_req_t req, const void *data, size_t size, bool nonblocking);
void mei_file_sync(struct mei_file *file, fuse_req_t req);
/* Takes `handle` over; it may be NULL. */
void mei_file_poll(struct mei_file *file, fuse_req_t req, unsigned events, struct fuse_pollhandle *handle);

bool mei_device_enabled(void);
/* How long a CONNECT waits for the firmware. The driver's own time is 15000 ms. */
void mei_device_connect_timeout(int ms);
/* Takes in one frame of the simulator. */
void mei_device_frame(const struct frame *frame);
/* Fails each CONNECT that waited too long. Milliseconds until the next one does so, or -1. */
int mei_device_expire(void);

#endif
