import { describe, expect, it } from "vitest";
import { AmtError } from "../../core/errors/mod.ts";
import { Lifetime, waitFor } from "../../protocols/apf/waiting.ts";
import { ManualClock } from "../fakes/clock.ts";

const over = new AmtError("mei.reset", "over");

describe("Lifetime", () => {
  it("fires every wait with its error, and those that begin later", () => {
    const lifetime = new Lifetime();
    const wait = lifetime.wait();
    lifetime.end(over);
    expect(wait.signal.reason).toBe(over);
    expect(lifetime.wait().signal.reason).toBe(over);
    expect(lifetime.isOver).toBe(true);
  });
  it("fires a wait with the signal that it was given, also when that has fired before", () => {
    const lifetime = new Lifetime();
    const abort = new AbortController();
    const wait = lifetime.wait(abort.signal);
    abort.abort("enough");
    expect(wait.signal.reason).toBe("enough");
    expect(lifetime.wait(abort.signal).signal.reason).toBe("enough");
  });
  it("keeps nothing of a wait that was disposed of", () => {
    const lifetime = new Lifetime();
    const abort = new AbortController();
    const waits = [lifetime.wait(abort.signal), lifetime.wait(abort.signal)];
    for (const wait of waits) wait[Symbol.dispose]();
    abort.abort();
    lifetime.end(over);
    expect(waits.map(({ signal }) => signal.aborted)).toEqual([false, false]);
  });
});

describe("waitFor", () => {
  function waiting(ms = 100) {
    const clock = new ManualClock();
    const abort = new AbortController();
    const given: boolean[] = [];
    let resolve: (value: number) => void = () => {};
    const promise = waitFor<number>((settle) => {
      resolve = settle;
      return (isLate) => void given.push(isLate);
    }, { clock, ms, signal: abort.signal, subject: "it", late: "too late" });
    promise.catch(() => {});
    return { clock, abort, given, promise, resolve: (value: number) => resolve(value) };
  }

  it("resolves, and leaves no timer; what comes after does not matter", async () => {
    const { clock, abort, given, promise, resolve } = waiting();
    resolve(1);
    resolve(2);
    abort.abort();
    expect(await promise).toBe(1);
    expect(clock.sleepers).toBe(0);
    expect(given).toEqual([]);
  });
  it("resolves at once when it is settled while it starts", async () => {
    const clock = new ManualClock();
    const { signal } = new AbortController();
    const wait = { clock, ms: 1, signal, subject: "it", late: "" };
    expect(await waitFor<number>((settle) => (settle(1), () => {}), wait)).toBe(1);
    await clock.advance(2);
    expect(clock.sleepers).toBe(0);
  });
  it("is given up with timeout after its time", async () => {
    const { clock, given, promise } = waiting();
    await clock.advance(100);
    await expect(promise).rejects.toMatchObject({ code: "timeout", message: "it: too late" });
    expect(given).toEqual([true]);
  });
  it("is given up when its signal fires, and does not start when it has", async () => {
    const { clock, abort, given, promise } = waiting();
    abort.abort(over);
    await expect(promise).rejects.toBe(over);
    expect(given).toEqual([false]);
    expect(clock.sleepers).toBe(0);
    let isStarted = false;
    const limits = { clock, ms: 1, signal: abort.signal, subject: "it", late: "" };
    await expect(waitFor(() => (isStarted = true, () => {}), limits)).rejects.toBe(over);
    expect(isStarted).toBe(false);
  });
});
