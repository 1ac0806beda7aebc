import type { Guest } from "./guest.ts";
import type { GuestProcess, ShellResult } from "./guest_process.ts";

/** An event of `amtctl watchdog run --ndjson`. */
interface Event {
  readonly event: string;
  readonly [field: string]: unknown;
}

/** A command of the guest that runs beside the test, with its process id; killed when disposed of. */
export class Background implements AsyncDisposable {
  readonly #guest: Guest;
  readonly #process: GuestProcess;
  readonly pid: string;
  #read = 1;

  private constructor(guest: Guest, process: GuestProcess, pid: string) {
    this.#guest = guest;
    this.#process = process;
    this.pid = pid;
  }

  /** Resolves when it has been started. */
  static async start(guest: Guest, command: string): Promise<Background> {
    const process = guest.start(`echo $$; exec ${command}`);
    const pid = await process.until(({ stdout }) => /^(\d+)\n/.exec(stdout)?.[1], 10_000);
    return new Background(guest, process, pid);
  }

  /** The next event of this kind that was not yet answered; those before it count as answered. */
  event(kind: string, timeoutMs = 30_000): Promise<Event> {
    return this.#process.until(({ stdout }) => {
      const lines = stdout.slice(0, stdout.lastIndexOf("\n")).split("\n");
      for (let at = this.#read; at < lines.length; at++) {
        const event = JSON.parse(lines[at]!) as Event;
        if (event.event !== kind) continue;
        this.#read = at + 1;
        return event;
      }
      return undefined;
    }, timeoutMs);
  }

  /** Every event so far. */
  get events(): Event[] {
    return this.#process.stdout.split("\n").slice(1, -1).map((line) => JSON.parse(line) as Event);
  }

  /** Resolves when it has written a line to standard error. */
  complained(timeoutMs = 30_000): Promise<string> {
    return this.#process.until(({ stderr }) => stderr.includes("\n") ? stderr : undefined, timeoutMs);
  }

  /** Sends a signal to it alone. */
  async signal(name: "TERM" | "INT" | "KILL"): Promise<void> {
    await this.#guest.sh(`kill -${name} ${this.pid}`);
  }

  /** Its output and status, the process id as the first line; rejects after `timeoutMs`. */
  exited(timeoutMs = 10_000): Promise<ShellResult> {
    return this.#process.exited(timeoutMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill();
    await this.#process.exited(40_000);
  }
}
