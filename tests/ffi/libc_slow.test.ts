import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Fd, type Libc, O_NONBLOCK, O_RDWR, POLLHUP, POLLIN, POLLNVAL, POLLOUT, PollSet } from "../../ffi/libc.ts";
import { loadLibc } from "../../ffi/load.ts";
import { errnoOf } from "./expect_errno.ts";
import { lingeringPair, pipe } from "./raw_calls.ts";
import { canStall, StalledPipe, stallNeeds } from "./stalled_pipe.ts";

/** asm-generic/ioctls.h, linux/mei.h. */
const FIONREAD = 0x541b, TIOCSWINSZ = 0x5414, IOCTL_MEI_CONNECT_CLIENT = 0xc0104801;
const one = new Uint8Array(BigUint64Array.of(1n).buffer);
const onDeno = "Deno" in globalThis;

let libc: Libc;

beforeAll(async () => void (libc = await loadLibc()));
afterAll(() => libc.dispose());

describe("Libc.poll", () => {
  it("wakes when an eventfd of the set is written", async () => {
    const [reader, writer] = pipe();
    const wake = libc.eventfd();
    const set = pollSet([reader, POLLIN], [wake, POLLIN]);
    const polled = libc.poll(set);
    expect(await settles(polled)).toBe(false);
    libc.write(wake, one);
    await polled;
    expect([set.revents(0), set.revents(1)]).toEqual([0, POLLIN]);
    [reader, writer, wake].forEach((fd) => libc.close(fd));
  });

  it("tells which of many is ready", async () => {
    const fds = Array.from({ length: 200 }, () => libc.eventfd());
    const set = pollSet(...fds.map((fd) => [fd, POLLIN] as const));
    const polled = libc.poll(set);
    libc.write(fds[123]!, one);
    await polled;
    expect(fds.map((_, index) => index).filter((index) => set.revents(index) !== 0)).toEqual([123]);
    fds.forEach((fd) => libc.close(fd));
  });

  it("waits for several sets at once", async () => {
    const fds = Array.from({ length: 5 }, () => libc.eventfd());
    const order: number[] = [];
    const polls = fds.map((fd, index) => libc.poll(pollSet([fd, POLLIN])).then(() => order.push(index)));
    for (const index of [3, 0, 4, 1, 2]) {
      libc.write(fds[index]!, one);
      await polls[index];
    }
    expect(order).toEqual([3, 0, 4, 1, 2]);
    fds.forEach((fd) => libc.close(fd));
  });

  it("resolves with POLLNVAL, POLLHUP or POLLOUT when that is how things are", async () => {
    const [reader, writer] = pipe();
    const set = pollSet([writer, POLLOUT], [9999 as Fd, POLLIN]);
    await libc.poll(set);
    expect([set.revents(0), set.revents(1)]).toEqual([POLLOUT, POLLNVAL]);
    libc.close(writer);
    const end = pollSet([reader, POLLIN]);
    await libc.poll(end);
    expect(end.revents(0)).toBe(POLLHUP);
    libc.close(reader);
  });
});

