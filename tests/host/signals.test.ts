import { describe, expect, it } from "vitest";
import { type InterruptSignal, onInterrupt } from "../../ffi/signals.ts";

describe("onInterrupt", () => {
  it.each(["SIGINT", "SIGTERM"] as const)("calls the listener in place of ending the process at %s", async (signal) => {
    const heard = await new Promise<InterruptSignal>((resolve) => {
      const stop = onInterrupt((name) => {
        stop();
        resolve(name);
      });
      process.kill(process.pid, signal);
    });
    expect(heard).toBe(signal);
  });

  it("calls no listener that was taken back", async () => {
    const calls: string[] = [];
    onInterrupt(() => calls.push("taken back"))();
    await new Promise<void>((resolve) => {
      const stop = onInterrupt(() => {
        stop();
        resolve();
      });
      process.kill(process.pid, "SIGTERM");
    });
    expect(calls).toEqual([]);
  });
});
