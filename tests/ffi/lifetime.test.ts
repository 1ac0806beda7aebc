import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Fd, POLLIN, PollSet } from "../../ffi/libc.ts";
import { loadLibc } from "../../ffi/load.ts";
import { Child } from "./child.ts";
import { pipe } from "./raw_calls.ts";
import { canStall, StalledPipe, stallNeeds } from "./stalled_pipe.ts";

describe("a process that uses Libc", () => {
  it.each(["disposed", "undisposed"])("ends by itself when its Libc is %s", async (mode) => {
    const child = new Child("lifetime.ts", [mode]);
    expect(await child.exited, child.errors).toBe(0);
    expect(child.output).toBe("ENOTTY\nend\n");
  });

  it("stays alive while a poll waits", async () => {
    const child = new Child("lifetime.ts", ["waiting"]);
    await child.says("waiting");
    const ended = await Promise.race([child.exited, new Promise((resolve) => setTimeout(resolve, 400, "alive"))]);
    expect(ended).toBe("alive");
    child.tell("wake");
    expect(await child.exited, child.errors).toBe(0);
    expect(child.output).toBe("waiting\nwoken\n");
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it.skipIf(!canStall)(`answers ${signal} while a call is stuck in the kernel${stallNeeds}`, async () => {
      await using stalled = (await StalledPipe.make())!;
      const child = new Child("lifetime.ts", ["interrupted", stalled.path]);
      await child.says("opened");
      await stalled.stall();
      child.tell("call");
      await child.says("calling");
      child.signal(signal);
      await child.says(signal);
      await stalled.release();
      expect(await child.exited, child.errors).toBe(130);
      expect(child.output).not.toContain("returned");
    });
  }

  it("keeps no descriptor when Libcs come and go", async () => {
    await useOnce();
    const before = openDescriptors();
    for (let turn = 0; turn < 10; turn++) await useOnce();
    await expect.poll(openDescriptors, { timeout: 5_000 }).toBeLessThanOrEqual(before);
  });
});

async function useOnce(): Promise<void> {
  const libc = await loadLibc();
  const [reader, writer] = pipe();
  const wake = libc.eventfd();
  const set = new PollSet(1);
  set.set(0, wake, POLLIN);
  const polled = libc.poll(set);
  libc.write(wake, new Uint8Array(BigUint64Array.of(1n).buffer));
  await polled;
  await libc.slowIoctl(reader, 0xc0104801, new Uint8Array(16)).catch(() => {});
  await libc.slowIoctl(9999 as Fd, 0xc0104801, new Uint8Array(16)).catch(() => {});
  await libc.slowClose(reader);
  libc.close(writer);
  libc.close(wake);
  libc.dispose();
}

function openDescriptors(): number {
  return readdirSync("/proc/self/fd").length;
}
