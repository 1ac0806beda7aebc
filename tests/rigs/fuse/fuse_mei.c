/*
 * fuse_mei SOCKET FOLDER [--mode OCTAL] [--connect-timeout MS] [--no-stream]
 *
 * A file system with one file, `mei0`, that behaves as the character device of the Linux mei driver; the firmware is a
 * simulator that listens on SOCKET (link.h). Prints "ready" once the file can be opened. Ends, unmounted, on SIGTERM,
 * SIGINT, SIGHUP, when it is unmounted from outside, and when the simulator goes away.
 *
 * One thread serves both ends. No call blocks it (mei_file.h), and the order in which the kernel hands over requests
 * stays: the release of a closed file reaches the simulator before a CONNECT that came after it.
 */
#include <errno.h>
#include <getopt.h>
#include <linux/fuse.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mei_file.h"

#define IOCTL_MEI_CONNECT_CLIENT 0xC0104801u
#define IOCTL_MEI_NOTIFY_SET 0x40044802u
#define IOCTL_MEI_NOTIFY_GET 0x80044803u
#define IOCTL_MEI_CONNECT_CLIENT_VTAG 0xC0144804u

enum { FOLDER_INODE = FUSE_ROOT_ID, FILE_INODE = 2, FOREVER_S = 86400 };

static mode_t file_mode = 0600;
static int no_stream;

static struct mei_file *file_of(const struct fuse_file_info *fi) {
    return (struct mei_file *)(uintptr_t)fi->fh;
}

static bool nonblocking(const struct fuse_file_info *fi) {
    return fi->flags & O_NONBLOCK;
}

static struct stat attributes(fuse_ino_t inode) {
    struct stat stat = {.st_ino = inode, .st_nlink = 1, .st_mode = S_IFDIR | 0755};
    if (inode == FILE_INODE) {
        stat.st_mode = S_IFREG | file_mode;
        /* The kernel lets writers run side by side only within the size of the file; any message is shorter. */
        stat.st_size = 1 << 20;
    }
    return stat;
}

static void on_init(void *data, struct fuse_conn_info *connection) {
    (void)data;
    /* A release is a background request; no burst of them may queue up behind a later CONNECT. */
    connection->max_background = 1024;
}

static void on_lookup(fuse_req_t req, fuse_ino_t parent, const char *name) {
    if (parent != FOLDER_INODE || strcmp(name, "mei0") != 0) {
        fuse_reply_err(req, ENOENT);
        return;
    }
    struct fuse_entry_param entry = {.ino = FILE_INODE, .attr = attributes(FILE_INODE)};
    entry.attr_timeout = entry.entry_timeout = FOREVER_S;
    fuse_reply_entry(req, &entry);
}

static void on_getattr(fuse_req_t req, fuse_ino_t inode, struct fuse_file_info *fi) {
    (void)fi;
    struct stat stat = attributes(inode);
    fuse_reply_attr(req, &stat, FOREVER_S);
}

static void on_readdir(fuse_req_t req, fuse_ino_t inode, size_t size, off_t offset, struct fuse_file_info *fi) {
    (void)inode, (void)fi;
    static const char *const names[] = {".", "..", "mei0"};
    char entries[256];
    size_t used = 0;
    for (off_t i = offset; i < 3; i++) {
        struct stat stat = attributes(i < 2 ? FOLDER_INODE : FILE_INODE);
        used += fuse_add_direntry(req, entries + used, sizeof entries - used, names[i], &stat, i + 1);
    }
    fuse_reply_buf(req, entries, used < size ? used : size);
}

static void on_open(fuse_req_t req, fuse_ino_t inode, struct fuse_file_info *fi) {
    (void)inode;
    struct mei_file *file = mei_file_open(nonblocking(fi));
    if (!file) {
        fuse_reply_err(req, errno);
        return;
    }
    /* By hand, for the library has no field for STREAM: without it a blocked read locks out each write to the same
     * open file. Without PARALLEL_DIRECT_WRITES a blocked write locks out the writes of all other files. */
    struct fuse_open_out answer = {
        .fh = (uintptr_t)file,
        .open_flags = FOPEN_DIRECT_IO | FOPEN_NONSEEKABLE | FOPEN_PARALLEL_DIRECT_WRITES |
                      (no_stream ? 0 : FOPEN_STREAM),
    };
    if (fuse_reply_buf(req, (const char *)&answer, sizeof answer) == -ENOENT) mei_file_close(file);
}

static void on_release(fuse_req_t req, fuse_ino_t inode, struct fuse_file_info *fi) {
    (void)inode;
    mei_file_close(file_of(fi));
    fuse_reply_err(req, 0);
}

static void on_read(fuse_req_t req, fuse_ino_t inode, size_t size, off_t offset, struct fuse_file_info *fi) {
    (void)inode, (void)offset;
    mei_file_read(file_of(fi), req, size, nonblocking(fi));
}

