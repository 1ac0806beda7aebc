/*
 * calls DEVICE STEP...
 * Makes system calls one after another and prints a line for each: the step, then its result or the name of its errno.
 * Nothing of the rig is used, so that what it prints is what any program would see.
 *
 *   open  open:nonblock     one more descriptor, the current one from here on
 *   many:N                  opens until N more are open or one fails; prints how many
 *   use:N                   makes the Nth descriptor (from 0) the current one
 *   close                   closes the current one
 *   connect:HEX             CONNECT with 16 bytes; prints them as they come back
 *   ioctl:REQUEST[:U32]     any other, both numbers in hex; the argument starts with U32
 *   write:HEX  fill:N       writes these bytes, or N zero bytes
 *   writes:N                writes one byte until N are written or one fails; prints how many
 *   read:N                  reads into N bytes; prints the count and the bytes
 *   poll:EVENTS:MS          prints revents in hex, 0 when the time is up
 *   fsync
 *   alarm:MS                a signal, once, whose handler does nothing and which restarts nothing
 *   user:ID                 setgid and setuid
 *   ask:WORD                prints the step alone, then waits for a line on standard input
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <unistd.h>

static const char *device;
static int fds[512], fd_count, current = -1;

static void on_alarm(int signal) {
    (void)signal;
}

static long open_one(int flags) {
    int fd = open(device, O_RDWR | flags);
    if (fd < 0) return -1;
    fds[fd_count++] = current = fd;
    return 0;
}

static size_t unhex(const char *text, uint8_t *bytes, size_t room) {
    size_t length = strlen(text) / 2;
    if (length > room) exit(2);
    for (size_t i = 0; i < length; i++) sscanf(text + 2 * i, "%2hhx", &bytes[i]);
    return length;
}

static void hex(const uint8_t *bytes, size_t length) {
    putchar(' ');
    for (size_t i = 0; i < length; i++) printf("%02x", bytes[i]);
}

static bool is(const char *step, const char *name) {
    return strncmp(step, name, strlen(name)) == 0;
}

/* The result of one step, and in `bytes` what came back. */
static long perform(const char *step, uint8_t *bytes, size_t room, size_t *returned) {
    const char *value = strchr(step, ':') ? strchr(step, ':') + 1 : "";
    long number = atol(value), done = 0;
    if (is(step, "open")) return open_one(is(value, "nonblock") ? O_NONBLOCK : 0);
    if (is(step, "many")) {
        while (done < number && open_one(0) == 0) done++;
        return done;
    }
    if (is(step, "use:")) return current = fds[number], 0;
    if (is(step, "close")) return close(current);
    if (is(step, "connect")) {
        unhex(value, bytes, 16);
        long result = ioctl(current, 0xC0104801, bytes);
        if (result == 0) *returned = 16;
        return result;
    }
    if (is(step, "ioctl")) {
        char *second;
        unsigned long request = strtoul(value, &second, 16);
        uint32_t argument = *second ? (uint32_t)strtoul(second + 1, NULL, 16) : 0;
        memcpy(bytes, &argument, sizeof argument);
        return ioctl(current, request, bytes);
    }
    if (is(step, "writes")) {
        while (done < number && write(current, bytes, 1) == 1) done++;
        return done;
    }
    if (is(step, "write")) return write(current, bytes, unhex(value, bytes, room));
    if (is(step, "fill")) return write(current, bytes, (size_t)number);
    if (is(step, "read")) {
        long count = read(current, bytes, (size_t)number);
        if (count > 0) *returned = (size_t)count;
        return count;
    }
    if (is(step, "poll")) {
        struct pollfd waited = {.fd = current};
        int ms = 0;
        sscanf(value, "%hx:%d", (unsigned short *)&waited.events, &ms);
        return poll(&waited, 1, ms) < 0 ? -1 : waited.revents;
    }
    if (is(step, "fsync")) return fsync(current);
    if (is(step, "alarm")) {
        struct sigaction action = {.sa_handler = on_alarm};
        struct itimerval timer = {.it_value = {number / 1000, number % 1000 * 1000}};
        return sigaction(SIGALRM, &action, NULL) || setitimer(ITIMER_REAL, &timer, NULL) ? -1 : 0;
    }
    if (is(step, "user")) return setgid((gid_t)number) || setuid((uid_t)number) ? -1 : 0;
    exit(2);
}

int main(int argc, char **argv) {
    static uint8_t bytes[1 << 20];
    if (argc < 3) return 2;
    device = argv[1];
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 2; i < argc; i++) {
        char line[80];
        if (is(argv[i], "ask:")) {
            puts(argv[i]);
            if (!fgets(line, sizeof line, stdin)) return 1;
            continue;
        }
        memset(bytes, 0, sizeof bytes);
        size_t returned = 0;
        errno = 0;
        long result = perform(argv[i], bytes, sizeof bytes, &returned);
        int error = errno;
        bool counts = is(argv[i], "many") || is(argv[i], "writes");
        printf("%.*s ", (int)strcspn(argv[i], ":"), argv[i]);
        if (result >= 0) printf(is(argv[i], "poll") ? "%lx" : "%ld", result);
        if (result < 0 || (counts && error)) printf("%s%s", counts ? " " : "", strerrorname_np(error));
        if (returned) hex(bytes, returned);
        putchar('\n');
    }
    return 0;
}
