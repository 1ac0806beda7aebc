import { describe, expect, it } from "vitest";
import type { Fd } from "../../ffi/libc.ts";
import { PosixLibc, type QuickCalls, type SlowCalls } from "../../ffi/posix.ts";
import { errnoOf } from "./expect_errno.ts";

const EINTR = 4, EIO = 5, EAGAIN = 11, EBUSY = 16;
const fd = 7 as Fd;

describe("PosixLibc", () => {
  it.each([
    ["open", (libc: PosixLibc) => libc.open("/dev/mei0", 0)],
    ["read", (libc: PosixLibc) => libc.read(fd, new Uint8Array(8))],
    ["write", (libc: PosixLibc) => libc.write(fd, new Uint8Array(8))],
    ["ioctl", (libc: PosixLibc) => libc.ioctl(fd, 1, new Uint8Array(8))],
    ["eventfd", (libc: PosixLibc) => libc.eventfd()],
  ])("repeats %s when a signal interrupts it, and names another errno", async (name, call) => {
    const interrupted = scripted([EINTR, EINTR, 0]);
    expect(call(interrupted.libc)).toBe(0);
    expect(interrupted.calls).toEqual([name, name, name]);
    const busy = scripted([EINTR, EBUSY, 0]);
    expect(await errnoOf(() => call(busy.libc))).toBe("EBUSY");
    expect(busy.calls).toEqual([name, name]);
  });

  it("takes an interrupted close for done, and names another errno", async () => {
    const interrupted = scripted([EINTR, 0]);
    interrupted.libc.close(fd);
    expect(interrupted.calls).toEqual(["close"]);
    expect(await errnoOf(() => scripted([EIO]).libc.close(fd))).toBe("EIO");
  });

  it("closes the socket of a datagram, sent or not, and repeats what a signal interrupts", async () => {
    const sent = scripted([EINTR, 0, EINTR, 0]);
    sent.libc.sendDatagram("/run/notify", new Uint8Array(8));
    expect(sent.calls).toEqual(["socket", "socket", "sendto", "sendto", "close"]);
    const full = scripted([0, EAGAIN]);
    expect(await errnoOf(() => full.libc.sendDatagram("/run/notify", new Uint8Array(8)))).toBe("EAGAIN");
    expect(full.calls).toEqual(["socket", "sendto", "close"]);
    const none = scripted([EIO]);
    expect(await errnoOf(() => none.libc.sendDatagram("/run/notify", new Uint8Array(8)))).toBe("EIO");
    expect(none.calls).toEqual(["socket"]);
  });

  it("tries a sync once more when it failed, as one does that a signal interrupted", async () => {
    const answers = [false, true, false, false, true];
    const { libc } = scripted([], { sync: () => Promise.resolve(answers.shift()!) });
    expect([await libc.slowSync(fd), await libc.slowSync(fd)]).toEqual([true, false]);
    expect(answers).toEqual([true]);
  });

  it("closes at last what no signal gets out of a sync", async () => {
    const closed: Fd[] = [];
    const { libc } = scripted([], {
      sync: () => new Promise(() => {}),
      close: (fd) => Promise.resolve(void closed.push(fd)),
    });
    void libc.slowSync(fd);
    await libc.slowClose(fd);
    expect(closed).toEqual([fd]);
  });

  it("waits for a sync that is about to end before it closes", async () => {
    const order: string[] = [];
    const { libc, calls } = scripted([], {
      sync: async () => {
        await Promise.resolve();
        order.push("sync");
        return true;
      },
      close: () => Promise.resolve(void order.push("close")),
    });
    void libc.slowSync(fd);
    await libc.slowClose(fd);
    expect([order, calls]).toEqual([["sync", "close"], []]);
  });
});

/** A libc whose calls end with these errnos in turn, 0 for success. */
function scripted(errnos: number[], slow: Partial<SlowCalls> = {}) {
  const calls: string[] = [];
  const call = (name: string) => () => {
    calls.push(name);
    return -(errnos.shift() ?? 0) || 0;
  };
  const quick: QuickCalls = {
    open: call("open"),
    ioctl: call("ioctl"),
    read: call("read"),
    write: call("write"),
    close: call("close"),
    eventfd: call("eventfd"),
    socket: call("socket"),
    sendto: call("sendto"),
    syscall: call("syscall"),
  };
  return { libc: new PosixLibc(quick, slow as SlowCalls), calls };
}
