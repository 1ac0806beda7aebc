/*
 * round_trips DEVICE GUID COUNT SIZE
 * Sends a message and reads its echo, COUNT times, on one blocking descriptor. GUID is 32 hex digits in the order of
 * the ioctl. Prints one JSON object: round trips per second, and the median and 99th percentile in microseconds.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static double now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    if (argc != 5 || strlen(argv[2]) != 32) return 2;
    uint8_t properties[16];
    for (int i = 0; i < 16; i++) sscanf(argv[2] + 2 * i, "%2hhx", &properties[i]);
    int count = atoi(argv[3]);
    size_t size = (size_t)atoi(argv[4]);
    uint8_t *message = calloc(2, size);
    double *times = calloc((size_t)count, sizeof *times);
    int fd = open(argv[1], O_RDWR);
    if (fd < 0 || ioctl(fd, 0xC0104801, properties) != 0) return perror(argv[1]), 1;
    double start = now_us();
    for (int i = 0; i < count; i++) {
        double begin = now_us();
        memcpy(message, &i, sizeof i);
        if (write(fd, message, size) != (ssize_t)size) return perror("write"), 1;
        if (read(fd, message + size, size) != (ssize_t)size) return perror("read"), 1;
        if (memcmp(message, message + size, size) != 0) return fprintf(stderr, "echo %d differs\n", i), 1;
        times[i] = now_us() - begin;
    }
    double whole = now_us() - start;
    qsort(times, (size_t)count, sizeof *times, ascending);
    printf("{\"perSecond\":%.0f,\"p50Us\":%.1f,\"p99Us\":%.1f}\n", count / whole * 1e6, times[count / 2],
           times[count * 99 / 100]);
    return 0;
}
