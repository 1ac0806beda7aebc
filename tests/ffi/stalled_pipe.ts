import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { Child } from "./child.ts";
import { makeFifo } from "./raw_calls.ts";

/** A named pipe that another process can lock inside the kernel: the nearest thing to a mute firmware. */
export class StalledPipe implements AsyncDisposable {
  readonly path: string;
  readonly #folder = mkdtempSync(`${tmpdir()}/amtctl-`);
  readonly #holder: Child;

  private constructor() {
    this.path = `${this.#folder}/pipe`;
    makeFifo(this.path);
    this.#holder = new Child("stalled_pipe.ts", [this.path], { runtime: "deno" });
  }

  /** `undefined` where the kernel or missing rights do not allow it. */
  static async make(): Promise<StalledPipe | undefined> {
    const pipe = new StalledPipe();
    if (await pipe.#holder.says("ready", "unavailable") === "ready") return pipe;
    await pipe[Symbol.asyncDispose]();
    return undefined;
  }

  /** From here on FIONREAD, open and close of the pipe wait. */
  async stall(): Promise<void> {
    this.#holder.tell("stall");
    await this.#holder.says("stalled");
  }

  async release(): Promise<void> {
    this.#holder.tell("release");
    await this.#holder.says("released");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#holder.end();
    rmSync(this.#folder, { recursive: true });
  }
}

const trial = await StalledPipe.make();
await trial?.[Symbol.asyncDispose]();

/** Whether {@link StalledPipe} works here. */
export const canStall = trial !== undefined;
export const stallNeeds = canStall ? "" : " (skipped: needs root and userfaultfd)";
