import type { Context, Notes, Terminal } from "../../commands/command.ts";
import type { Runtime } from "../../commands/context.ts";
import type { Machine } from "../../commands/machine.ts";

/** Text comes back as it was. */
export const plain: Terminal = { style: (_name, text) => text };

/** What a fake runtime was given. */
export interface FakeRuntime extends Runtime {
  readonly stdout: string;
  readonly stderr: string;
  /** How many listen for interrupts. */
  readonly listeners: number;
  interrupt(): void;
}

export interface FakeRuntimeOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly terminal?: boolean;
  readonly input?: string | ReadableStream<Uint8Array>;
  /** Instead of taking all bytes: takes some, or throws. */
  write?(stream: "stdout" | "stderr", bytes: Uint8Array): number;
  /** Nobody reads these, and they are full. */
  readonly blocked?: readonly ("stdout" | "stderr")[];
  exit?(code: number): never;
}

/** A runtime in memory. */
export function fakeRuntime(args: readonly string[], options: FakeRuntimeOptions = {}): FakeRuntime {
  const written = { stdout: [] as number[], stderr: [] as number[] };
  const listeners = new Set<() => void>();
  const text = (stream: "stdout" | "stderr") => new TextDecoder().decode(Uint8Array.from(written[stream]));
  return {
    name: "deno",
    version: "2.0.0",
    platform: { os: "linux", arch: "x86_64" },
    args,
    env: (name) => options.env?.[name],
    isTerminal: () => options.terminal ?? false,
    write: (stream, bytes) =>
      new Promise((resolve) => {
        if (options.blocked?.includes(stream)) return;
        const count = options.write?.(stream, bytes) ?? bytes.length;
        for (const byte of bytes.subarray(0, count)) written[stream].push(byte);
        resolve(count);
      }),
    input() {
      const { input = "" } = options;
      return typeof input === "string" ? new Blob([input]).stream() : input;
    },
    onInterrupt(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    exit: options.exit ?? ((code) => {
      throw new Error(`exit ${code}`);
    }),
    get stdout() {
      return text("stdout");
    },
    get stderr() {
      return text("stderr");
    },
    get listeners() {
      return listeners.size;
    },
    interrupt() {
      for (const listener of [...listeners]) listener();
    },
  };
}

/** A context over a machine, with nothing on standard input unless it is given. */
export function fakeContext(
  machine: Partial<Machine>,
  input = "",
): Context & { readonly notes: Notes & { all: string[] } } {
  const all: string[] = [];
  return {
    signal: new AbortController().signal,
    notes: {
      all,
      detail: (level, text) => void all.push(`${level} ${text}`),
      progress: (text) => void all.push(text),
      warning: (text) => void all.push(`warning ${text}`),
    },
    input: new Blob([input]).stream(),
    output: new WritableStream(),
    machine: () => Promise.resolve(machine as Machine),
    env: () => undefined,
    askSecret: () => Promise.reject(new Error("nobody is there to ask")),
    finish: () => {},
  };
}
