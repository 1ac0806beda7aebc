// SPDX-License-Identifier: GPL-2.0
/*
 * agent PORT FIRMWARE - what the test on the host reaches in the guest, over one virtio-serial port
 *
 * Runs commands, several at a time, and carries the records of /dev/mei_fw, so that the simulator on
 * the host is the firmware.  It is process 1: when the host lets go of the port the guest is over.
 *
 * Frame, both ways: le32 id, le24 length of the payload, u8 type, payload.
 *   host   R run the payload as a shell command under this id    I its input   E end of its input
 *          K kill it and its group
 *          A open the firmware device   D close it   F a record for it
 *   guest  H ready   o output   e error output   x it ended: le32 exit status, 128 + n after signal n
 *          A opened: le32 errno, 0 when well    D closed: by the host, or the device is gone
 *          W a record was refused: le32 errno   F a record
 */
#define _GNU_SOURCE			/* pipe2 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define HEADER 8
#define MAX_PAYLOAD 65536
#define MAX_JOBS 32

struct job {
	uint32_t id;
	pid_t pid;			/* 0: this slot is free */
	int in, out, err;
};

static struct job jobs[MAX_JOBS];
static int port, firmware = -1;

static void die(const char *what)
{
	perror(what);
	exit(1);			/* process 1: the kernel panics and QEMU ends */
}

static void put32(uint8_t *p, uint32_t v)
{
	p[0] = v;
	p[1] = v >> 8;
	p[2] = v >> 16;
	p[3] = v >> 24;
}

static uint32_t get32(const uint8_t *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

static void say(uint32_t id, char type, const void *payload, size_t length)
{
	static uint8_t frame[HEADER + MAX_PAYLOAD];
	size_t at = 0;

	put32(frame, id);
	put32(frame + 4, length | (uint32_t)type << 24);
	memcpy(frame + HEADER, payload, length);
	while (at < HEADER + length) {
		ssize_t n = write(port, frame + at, HEADER + length - at);

		if (n < 0 && errno != EINTR)
			die("port: write");
		if (n > 0)
			at += n;
	}
}

static void say32(uint32_t id, char type, uint32_t value)
{
	uint8_t payload[4];

	put32(payload, value);
	say(id, type, payload, sizeof(payload));
}

static void shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* -- commands -- */

static struct job *job_of(uint32_t id)
{
	for (struct job *job = jobs; job < jobs + MAX_JOBS; job++)
		if (job->pid && job->id == id)
			return job;
	return NULL;
}

static void run(uint32_t id, const char *command)
{
	int in[2], out[2], err[2];
	struct job *job = jobs;
	sigset_t none;

	while (job < jobs + MAX_JOBS && job->pid)
		job++;
	if (job == jobs + MAX_JOBS) {
		say32(id, 'x', 126);
		return;
	}
	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC))
		die("pipe");
	job->pid = fork();
	if (job->pid < 0)
		die("fork");
	if (!job->pid) {
		setsid();
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		signal(SIGPIPE, SIG_DFL);
		dup2(in[0], 0);
		dup2(out[1], 1);
		dup2(err[1], 2);
		execl("/bin/sh", "sh", "-c", command, NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	close(err[1]);
	fcntl(in[1], F_SETFL, O_NONBLOCK);
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	fcntl(err[0], F_SETFL, O_NONBLOCK);
	job->id = id;
	job->in = in[1];
	job->out = out[0];
	job->err = err[0];
}

/* Input is for short lines: a command that lets the pipe run full is killed. */
static void feed(struct job *job, const uint8_t *bytes, size_t length)
{
	if (write(job->in, bytes, length) != (ssize_t)length && errno == EAGAIN)
		kill(-job->pid, SIGKILL);
}

/* Passes on what there is, at most what a pipe holds; a closed pipe is taken out of the set. */
static void drain(struct job *job, int *fd, char type)
{
	static uint8_t bytes[MAX_PAYLOAD];
	ssize_t n = *fd < 0 ? 0 : read(*fd, bytes, sizeof(bytes));

	if (n > 0)
		say(job->id, type, bytes, n);
	else if (!n || (errno != EINTR && errno != EAGAIN))
		shut(fd);
}

/* Also of orphans. A command is over when its shell is, whoever else holds its pipes. */
static void reap(void)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (struct job *job = jobs; job < jobs + MAX_JOBS; job++) {
			if (job->pid != pid)
				continue;
			drain(job, &job->out, 'o');
			drain(job, &job->err, 'e');
			shut(&job->in);
			shut(&job->out);
			shut(&job->err);
			job->pid = 0;
			say32(job->id, 'x', WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
		}
	}
}

