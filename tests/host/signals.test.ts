import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type InterruptSignal, onInterrupt } from "../../ffi/signals.ts";

/** These tests may themselves run under nohup. */
const hangUpIgnored = /^SigIgn:\s*[0-9a-f]*[13579bdf]$/m.test(readFileSync("/proc/self/status", "utf8"));
const signals = ["SIGINT", "SIGTERM", ...(hangUpIgnored ? [] : ["SIGHUP"] as const)] as const;

/** Sends these signals one after another, and then one that ends the listening; answers what was told. */
async function heard(...sent: readonly InterruptSignal[]): Promise<InterruptSignal[]> {
  const told: InterruptSignal[] = [];
  const stop = onInterrupt((signal) => void told.push(signal));
  try {
    for (const signal of sent) {
      const arrived = new Promise<void>((resolve) => process.once(signal, () => resolve()));
      process.kill(process.pid, signal);
      await arrived;
      // Deno calls each listener in a turn of its own.
      await new Promise((resolve) => setImmediate(resolve));
    }
    return told;
  } finally {
    stop();
  }
}

describe("onInterrupt", () => {
  it.each(signals)("calls the listener in place of ending the process at %s", async (signal) => {
    const heard = await new Promise<InterruptSignal>((resolve) => {
      const stop = onInterrupt((name) => {
        stop();
        resolve(name);
      });
      process.kill(process.pid, signal);
    });
    expect(heard).toBe(signal);
  });

  it("tells each Ctrl-C and each kill", async () => {
    expect(await heard("SIGINT", "SIGINT", "SIGTERM", "SIGTERM")).toEqual(["SIGINT", "SIGINT", "SIGTERM", "SIGTERM"]);
  });
  it.skipIf(hangUpIgnored)("tells the end of a session once, whoever tells of it", async () => {
    expect(await heard("SIGHUP", "SIGHUP")).toEqual(["SIGHUP"]);
    expect(await heard("SIGTERM", "SIGHUP")).toEqual(["SIGTERM"]);
    expect(await heard("SIGHUP", "SIGTERM", "SIGINT", "SIGINT")).toEqual(["SIGHUP", "SIGINT"]);
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
