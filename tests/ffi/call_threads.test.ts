import { afterEach, describe, expect, it } from "vitest";
import type { SlowCall } from "../../ffi/call_thread.ts";
import { callThreadSource, dataCapacity } from "../../ffi/call_thread_source.ts";
import { CallThreads } from "../../ffi/call_threads.ts";
import { errnoOf } from "./expect_errno.ts";

/** A libc in JavaScript: `ioctl` answers how many calls its thread has made, or fails with its fd as errno. */
const scripted = callThreadSource(`
  let calls = 0;
  const interrupted = (times) => ++calls < times ? -4 : calls;
  const ioctl = (fd, request, bytes) => {
    if (request === 0xc0000000) return interrupted(3);
    if (request === 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30_000);
    bytes?.reverse();
    calls++;
    return fd === 0 ? calls : -fd;
  };
  const close = () => interrupted(1_000);
  const poll = (set, count, timeout) => timeout === -1 ? count : -22;
`);

const threads: CallThreads[] = [];
afterEach(() => threads.splice(0).forEach((pool) => pool.dispose()));

describe("CallThreads.call", () => {
  it("writes the argument back when the call succeeds, not when it fails", async () => {
    const pool = make();
    const bytes = Uint8Array.of(1, 2, 3);
    await pool.call({ ...ioctl, bytes });
    expect([...bytes]).toEqual([3, 2, 1]);
    expect(await errnoOf(() => pool.call({ ...ioctl, fd: 16, bytes }))).toBe("EBUSY");
    expect([...bytes]).toEqual([3, 2, 1]);
  });

  it("names an errno that the table does not have by its number", async () => {
    expect(await errnoOf(() => make().call({ ...ioctl, fd: 200 }))).toBe("E200");
  });

  it("repeats a call that a signal interrupted, with the request number unsigned", async () => {
    expect(await make().call({ ...ioctl, request: 0xc000_0000 })).toBe(3);
  });

  it("takes an interrupted close for done and does not repeat it", async () => {
    const pool = make();
    expect(await pool.call({ ...ioctl, call: "close" })).toBe(0);
    expect(await pool.call(ioctl)).toBe(2);
  });

  it("polls without end, with as many entries as the bytes have", async () => {
    expect(await make().call({ ...ioctl, call: "poll", bytes: new Uint8Array(24) })).toBe(3);
  });

  it("uses one thread for calls that follow each other", async () => {
    const pool = make();
    const results = [];
    for (let turn = 0; turn < 5; turn++) results.push(await pool.call(ioctl));
    expect(results).toEqual([1, 2, 3, 4, 5]);
  });

  it("uses a thread each for calls at one time, and takes them again", async () => {
    const pool = make();
    expect(await Promise.all([pool.call(ioctl), pool.call(ioctl), pool.call(ioctl)])).toEqual([1, 1, 1]);
    expect(await Promise.all([pool.call(ioctl), pool.call(ioctl), pool.call(ioctl)])).toEqual([2, 2, 2]);
  });

  it("starts another thread when the last one has been idle for too long", async () => {
    const pool = make(0);
    expect(await pool.call(ioctl)).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await pool.call(ioctl)).toBe(1);
  });

  it("refuses more bytes than an ioctl can have, and goes on", async () => {
    const pool = make();
    await expect(pool.call({ ...ioctl, bytes: new Uint8Array(dataCapacity + 1) })).rejects.toThrow(RangeError);
    expect(await pool.call({ ...ioctl, bytes: new Uint8Array(dataCapacity) })).toBe(1);
  });

  it.each([
    ["its text is no program", "}"],
    ["its module throws", callThreadSource(`throw new Error("no libc here");`)],
    ["its module cannot be loaded", callThreadSource(`import "./missing.js";`)],
  ])("rejects when the thread does not start because %s", async (_, source) => {
    const pool = new CallThreads(source, Infinity);
    await expect(pool.call(ioctl)).rejects.toMatchObject({
      code: "unexpected",
      message: expect.stringMatching(/^helper thread: ./),
    });
  });
});

describe("CallThreads.dispose", () => {
  it("rejects a call that is under way", async () => {
    const pool = make();
    await pool.call(ioctl);
    const stuck = errnoOf(() => pool.call({ ...ioctl, request: 1 }));
    pool.dispose();
    expect(await stuck).toBe("ECANCELED");
  });

  it("rejects a call whose thread is still starting, and later ones", async () => {
    const pool = make();
    const starting = errnoOf(() => pool.call(ioctl));
    pool.dispose();
    expect(await starting).toBe("ECANCELED");
    expect(await errnoOf(() => pool.call(ioctl))).toBe("ECANCELED");
  });
});

const ioctl: SlowCall = { call: "ioctl", fd: 0, request: 0, bytes: new Uint8Array(0) };

function make(idleMs = Infinity): CallThreads {
  const pool = new CallThreads(scripted, idleMs);
  threads.push(pool);
  return pool;
}