/* -- the firmware's device -- */

static void attach(const char *device)
{
	if (firmware < 0)
		firmware = open(device, O_RDWR | O_CLOEXEC);
	say32(0, 'A', firmware < 0 ? errno : 0);
}

static void detach(void)
{
	shut(&firmware);
	say(0, 'D', "", 0);
}

static void record_from_driver(void)
{
	uint8_t record[1024];
	ssize_t n = read(firmware, record, sizeof(record));

	if (n > 0)
		say(0, 'F', record, n);
	else if (!n || (errno != EINTR && errno != EAGAIN))
		detach();
}

/* -- frames from the host -- */

static void obey(uint32_t id, char type, uint8_t *payload, size_t length, const char *device)
{
	struct job *job = job_of(id);

	switch (type) {
	case 'R':
		payload[length] = 0;	/* there is room: see main() */
		run(id, (char *)payload);
		break;
	case 'I':
		if (job)
			feed(job, payload, length);
		break;
	case 'E':
		if (job)
			shut(&job->in);
		break;
	case 'K':
		if (job)
			kill(-job->pid, SIGKILL);
		break;
	case 'A':
		attach(device);
		break;
	case 'D':
		detach();
		break;
	case 'F':
		if (firmware >= 0 && write(firmware, payload, length) < 0)
			say32(0, 'W', errno);
		break;
	default:
		die("port: unknown frame");
	}
}

/* Cuts frames out of what came, and keeps the rest. Returns what is left. */
static size_t frames(uint8_t *bytes, size_t have, const char *device)
{
	size_t at = 0;

	while (have - at >= HEADER) {
		uint32_t word = get32(bytes + at + 4);
		size_t length = word & 0xffffff;
		uint8_t next;

		if (length > MAX_PAYLOAD)
			die("port: frame too long");
		if (have - at < HEADER + length)
			break;
		next = bytes[at + HEADER + length];
		obey(get32(bytes + at), word >> 24, bytes + at + HEADER, length, device);
		at += HEADER + length;
		bytes[at] = next;
	}
	memmove(bytes, bytes + at, have - at);
	return have - at;
}

int main(int argc, char **argv)
{
	static uint8_t bytes[HEADER + MAX_PAYLOAD + 1];	/* one more, for the end of a string */
	struct pollfd set[3 + 2 * MAX_JOBS];
	size_t have = 0;
	sigset_t child;
	int children;

	if (argc != 3)
		return 2;
	port = open(argv[1], O_RDWR | O_CLOEXEC);
	if (port < 0)
		die(argv[1]);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	signal(SIGPIPE, SIG_IGN);
	children = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
	if (children < 0)
		die("signalfd");

	say(0, 'H', "", 0);		/* waits in the kernel for the host's end to be open */
	for (;;) {
		set[0] = (struct pollfd){ .fd = port, .events = POLLIN };
		set[1] = (struct pollfd){ .fd = children, .events = POLLIN };
		set[2] = (struct pollfd){ .fd = firmware, .events = POLLIN };
		for (int i = 0; i < MAX_JOBS; i++) {
			set[3 + 2 * i] = (struct pollfd){ .fd = jobs[i].pid ? jobs[i].out : -1, .events = POLLIN };
			set[4 + 2 * i] = (struct pollfd){ .fd = jobs[i].pid ? jobs[i].err : -1, .events = POLLIN };
		}
		if (poll(set, 3 + 2 * MAX_JOBS, -1) < 0 && errno != EINTR)
			die("poll");
		for (int i = 0; i < MAX_JOBS; i++) {
			if (set[3 + 2 * i].revents)
				drain(&jobs[i], &jobs[i].out, 'o');
			if (set[4 + 2 * i].revents)
				drain(&jobs[i], &jobs[i].err, 'e');
		}
		if (set[1].revents) {
			struct signalfd_siginfo info;

			while (read(children, &info, sizeof(info)) > 0)
				;
			reap();
		}
		if (set[2].revents)
			record_from_driver();
		if (set[0].revents) {
			ssize_t n = read(port, bytes + have, HEADER + MAX_PAYLOAD - have);

			if (!n)
				die("port: the host let go");
			if (n > 0)
				have = frames(bytes, have + n, argv[2]);
		}
	}
}
