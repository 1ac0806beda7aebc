/** What a program knows of its surroundings: the one place where runtimes differ, beside `ffi/`. */
export interface Runtime {
  readonly name: "deno" | "bun" | "node";
  readonly version: string;
  /** Operating system and processor, `linux` and `x86_64`. */
  readonly platform: { readonly os: string; readonly arch: string };
  /** The command line after the program's name. */
  readonly args: readonly string[];
  env(name: string): string | undefined;
  isTerminal(stream: "stdout" | "stderr"): boolean;
  /** One write; the count may be short. Rejects with an error that has a `code` such as `EPIPE` or `EAGAIN`. */
  write(stream: "stdout" | "stderr", bytes: Uint8Array): Promise<number>;
  input(): ReadableStream<Uint8Array>;
  /** Calls `listener` at each interrupt from outside; the answer takes it off. */
  onInterrupt(listener: () => void): () => void;
  exit(code: number): never;
}

/** The runtime that this program runs on. */
export async function currentRuntime(): Promise<Runtime> {
  if ("Deno" in globalThis) return (await import("./context_deno.ts")).runtime;
  if ("Bun" in globalThis) return (await import("./context_bun.ts")).runtime;
  return (await import("./context_node.ts")).runtime;
}