static void on_write(fuse_req_t req, fuse_ino_t inode, const char *data, size_t size, off_t offset,
                     struct fuse_file_info *fi) {
    (void)inode, (void)offset;
    mei_file_write(file_of(fi), req, data, size, nonblocking(fi));
}

static void on_fsync(fuse_req_t req, fuse_ino_t inode, int datasync, struct fuse_file_info *fi) {
    (void)inode, (void)datasync;
    mei_file_sync(file_of(fi), req);
}

static void on_ioctl(fuse_req_t req, fuse_ino_t inode, unsigned command, void *argument, struct fuse_file_info *fi,
                     unsigned flags, const void *in, size_t in_size, size_t out_size) {
    (void)inode, (void)argument, (void)flags, (void)in_size, (void)out_size;
    uint32_t value;
    if (!mei_device_enabled()) {
        fuse_reply_err(req, ENODEV);
        return;
    }
    /* The kernel takes the sizes of `in` and out from the command's number. */
    switch (command) {
    case IOCTL_MEI_CONNECT_CLIENT: mei_file_connect(file_of(fi), req, in); break;
    case IOCTL_MEI_NOTIFY_SET:
        memcpy(&value, in, sizeof value);
        mei_file_notify_set(file_of(fi), req, value);
        break;
    case IOCTL_MEI_NOTIFY_GET: mei_file_notify_get(file_of(fi), req); break;
    case IOCTL_MEI_CONNECT_CLIENT_VTAG: fuse_reply_err(req, EOPNOTSUPP); break;
    default: fuse_reply_err(req, ENOTTY);
    }
}

static void on_poll(fuse_req_t req, fuse_ino_t inode, struct fuse_file_info *fi, struct fuse_pollhandle *handle) {
    (void)inode;
    mei_file_poll(file_of(fi), req, fi->poll_events, handle);
}

static const struct fuse_lowlevel_ops operations = {
    .init = on_init,   .lookup = on_lookup,   .getattr = on_getattr, .readdir = on_readdir,
    .open = on_open,   .release = on_release, .read = on_read,       .write = on_write,
    .fsync = on_fsync, .ioctl = on_ioctl,     .poll = on_poll,
};

/* Serves both ends until one is gone. */
static void serve(struct fuse_session *session) {
    sigset_t none;
    sigemptyset(&none);
    struct fuse_buf buffer = {0};
    bool told = false;
    while (!fuse_session_exited(session)) {
        int wait_ms = mei_device_expire();
        struct timespec timeout = {wait_ms / 1000, wait_ms % 1000 * 1000000L};
        struct pollfd ends[] = {{fuse_session_fd(session), POLLIN, 0}, {link_fd(), POLLIN, 0}};
        if (ppoll(ends, 2, wait_ms < 0 ? NULL : &timeout, &none) < 0) continue;
        if (ends[1].revents && !link_receive(mei_device_frame)) break;
        if (!told && mei_device_enabled()) {
            told = true;
            puts("ready");
            fflush(stdout);
        }
        if (!ends[0].revents) continue;
        int got = fuse_session_receive_buf(session, &buffer);
        if (got > 0) fuse_session_process_buf(session, &buffer);
        else if (got != -EINTR && got != -EAGAIN) break;
    }
    free(buffer.mem);
}

static int usage(void) {
    fputs("usage: fuse_mei SOCKET FOLDER [--mode OCTAL] [--connect-timeout MS] [--no-stream]\n", stderr);
    return 2;
}

int main(int argc, char **argv) {
    static const struct option options[] = {
        {"mode", required_argument, NULL, 'm'},
        {"connect-timeout", required_argument, NULL, 't'},
        {"no-stream", no_argument, &no_stream, 1},
        {0},
    };
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 'm') file_mode = (mode_t)strtoul(optarg, NULL, 8) & 0777;
        else if (option == 't') mei_device_connect_timeout(atoi(optarg));
        else if (option != 0) return usage();
    }
    if (argc - optind != 2) return usage();
    const char *socket = argv[optind], *folder = argv[optind + 1];
    if (!link_open(socket)) {
        perror(socket);
        return 1;
    }

    char *library[] = {"fuse_mei", "-o", "allow_other,default_permissions,auto_unmount,fsname=mei,subtype=mei", NULL};
    struct fuse_args arguments = FUSE_ARGS_INIT(3, library);
    struct fuse_session *session = fuse_session_new(&arguments, &operations, sizeof operations, NULL);
    if (!session || fuse_session_mount(session, folder) != 0) return 1;

    /* Signals come in only while serve waits, so none is missed between its look at the flag and the wait. */
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM), sigaddset(&ending, SIGINT), sigaddset(&ending, SIGHUP);
    sigprocmask(SIG_BLOCK, &ending, NULL);
    fuse_set_signal_handlers(session);
    serve(session);
    fuse_remove_signal_handlers(session);
    fuse_session_unmount(session);
    fuse_session_destroy(session);
    fuse_opt_free_args(&arguments);
    return 0;
}
