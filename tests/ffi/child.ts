import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const denoPath = "Deno" in globalThis
  ? process.execPath
  : fileURLToPath(new URL("../../node_modules/deno/deno", import.meta.url));

export interface ChildOptions {
  /** `same` is the runtime that the test runs in. */
  readonly runtime?: "same" | "deno";
  readonly v8Flags?: string;
}

/** A script of `children/` in a process of its own. */
export class Child {
  readonly exited: Promise<number | string>;
  readonly #process: ChildProcess;
  #output = "";
  #errors = "";
  #ended = false;
  #heard = () => {};

  constructor(script: string, args: readonly string[], { runtime = "same", v8Flags }: ChildOptions = {}) {
    const path = fileURLToPath(new URL(`children/${script}`, import.meta.url));
    const deno = runtime === "deno" || "Deno" in globalThis;
    const flags = deno ? ["run", "-A", "--no-lock", ...v8Flags === undefined ? [] : [`--v8-flags=${v8Flags}`]] : [];
    this.#process = spawn(runtime === "deno" ? denoPath : process.execPath, [...flags, path, ...args]);
    this.#process.stdout?.on("data", (bytes) => {
      this.#output += bytes;
      this.#heard();
    });
    this.#process.stderr?.on("data", (bytes) => this.#errors += bytes);
    this.exited = new Promise((resolve) => {
      this.#process.on("close", (code, signal) => {
        this.#ended = true;
        resolve(code ?? signal ?? "lost");
        this.#heard();
      });
    });
  }

  get output(): string {
    return this.#output;
  }

  get errors(): string {
    return this.#errors;
  }

  /** Resolves when the child has printed one of the lines; answers which. Rejects when it ends without. */
  async says(...lines: string[]): Promise<string> {
    for (;;) {
      const seen = this.#output.split("\n").find((line) => lines.includes(line));
      if (seen !== undefined) return seen;
      if (this.#ended) {
        throw new Error(`The child ended without ${lines.join(" or ")}: ${this.#output}${this.#errors}`);
      }
      await new Promise<void>((resolve) => this.#heard = resolve);
    }
  }

  tell(line: string): void {
    this.#process.stdin?.write(`${line}\n`);
  }

  signal(name: "SIGINT" | "SIGTERM" | "SIGKILL"): void {
    // Not ChildProcess.kill: on Deno that takes the child for dead at once, whatever it does with the signal.
    if (this.#process.pid !== undefined && !this.#ended) process.kill(this.#process.pid, name);
  }

  async end(): Promise<void> {
    this.signal("SIGKILL");
    await this.exited;
  }
}
