import { afterEach, describe, expect, it, vi } from "vitest";
import type { SlowCall } from "../../ffi/call_thread.ts";
import { DenoSlowCalls, type DenoSlowSymbols } from "../../ffi/deno_slow_calls.ts";
import { type Fd, POLLIN, PollSet } from "../../ffi/libc.ts";
import { errnoOf } from "./expect_errno.ts";

const EINTR = 4, EINVAL = 22;
const fd = 7 as Fd;

afterEach(() => void vi.useRealTimers());

describe("DenoSlowCalls.poll", () => {
  it("waits again when a signal interrupted it and nothing is ready", async () => {
    const pollAsync = answers(-1, -1, 1);
    const pollNow = vi.fn(() => 0);
    await make({ pollAsync, pollNow }).calls.poll(new PollSet(1));
    expect(pollAsync).toHaveBeenCalledTimes(3);
  });

  it("resolves when a signal interrupted it and something is ready by then", async () => {
    const pollAsync = answers(-1);
    const set = new PollSet(1);
    const pollNow = vi.fn((bytes: Uint8Array) => bytes[6] = POLLIN);
    await make({ pollAsync, pollNow }).calls.poll(set);
    expect(set.revents(0)).toBe(POLLIN);
    expect(pollNow).toHaveBeenCalledWith(set.bytes, 1n);
  });

  it("rejects when the kernel refuses the set", async () => {
    const { calls } = make({ pollAsync: answers(-1), pollNow: () => -EINVAL });
    expect(await errnoOf(() => calls.poll(new PollSet(1)))).toBe("EINVAL");
  });

  it("waits again when the question why is interrupted too", async () => {
    const pollAsync = answers(-1, 1);
    await make({ pollAsync, pollNow: () => -EINTR }).calls.poll(new PollSet(1));
    expect(pollAsync).toHaveBeenCalledTimes(2);
  });
});

describe("DenoSlowCalls.ioctl", () => {
  it("repeats a quick failure from the original bytes, once", async () => {
    const ioctlAsync = vi.fn((_fd: number, _request: bigint, bytes: Uint8Array | null) => {
      bytes?.fill(0xee);
      return Promise.resolve(-1);
    });
    const { calls, thread } = make({ ioctlAsync });
    const bytes = Uint8Array.of(1, 2, 3);
    thread.mockImplementation((call) => {
      expect([...call.bytes]).toEqual([1, 2, 3]);
      call.bytes.set([4, 5, 6]);
      return Promise.resolve(9);
    });
    expect(await calls.ioctl(fd, 0xc0104801, bytes)).toBe(9);
    expect([...bytes]).toEqual([4, 5, 6]);
    expect(thread).toHaveBeenCalledTimes(1);
    expect(ioctlAsync).toHaveBeenCalledTimes(1);
  });

  it.each([[999, 1], [1_000, 0]])("asks why a call failed after %d ms %d times", async (tookMs, times) => {
    vi.useFakeTimers();
    const ioctlAsync = () => {
      vi.advanceTimersByTime(tookMs);
      return Promise.resolve(-1);
    };
    const { calls, thread } = make({ ioctlAsync });
    expect(await errnoOf(() => calls.ioctl(fd, 1, new Uint8Array(4)))).toBe(times === 0 ? "ETIMEDOUT" : "none");
    expect(thread).toHaveBeenCalledTimes(times);
  });

  it("leaves a call that is to be made once to the thread", async () => {
    const ioctlAsync = vi.fn(() => Promise.resolve(0));
    const { calls, thread } = make({ ioctlAsync });
    thread.mockResolvedValue(5);
    expect(await calls.ioctl(fd, 1, new Uint8Array(4), { once: true })).toBe(5);
    expect([ioctlAsync.mock.calls.length, thread.mock.calls.length]).toEqual([0, 1]);
  });
});

describe("DenoSlowCalls.close", () => {
  it("neither repeats nor rejects when the close of a descriptor fails", async () => {
    const closeAsync = answers(-1);
    await make({ closeAsync, pollNow: () => 0 }).calls.close(fd);
    expect(closeAsync).toHaveBeenCalledTimes(1);
  });
});

describe("DenoSlowCalls.sync", () => {
  it("answers whether it succeeded, and asks no thread why it did not", async () => {
    const { calls, thread } = make({ fsyncAsync: answers(0, -1) });
    expect([await calls.sync(fd), await calls.sync(fd)]).toEqual([true, false]);
    expect(thread).not.toHaveBeenCalled();
  });
});

function answers(...results: number[]) {
  return vi.fn(() => Promise.resolve(results.shift() ?? 0));
}

function make(symbols: Partial<DenoSlowSymbols>) {
  const unexpected = () => {
    throw new Error("not scripted");
  };
  const all = {
    pollNow: unexpected,
    pollAsync: unexpected,
    ioctlAsync: unexpected,
    closeAsync: unexpected,
    fsyncAsync: unexpected,
  };
  const thread = vi.fn((_call: SlowCall) => Promise.resolve(0));
  const threads = { call: thread, dispose: () => {} };
  return { calls: new DenoSlowCalls({ ...all, ...symbols }, threads), thread };
}
