import type { Guid } from "../core/guid.ts";

/** What goes wrong: `busy` refuses a connect, the others spoil the answer to a message. */
export type FaultKind =
  | "busy"
  | "silent"
  | "slow"
  | "reset"
  | "disconnect"
  | "empty"
  | "short"
  | "long"
  | "garbage";

export interface Fault {
  readonly kind: FaultKind;
  /** Which one it strikes, counted from 1: for `busy` the connect, otherwise the host's message. */
  readonly nth: number;
  /** Also strikes all later ones. */
  readonly onwards?: boolean;
  /** Only this client's are counted; all, when left out. */
  readonly client?: Guid;
  /** For `slow`: how late the answer comes. Default 1000. */
  readonly delayMs?: number;
}

/** The faults of one run, and how far each has been counted. */
export class FaultPlan {
  readonly #faults: { readonly fault: Fault; seen: number }[];

  constructor(faults: readonly Fault[]) {
    this.#faults = faults.map((fault) => ({ fault, seen: 0 }));
  }

  /** Counts one connect. */
  connect(client: Guid): "busy" | undefined {
    return this.#count(client, (kind) => kind === "busy") === undefined ? undefined : "busy";
  }

  /** Counts one message of the host. */
  message(client: Guid, _message: Uint8Array): Fault | undefined {
    return this.#count(client, (kind) => kind !== "busy");
  }

  #count(client: Guid, counts: (kind: FaultKind) => boolean): Fault | undefined {
    let struck: Fault | undefined;
    for (const entry of this.#faults) {
      const { fault } = entry;
      if (!counts(fault.kind) || (fault.client !== undefined && fault.client !== client)) continue;
      entry.seen++;
      if (entry.seen === fault.nth || (fault.onwards && entry.seen > fault.nth)) struck ??= fault;
    }
    return struck;
  }
}