describe("Libc.slowIoctl", () => {
  it("writes the argument back when it succeeds", async () => {
    const [reader, writer] = pipe();
    libc.write(writer, new Uint8Array(1234));
    const argument = new Uint8Array(4);
    expect(await libc.slowIoctl(reader, FIONREAD, argument)).toBe(0);
    expect(new Int32Array(argument.buffer)[0]).toBe(1234);
    libc.close(reader);
    libc.close(writer);
  });

  it("names the errno of a quick failure and leaves the argument as it was", async () => {
    const [reader, writer] = pipe();
    const argument = Uint8Array.from({ length: 16 }, (_, index) => index);
    expect(await errnoOf(() => libc.slowIoctl(reader, IOCTL_MEI_CONNECT_CLIENT, argument))).toBe("ENOTTY");
    expect(await errnoOf(() => libc.slowIoctl(9999 as Fd, IOCTL_MEI_CONNECT_CLIENT, argument))).toBe("EBADF");
    expect(await errnoOf(() => libc.slowIoctl(reader, TIOCSWINSZ, argument))).toBe("ENOTTY");
    expect(await errnoOf(() => libc.slowIoctl(reader, FIONREAD, new Uint8Array(0)))).toBe("EFAULT");
    expect([...argument]).toEqual(Array.from({ length: 16 }, (_, index) => index));
    libc.close(reader);
    libc.close(writer);
  });

  it.skipIf(!canStall)(`leaves the event loop free while the kernel holds the call${stallNeeds}`, async () => {
    await using stalled = (await StalledPipe.make())!;
    const fd = libc.open(stalled.path, O_RDWR | O_NONBLOCK);
    await stalled.stall();
    const argument = new Uint8Array(4);
    const slow = libc.slowIoctl(fd, FIONREAD, argument);
    const wake = libc.eventfd();
    const polled = libc.poll(pollSet([wake, POLLIN]));
    expect(await settles(slow)).toBe(false);
    libc.write(wake, one);
    await polled;
    expect(await settles(slow)).toBe(false);
    await stalled.release();
    expect(await slow).toBe(0);
    expect(new Int32Array(argument.buffer)[0]).toBe(8);
    libc.close(wake);
    libc.close(fd);
  });

  const lateErrno = onDeno ? "ETIMEDOUT" : "EFAULT";
  it.skipIf(!canStall)(`names ${lateErrno} when the call fails late${stallNeeds}`, async () => {
    await using stalled = (await StalledPipe.make())!;
    const fd = libc.open(stalled.path, O_RDWR | O_NONBLOCK);
    await stalled.stall();
    const failed = errnoOf(() => libc.slowIoctl(fd, FIONREAD, new Uint8Array(0)));
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await stalled.release();
    expect(await failed).toBe(lateErrno);
    libc.close(fd);
  });
});

describe("Libc.slowClose", () => {
  it("closes a pipe", async () => {
    const [reader, writer] = pipe();
    await libc.slowClose(reader);
    expect(await errnoOf(() => libc.write(writer, one))).toBe("EPIPE");
    expect(await errnoOf(() => libc.read(reader, new Uint8Array(8)))).toBe("EBADF");
    libc.close(writer);
  });

  it("names EBADF when the number is no descriptor", async () => {
    expect(await errnoOf(() => libc.slowClose(9999 as Fd))).toBe("EBADF");
    expect(await errnoOf(() => libc.slowClose(-1 as Fd))).toBe("EBADF");
  });

  it("leaves the event loop free while a socket lingers for a peer that does not read", async () => {
    const [near, far] = lingeringPair(15);
    expect(await errnoOf(() => fill(near))).toBe("EAGAIN");
    const closed = libc.slowClose(near);
    expect(await settles(closed)).toBe(false);
    libc.close(far);
    await closed;
    expect(await errnoOf(() => libc.close(near))).toBe("EBADF");
  });

  it.skipIf(!canStall)(`leaves the event loop free when no signal can end it${stallNeeds}`, async () => {
    await using stalled = (await StalledPipe.make())!;
    const fd = libc.open(stalled.path, O_RDWR | O_NONBLOCK);
    await stalled.stall();
    const closed = libc.slowClose(fd);
    expect(await settles(closed)).toBe(false);
    await stalled.release();
    await closed;
  });
});

function pollSet(...entries: (readonly [Fd, number])[]): PollSet {
  const set = new PollSet(entries.length);
  entries.forEach(([fd, events], index) => set.set(index, fd, events));
  return set;
}

function fill(fd: Fd): void {
  for (;;) libc.write(fd, new Uint8Array(65_536));
}

/** Whether the promise settles within ten turns of a 10 ms timer: it is the timer that shows the event loop is free. */
async function settles(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const mark = () => void (settled = true);
  promise.then(mark, mark);
  for (let turn = 0; turn < 10 && !settled; turn++) await new Promise((resolve) => setTimeout(resolve, 10));
  return settled;
}
