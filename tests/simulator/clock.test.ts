import { describe, expect, it, vi } from "vitest";
import { simulatedClock } from "../../simulator/clock.ts";

describe("simulatedClock", () => {
  it("runs so many times as fast as real time", async () => {
    const clock = simulatedClock(100_000);
    const began = clock.monotonic();
    await clock.sleep(1_000_000, undefined, "test");
    expect(clock.monotonic() - began).toBeGreaterThanOrEqual(900_000);
  });
  it("wakes nobody who was called off, before or while asleep", async () => {
    const clock = simulatedClock();
    await expect(clock.sleep(1, AbortSignal.abort(), "test")).rejects.toMatchObject({ code: "cancelled" });
    const abort = new AbortController();
    const sleep = clock.sleep(1_000_000, abort.signal, "test");
    abort.abort();
    await expect(sleep).rejects.toMatchObject({ code: "cancelled", message: "test: interrupted" });
  });
  it("does not keep the process alive", () => {
    const timers = vi.spyOn(globalThis, "setTimeout");
    const unref = "Deno" in globalThis ? vi.spyOn(Deno, "unrefTimer") : undefined;
    const abort = new AbortController();
    simulatedClock().sleep(1_000_000, abort.signal, "test").catch(() => {});
    const timer: unknown = timers.mock.results[0]!.value;
    if (typeof timer === "number") expect(unref).toHaveBeenCalledWith(timer);
    else expect((timer as { hasRef(): boolean }).hasRef()).toBe(false);
    abort.abort();
    vi.restoreAllMocks();
  });
});
