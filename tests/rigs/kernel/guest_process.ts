import { deferred, within } from "./deadline.ts";

export interface ShellResult {
  readonly stdout: string;
  readonly stderr: string;
  /** 128 + n when signal n ended it. */
  readonly exitCode: number;
}

interface Wires {
  readonly input: (text: string) => void;
  readonly end: () => void;
  readonly kill: () => void;
}

/** A shell command that runs in the guest. */
export class GuestProcess {
  readonly command: string;
  readonly #wires: Wires;
  readonly #exited = deferred<ShellResult>();
  readonly #text = { stdout: "", stderr: "" };
  readonly #decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  readonly #watchers = new Set<() => void>();

  constructor(command: string, wires: Wires) {
    this.command = command;
    this.#wires = wires;
  }

  /** What came so far. */
  get stdout(): string {
    return this.#text.stdout;
  }

  /** What came so far. */
  get stderr(): string {
    return this.#text.stderr;
  }

  /** A short text for its standard input. */
  input(text: string): void {
    this.#wires.input(text);
  }

  endInput(): void {
    this.#wires.end();
  }

  kill(): void {
    this.#wires.kill();
  }

  /** Resolves when it ended; rejects after `timeoutMs`, or when the guest is gone. */
  exited(timeoutMs: number): Promise<ShellResult> {
    return within(this.#exited.promise, timeoutMs, () => this.#story("its end"));
  }

  /** Resolves when `look` finds something in what came so far; rejects when the command ends before, or is late. */
  async until<T>(look: (process: this) => T | undefined, timeoutMs: number): Promise<T> {
    const found = deferred<T>();
    const watcher = () => {
      const value = look(this);
      if (value === undefined) return;
      this.#watchers.delete(watcher);
      found.resolve(value);
    };
    this.#watchers.add(watcher);
    watcher();
    this.#exited.promise.then(() => found.reject(new Error(this.#story("it ended before"))), found.reject);
    try {
      return await within(found.promise, timeoutMs, () => this.#story("its output"));
    } finally {
      this.#watchers.delete(watcher);
    }
  }

  /** For the agent: bytes came. */
  output(stream: "stdout" | "stderr", bytes: Uint8Array): void {
    this.#text[stream] += this.#decoders[stream].decode(bytes, { stream: true });
    for (const watcher of this.#watchers) watcher();
  }

  /** For the agent: it ended. */
  exit(exitCode: number): void {
    this.#exited.resolve({ ...this.#text, exitCode });
  }

  /** For the agent: the guest is gone. */
  lost(error: Error): void {
    this.#exited.reject(error);
  }

  #story(what: string): string {
    return `${this.command}: ${what}\n--- stdout\n${this.stdout.slice(-2000)}\n--- stderr\n${
      this.stderr.slice(-2000)
    }\n---`;
  }
}
