import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Fd, type Libc, O_CLOEXEC, O_NONBLOCK, O_RDONLY, O_RDWR } from "../../ffi/libc.ts";
import { loadLibc } from "../../ffi/load.ts";
import { errnoOf } from "./expect_errno.ts";
import { messagePair, pipe } from "./raw_calls.ts";

/** Request numbers of asm-generic/ioctls.h; the last is CONNECT of linux/mei.h. */
const TIOCGWINSZ = 0x5413, TIOCSWINSZ = 0x5414, FIONREAD = 0x541b;
const TIOCGPTN = 0x80045430, TIOCSPTLCK = 0x40045431, IOCTL_MEI_CONNECT_CLIENT = 0xc0104801;

const noFd = -1 as Fd;
let libc: Libc;

beforeAll(async () => void (libc = await loadLibc()));
afterAll(() => libc.dispose());

describe("Libc.open", () => {
  it("names ENOENT when the path is missing", async () => {
    expect(await errnoOf(() => libc.open("/nonexistent", O_RDONLY))).toBe("ENOENT");
  });

  it("names ENOTDIR when a file stands where a folder is needed", async () => {
    expect(await errnoOf(() => libc.open("/proc/version/x", O_RDONLY))).toBe("ENOTDIR");
  });

  it("refuses a path with a zero inside rather than opening what stands before it", async () => {
    expect(await errnoOf(() => libc.open("/dev/null\0.txt", O_RDONLY))).toBe("EINVAL");
  });

  it("takes a path as UTF-8", async () => {
    const { mkdtempSync, rmSync, writeFileSync } = await import("node:fs");
    const { tmpdir } = await import("node:os");
    const folder = mkdtempSync(`${tmpdir()}/amtctl-`);
    try {
      writeFileSync(`${folder}/größe-尺寸`, "found");
      const fd = libc.open(`${folder}/größe-尺寸`, O_RDONLY | O_CLOEXEC);
      const into = new Uint8Array(16);
      expect(new TextDecoder().decode(into.subarray(0, libc.read(fd, into)))).toBe("found");
      libc.close(fd);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("Libc.read and Libc.write", () => {
  it("pass bytes through a pipe", () => {
    const [reader, writer] = pipe();
    expect(libc.write(writer, Uint8Array.of(1, 2, 3))).toBe(3);
    const into = new Uint8Array(8);
    expect(libc.read(reader, into)).toBe(3);
    expect([...into]).toEqual([1, 2, 3, 0, 0, 0, 0, 0]);
    libc.close(reader);
    libc.close(writer);
  });

  it("use the part of a buffer that a view shows", () => {
    const [reader, writer] = pipe();
    libc.write(writer, Uint8Array.of(9, 9, 1, 2, 9).subarray(2, 4));
    const buffer = new Uint8Array(6);
    expect(libc.read(reader, buffer.subarray(3, 6))).toBe(2);
    expect([...buffer]).toEqual([0, 0, 0, 1, 2, 0]);
    libc.close(reader);
    libc.close(writer);
  });

  it("keep message boundaries, an empty message too", () => {
    const [near, far] = messagePair();
    for (const length of [5, 0, 4096]) expect(libc.write(near, new Uint8Array(length))).toBe(length);
    const into = new Uint8Array(8192);
    expect([1, 2, 3].map(() => libc.read(far, into))).toEqual([5, 0, 4096]);
    libc.close(near);
    libc.close(far);
  });

  it("name EAGAIN when a nonblocking pipe is empty and when it is full", async () => {
    const [reader, writer] = pipe();
    expect(await errnoOf(() => libc.read(reader, new Uint8Array(1)))).toBe("EAGAIN");
    const full = () => {
      for (;;) libc.write(writer, new Uint8Array(65_536));
    };
    expect(await errnoOf(full)).toBe("EAGAIN");
    libc.close(reader);
    libc.close(writer);
  });

  it("name EBADF when the number is no descriptor", async () => {
    expect(await errnoOf(() => libc.read(noFd, new Uint8Array(1)))).toBe("EBADF");
    expect(await errnoOf(() => libc.write(noFd, new Uint8Array(1)))).toBe("EBADF");
  });
});

describe("Libc.ioctl", () => {
  it("sets up a terminal and reads its size back", () => {
    const master = libc.open("/dev/ptmx", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    libc.ioctl(master, TIOCSPTLCK, new Uint8Array(4));
    const number = new Uint8Array(4);
    libc.ioctl(master, TIOCGPTN, number);
    const slave = libc.open(`/dev/pts/${new Int32Array(number.buffer)[0]}`, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    const size = new Uint8Array(Uint16Array.of(43, 132, 0, 0).buffer);
    libc.ioctl(slave, TIOCSWINSZ, size);
    const seen = new Uint8Array(8);
    libc.ioctl(master, TIOCGWINSZ, seen);
    expect([...seen]).toEqual([...size]);
    libc.close(slave);
    libc.close(master);
  });

  it("names ENOTTY when a pipe is asked to connect to a client of the firmware", async () => {
    const [reader, writer] = pipe();
    expect(await errnoOf(() => libc.ioctl(reader, IOCTL_MEI_CONNECT_CLIENT, new Uint8Array(16)))).toBe("ENOTTY");
    libc.close(reader);
    libc.close(writer);
  });

  it("names EFAULT when an empty argument is written to", async () => {
    const [reader, writer] = pipe();
    expect(await errnoOf(() => libc.ioctl(reader, FIONREAD, new Uint8Array(0)))).toBe("EFAULT");
    libc.close(reader);
    libc.close(writer);
  });
});

describe("Libc.close", () => {
  it("frees the number", async () => {
    const [reader, writer] = pipe();
    libc.close(reader);
    expect(await errnoOf(() => libc.close(reader))).toBe("EBADF");
    libc.close(writer);
  });
});

describe("Libc.eventfd", () => {
  it("counts, is nonblocking, and is closed in programs that this one starts", async () => {
    const fd = libc.eventfd();
    expect(await errnoOf(() => libc.read(fd, new Uint8Array(8)))).toBe("EAGAIN");
    libc.write(fd, new Uint8Array(BigUint64Array.of(3n).buffer));
    libc.write(fd, new Uint8Array(BigUint64Array.of(4n).buffer));
    const count = new BigUint64Array(1);
    libc.read(fd, new Uint8Array(count.buffer));
    expect(count[0]).toBe(7n);
    const { readFileSync } = await import("node:fs");
    const flags = /flags:\s+(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"))?.[1];
    expect(parseInt(flags ?? "", 8) & (O_NONBLOCK | O_CLOEXEC)).toBe(O_NONBLOCK | O_CLOEXEC);
    libc.close(fd);
  });
});
