/* The parts of an open file and of the device; for mei_file.c and mei_device.c alone. */
#ifndef MEI_STATE_H
#define MEI_STATE_H

#include "mei_file.h"

enum { SLOTS = 256, TX_QUEUE_LIMIT = 50 };

enum state { INITIALIZING, CONNECTING, CONNECTED, DISCONNECTED };

struct message {
    struct message *next;
    size_t length;
    uint8_t bytes[];
};

/* A system call that waits. */
struct call {
    struct call *next;
    struct mei_file *file;
    fuse_req_t req;
    enum { READ, WRITE, SYNC, NOTIFY_GET } kind;
    size_t size;             /* READ: of the buffer */
    struct message *message; /* WRITE */
};

struct mei_file {
    uint8_t slot;
    enum state state;
    uint32_t handle; /* of the connection on the link; 0 without one */
    uint32_t max_message;
    bool fixed;       /* the client lives at a fixed address, which knows no credit: it may always send */
    bool nonblocking; /* as it was opened; for ioctls, with which FUSE passes no flags */
    fuse_req_t connecting;
    int64_t connect_deadline;
    struct call *waiting;

    unsigned credits; /* messages that the firmware can take */
    struct message *outbound, **outbound_end;
    unsigned outbound_count;

    bool allowed;            /* the firmware has our credit for one message */
    size_t allowed_size;     /* what that message may have at most */
    struct message *inbound; /* the one that came */
    size_t inbound_taken;    /* bytes of it that were read */
    bool inbound_was_too_long;

    struct fuse_pollhandle *poll;
    unsigned poll_events;
};

struct device {
    bool enabled;
    uint8_t hbm_major;
    int connect_timeout_ms;
    uint32_t generation;
    struct mei_file *files[SLOTS]; /* slot 0 stays free, as host address 0 does in the driver */
};

extern struct device device;

bool connected(const struct mei_file *file);
/* Ends the program when there is no memory. */
/* The receive credit, for a message of max_message or `size` bytes: at most one, none while a message lies unread. */
void allow(struct mei_file *file, size_t size);
void *allocate(size_t size);
struct message *message_of(const void *bytes, size_t length);
int64_t now_ms(void);
/* Sends what the firmware's credit allows. */
void drain(struct mei_file *file);
void forget_outbound(struct mei_file *file);
/* Something changed: answers the calls and the pollers for which that is enough. */
void wake(struct mei_file *file);

#endif
