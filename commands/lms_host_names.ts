import { AmtError } from "../core/errors/mod.ts";
import { type HostsFile, mapHostName, unmapHostNames } from "../services/hosts_file.ts";

export type HostNameEvent = { event: "hostName"; name: string; mapped: boolean };

interface Listeners {
  told(event: HostNameEvent): void;
  /** Is told what stands in the way of a name; the service goes on without it. */
  problem(error: AmtError): void;
}

/** AMT's names in the hosts file, one at a time. */
export class LmsHostNames {
  readonly #file: HostsFile;
  readonly #listeners: Listeners;
  #turn: Promise<void> = Promise.resolve();
  #mapped: string | undefined;

  constructor(file: HostsFile, listeners: Listeners) {
    this.#file = file;
    this.#listeners = listeners;
  }

  /** Takes out what a run left there that was killed: there is one such service at a time. */
  clean(): void {
    this.#inTurn(() => this.#unmap());
  }

  /** Leads a name to this machine, in place of the one before. */
  map(name: string): void {
    if (name === this.#mapped || name === "") return;
    this.#mapped = name;
    this.#inTurn(async () => {
      await mapHostName(this.#file, name);
      this.#listeners.told({ event: "hostName", name, mapped: true });
    });
  }

  /** Takes it out again. Rejects, as `HostsFile` does, when it stays. */
  async restore(): Promise<void> {
    await this.#turn;
    if (this.#mapped !== undefined) await this.#unmap();
  }

  async #unmap(): Promise<void> {
    for (const name of await unmapHostNames(this.#file)) {
      this.#listeners.told({ event: "hostName", name, mapped: false });
    }
  }

  #inTurn(work: () => Promise<void>): void {
    this.#turn = this.#turn.then(work).catch((error) => {
      this.#listeners.problem(
        error instanceof AmtError ? error : new AmtError("unexpected", String(error), { cause: error }),
      );
    });
  }
}
