import type { Cost } from "./bench_plan.ts";

const libc = Deno.dlopen("libc.so.6", {
  posix_spawnp: { parameters: ["buffer", "buffer", "buffer", "pointer", "buffer", "buffer"], result: "i32" },
  posix_spawn_file_actions_init: { parameters: ["buffer"], result: "i32" },
  posix_spawn_file_actions_addopen: { parameters: ["buffer", "i32", "buffer", "i32", "u32"], result: "i32" },
  wait4: { parameters: ["i32", "buffer", "i32", "buffer"], result: "i32", nonblocking: true },
  kill: { parameters: ["i32", "i32"], result: "i32" },
});

const LONGEST_MS = 30_000;
const SIGKILL = 9;
const O_RDWR = 2;
/** Larger than `posix_spawn_file_actions_t` (80) and `struct rusage` (144) are on 64-bit Linux. */
const ROOM = 256;

/** All that a measured process sees of the environment. */
export const environment: Readonly<Record<string, string>> = Object.fromEntries(
  ["PATH", "HOME"].map((name) => [name, Deno.env.get(name) ?? ""]),
);

const environmentStrings = strings(Object.entries(environment).map(([name, value]) => `${name}=${value}`));
const intoNowhere = new Uint8Array(ROOM);
libc.symbols.posix_spawn_file_actions_init(intoNowhere);
for (const fd of [0, 1, 2]) {
  libc.symbols.posix_spawn_file_actions_addopen(intoNowhere, fd, text("/dev/null"), O_RDWR, 0);
}

/**
 * Runs a command without input and output, and answers what it took. The kernel counts in microseconds, where `time` tells
 * hundredths of a second. Throws when it cannot be started, ends by a signal, or is not done in 30 s.
 */
export async function run(command: readonly string[]): Promise<Cost & { exit: number }> {
  const words = strings(command);
  const pid = new Int32Array(1);
  const start = performance.now();
  const errno = libc.symbols.posix_spawnp(
    new Uint8Array(pid.buffer),
    text(command[0]!),
    intoNowhere,
    null,
    words.pointers,
    environmentStrings.pointers,
  );
  if (errno !== 0) throw new Error(`${command[0]}: cannot be started, errno ${errno}`);
  const status = new Int32Array(1);
  const usage = new DataView(new ArrayBuffer(ROOM));
  const timer = setTimeout(() => libc.symbols.kill(pid[0]!, SIGKILL), LONGEST_MS);
  const ended = await libc.symbols.wait4(pid[0]!, new Uint8Array(status.buffer), 0, new Uint8Array(usage.buffer));
  clearTimeout(timer);
  const wallMs = performance.now() - start;
  if (ended !== pid[0]) throw new Error(`${command.join(" ")}: its end was not seen`);
  if ((status[0]! & 0x7f) !== 0) throw new Error(`${command.join(" ")}: ended by signal ${status[0]! & 0x7f}`);
  return { wallMs, cpuMs: milliseconds(usage, 0) + milliseconds(usage, 16), exit: (status[0]! >> 8) & 0xff };
}

/** A `struct timeval`. */
function milliseconds(usage: DataView, at: number): number {
  return Number(usage.getBigInt64(at, true)) * 1000 + Number(usage.getBigInt64(at + 8, true)) / 1000;
}

/** `char *[]` with its end; the texts live as long as the answer. */
function strings(list: readonly string[]): { pointers: BigUint64Array<ArrayBuffer>; texts: Uint8Array[] } {
  const texts = list.map(text);
  const addresses = texts.map((each) => Deno.UnsafePointer.value(Deno.UnsafePointer.of(each)));
  return { pointers: BigUint64Array.from([...addresses.map(BigInt), 0n]), texts };
}

function text(value: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${value}\0`);
}
