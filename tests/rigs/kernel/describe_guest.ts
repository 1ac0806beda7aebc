import { afterAll, beforeAll, describe, expect } from "vitest";
import { Guest, type Series, whyNoGuest } from "./guest.ts";

const kernels: readonly Series[] = process.env["AMTCTL_ALL_KERNELS"] === "1" ? ["6.1", "6.12"] : ["6.1"];

/**
 * Tests that share one guest, which is booted for them. Skipped by name, with the command that makes it, where there
 * is none. Run on 6.1 alone unless `AMTCTL_ALL_KERNELS=1`.
 */
export function describeGuest(title: string, tests: (guest: () => Guest) => void): void {
  for (const series of kernels) {
    const missing = whyNoGuest(series);
    describe.skipIf(missing !== undefined)(`${title} under Linux ${series}${missing ? ` (${missing})` : ""}`, () => {
      let guest: Guest | undefined;
      beforeAll(async () => void (guest = await Guest.boot(series)));
      afterAll(async () => {
        await using booted = guest;
        if (booted === undefined) return;
        expect(await kernelFaults(booted)).toBe("");
        expect(booted.refusals).toEqual([]);
      });
      tests(() => guest!);
    });
  }
}

/** Waits in the guest until a shell condition holds; rejects after `timeoutMs`, by default 10 s. */
export async function holds(guest: Guest, condition: string, timeoutMs = 10_000): Promise<void> {
  await guest.sh(`until ${condition}; do sleep 0.02; done 2>/dev/null`, { timeoutMs });
}

/** Waits until the driver shows this state of the link. */
export function reaches(guest: Guest, state: string, timeoutMs = 10_000): Promise<void> {
  return holds(guest, `[ "$(cat /sys/class/mei/mei0/dev_state)" = ${state} ]`, timeoutMs);
}

/** Loads mei_wdt, and unloads it when disposed of. With `offered`, waits until it has its watchdog. */
export async function watchdogDriver(
  guest: Guest,
  { offered }: { readonly offered: boolean },
): Promise<AsyncDisposable> {
  await succeeds(guest, "insmod /lib/mod/mei_wdt.ko");
  const driver = { [Symbol.asyncDispose]: () => succeeds(guest, "rmmod mei_wdt") };
  if (!offered) return driver;
  try {
    await holds(guest, "grep -q iamt_wdt /sys/class/watchdog/*/identity");
    return driver;
  } catch (error) {
    await driver[Symbol.asyncDispose]();
    throw error;
  }
}

/** Runs a command of the guest; rejects with what it said when it failed. */
export async function succeeds(guest: Guest, command: string): Promise<void> {
  const { stderr, exitCode } = await guest.sh(command);
  if (exitCode !== 0) throw new Error(`${command}: ${stderr}`);
}

/** A file of the guest as it is, with its line ends. */
export async function text(guest: Guest, path: string): Promise<string> {
  const { stdout, stderr, exitCode } = await guest.sh(`cat ${path}`);
  if (exitCode !== 0) throw new Error(stderr);
  return stdout;
}

/** What the kernel's log tells of faults in it. */
async function kernelFaults(guest: Guest): Promise<string> {
  return (await guest.sh("dmesg | grep -E -A40 'WARNING:|BUG:|Oops|refcount_t|blocked for more than'")).stdout;
}
