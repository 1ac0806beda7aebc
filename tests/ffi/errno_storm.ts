import { readFile } from "node:fs/promises";
import { type Fd, type Libc, O_RDONLY, SystemError } from "../../ffi/libc.ts";

export interface StormResult {
  readonly calls: number;
  /** Each errno that was not the expected one, or a call that did not fail. */
  readonly wrong: readonly string[];
  /** Files that were read meanwhile by the runtime's own threads. */
  readonly backgroundReads: number;
}

/** Fails `count` calls with four kinds of errno in turn, under allocation and with asynchronous reads beside it. */
export async function errnoStorm(libc: Libc, count: number): Promise<StormResult> {
  const empty = libc.eventfd();
  const kinds: readonly (readonly [string, () => unknown])[] = [
    ["EBADF", () => libc.read(-1 as Fd, new Uint8Array(8))],
    ["EAGAIN", () => libc.read(empty, new Uint8Array(8))],
    ["ENOTTY", () => libc.ioctl(empty, 0xc0104801, new Uint8Array(16))],
    ["ENOENT", () => libc.open("/nonexistent", O_RDONLY)],
  ];
  const wrong: string[] = [];
  const garbage: unknown[] = [];
  let running = true, backgroundReads = 0;
  const background = Array.from({ length: 4 }, async () => {
    for (; running; backgroundReads++) await readFile("/nonexistent").catch(() => readFile("/proc/version"));
  });
  for (let call = 0; call < count; call++) {
    const [expected, fail] = kinds[call % kinds.length]!;
    const seen = errnoOf(fail);
    if (seen !== expected) wrong.push(`${expected} came as ${seen}`);
    garbage[call % 1_000] = { text: `${call}`, list: Array.from({ length: 20 }, (_, index) => ({ index })) };
    if (call % 500 === 0) await new Promise((resolve) => setTimeout(resolve));
    if (call % 10_000 === 0) (globalThis as { Bun?: { gc(force: boolean): void } }).Bun?.gc(true);
  }
  running = false;
  await Promise.all(background);
  libc.close(empty);
  return { calls: count, wrong, backgroundReads };
}

function errnoOf(fail: () => unknown): string {
  try {
    return `${fail()}`;
  } catch (error) {
    return error instanceof SystemError ? error.errno : `${error}`;
  }
}
