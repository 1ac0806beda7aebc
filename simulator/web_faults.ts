/**
 * What goes wrong on AMT's web server:
 * - `unauthorized`: a request with a digest gets 401 and a new nonce, however right it is
 *
 * The others strike requests of WS-Management:
 * - `hangUp`: the connection ends when the request has come, and nothing is done
 * - `lost`: it is done, and the connection ends without an answer
 * - `cut`: the connection ends after so many `bytes` of the answer, its head included
 * - `slow`: the answer comes `delayMs` late
 * - `unreachable`: the fault DestinationUnreachable, as for a class that is not there
 * - `long`: the answer has so many `bytes` at least, by more elements than belong there
 * - `contentType`: it is called text/html
 * - `bomb`: it is a document whose entities unfold to gigabytes
 * - `malformed`: it is no XML
 */
export type WebFaultKind =
  | "unauthorized"
  | "hangUp"
  | "lost"
  | "cut"
  | "slow"
  | "unreachable"
  | "long"
  | "contentType"
  | "bomb"
  | "malformed";

export interface WebFault {
  readonly kind: WebFaultKind;
  /** Which request it strikes of those that it counts, from 1. Default 1. */
  readonly nth?: number;
  /** Also strikes all later ones. */
  readonly onwards?: boolean;
  /** Only these requests are counted: of a class, `AMT_BootSettingData`, or one operation, `AMT_BootSettingData.Put`. */
  readonly only?: string;
  readonly bytes?: number;
  /** Default 1000. */
  readonly delayMs?: number;
}

/** A request as faults see it. */
export interface WebOperation {
  readonly className: string;
  /** Get, Put and the like, or a method. */
  readonly operation: string;
}

/** The faults of a web server, and how far each has been counted. */
export class WebFaults {
  readonly #faults: { readonly fault: WebFault; seen: number }[] = [];

  constructor(faults: readonly WebFault[] = []) {
    for (const fault of faults) this.add(fault);
  }

  /** It counts from now on. */
  add(fault: WebFault): void {
    this.#faults.push({ fault, seen: 0 });
  }

  /** Counts a request with a digest. */
  refuses(): boolean {
    return this.#count(({ kind }) => kind === "unauthorized") !== undefined;
  }

  /** Counts a request of WS-Management; `undefined` when nothing goes wrong. */
  strike({ className, operation }: WebOperation): WebFault | undefined {
    const names = [undefined, className, `${className}.${operation}`];
    return this.#count(({ kind, only }) => kind !== "unauthorized" && names.includes(only));
  }

  #count(counts: (fault: WebFault) => boolean): WebFault | undefined {
    let struck: WebFault | undefined;
    for (const entry of this.#faults) {
      const { fault } = entry;
      if (!counts(fault)) continue;
      const { nth = 1, onwards = false } = fault;
      entry.seen++;
      if (entry.seen === nth || (onwards && entry.seen > nth)) struck ??= fault;
    }
    return struck;
  }
}
