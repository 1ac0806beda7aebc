/*
 * threads DEVICE GUID COUNT SECONDS
 * A thread that reads and a thread that writes share one blocking descriptor, connected to a client that echoes. GUID
 * is 32 hex digits in the order of the ioctl. Prints how many messages went round; killed by SIGALRM after SECONDS.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int fd;
static uint32_t count;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void *reader(void *unused) {
    (void)unused;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t message[16];
        if (read(fd, message, sizeof message) != sizeof message) fail("read");
        if (message[0] != i || message[15] != ~i) {
            fprintf(stderr, "message %u came as %u\n", i, message[0]);
            exit(1);
        }
    }
    return NULL;
}

int main(int argc, char **argv) {
    if (argc != 5 || strlen(argv[2]) != 32) return 2;
    uint8_t properties[16];
    for (int i = 0; i < 16; i++) sscanf(argv[2] + 2 * i, "%2hhx", &properties[i]);
    count = (uint32_t)atoi(argv[3]);
    alarm((unsigned)atoi(argv[4]));
    if ((fd = open(argv[1], O_RDWR)) < 0) fail("open");
    if (ioctl(fd, 0xC0104801, properties) != 0) fail("connect");
    pthread_t thread;
    if (pthread_create(&thread, NULL, reader, NULL) != 0) fail("pthread_create");
    /* The reader gets time to block in its first read, or the lock-out that this program looks for could be missed. */
    usleep(100 * 1000);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t message[16] = {[0] = i, [15] = ~i};
        if (write(fd, message, sizeof message) != sizeof message) fail("write");
    }
    pthread_join(thread, NULL);
    printf("%u messages\n", count);
    return 0;
}
