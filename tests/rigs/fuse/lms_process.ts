import type { ChildProcess } from "node:child_process";
import { expect } from "vitest";
import type { LmsOutput } from "../../../commands/lms.schema.ts";
import { terminate } from "./processes.ts";

const WAIT = { timeout: 30_000, interval: 10 };

/** A local management service that runs as a process, and what it tells. Disposal ends it. */
export class LmsProcess implements AsyncDisposable {
  readonly process: ChildProcess;
  readonly events: LmsOutput[] = [];
  readonly exited: Promise<number | string | null>;
  stderr = "";
  #rest = "";

  /** `process`: `amtctl lms --ndjson`. */
  constructor(process: ChildProcess) {
    this.process = process;
    process.stdout!.setEncoding("utf8").on("data", (text: string) => {
      const lines = (this.#rest + text).split("\n");
      this.#rest = lines.pop()!;
      for (const line of lines) this.events.push(JSON.parse(line));
    });
    process.stderr!.setEncoding("utf8").on("data", (text: string) => this.stderr += text);
    this.exited = new Promise((resolve) => process.once("close", (code, signal) => resolve(code ?? signal)));
  }

  named<Name extends LmsOutput["event"]>(name: Name): Extract<LmsOutput, { event: Name }>[] {
    return this.events.filter((event): event is Extract<LmsOutput, { event: Name }> => event.event === name);
  }

  /** Resolves when so many events of this name have come, with all of them. */
  async event<Name extends LmsOutput["event"]>(name: Name, count = 1) {
    await expect.poll(() => this.named(name).length, { ...WAIT, message: `${name}: ${this.stderr}` })
      .toBeGreaterThanOrEqual(count);
    return this.named(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await terminate(this.process);
  }
}
