import { AmtError } from "../../core/errors/mod.ts";
import type { Outcome } from "../../protocols/mei/answer.ts";
import { refusalError } from "./refusal.ts";
import { emptyStatus, type Status } from "./status.ts";

/** A field of a status, or a part of one: `dnsSuffix.amt`, `lan.0.gateway`. */
export type FieldPath = keyof Status | `${keyof Status}.${string}`;

/** An answer without data. */
export type Refusal = Outcome<unknown> & { readonly ok: false };

/**
 * The data of an answer; `undefined` when there is none, and then the fields are told as unavailable, unless `isNothing`
 * says that the refusal means that there is nothing to have. Throws `timeout` when the client keeps silent.
 */
export type Take = <T>(
  fields: readonly FieldPath[],
  outcome: Outcome<T>,
  isNothing?: (refusal: Refusal) => boolean,
) => T | undefined;

/** Silences in a row after which a client is not asked any more. */
const MOST_SILENCES = 2;

/** A status as it fills: what is wanted, what came, and why something did not. */
export class Collector {
  readonly status: Status;
  /** Why a field could not be had, by its path. */
  readonly failures = new Map<FieldPath, AmtError>();
  readonly #wanted: readonly string[] | undefined;
  readonly #had = new Set<FieldPath>();
  #answers = 0;

  /** @param wanted the fields to read; all, when left out */
  constructor(device: string, wanted?: readonly FieldPath[]) {
    this.status = emptyStatus(device);
    this.#wanted = wanted?.map(top);
  }

  /** Whether the firmware has answered anything that can be used, a refusal included. */
  get answered(): boolean {
    return this.#answers > 0;
  }

  /** Whether one of these fields, or a part of one, is to be read. */
  wants(fields: readonly FieldPath[]): boolean {
    return this.#wanted === undefined || fields.some((field) => this.#wanted!.includes(top(field)));
  }

  /** Takes fields as had, from elsewhere than an answer. */
  have(fields: readonly FieldPath[]): void {
    for (const field of fields) this.#had.add(field);
  }

  has(field: FieldPath): boolean {
    return this.#had.has(field);
  }

  /** Tells those fields as unavailable that are wanted, were not had, and have no reason yet, nor what they are part of. */
  fail(fields: readonly FieldPath[], error: AmtError): void {
    for (const field of fields) {
      if (this.#had.has(field) || !this.wants([field]) || this.#isTold(field)) continue;
      this.failures.set(field, error);
      this.status.unavailable.push({ field, reason: error.message });
    }
  }

  /** Tells fields as unavailable although their answer came. */
  missing(fields: readonly FieldPath[], error: AmtError): void {
    for (const field of fields) this.#had.delete(field);
    this.fail(fields, error);
  }

  /**
   * Does one part of the work, beside others; when it ends early, what it did not come to is unavailable. Rejects with
   * `cancelled`.
   */
  async part(fields: readonly FieldPath[], work: (take: Take) => Promise<void>): Promise<void> {
    if (!this.wants(fields)) return;
    let silences = 0;
    const take: Take = (fields, outcome, isNothing) => {
      silences = !outcome.ok && outcome.kind === "silent" ? silences + 1 : 0;
      if (outcome.ok || outcome.kind === "unsupported" || outcome.kind === "refused") this.#answers++;
      if (outcome.ok || isNothing?.(outcome)) this.have(fields);
      if (outcome.ok) return outcome.data;
      const error = refusalError(outcome);
      this.fail(fields, error);
      if (silences >= MOST_SILENCES) throw error;
      return undefined;
    };
    try {
      await work(take);
    } catch (error) {
      if (!(error instanceof AmtError) || error.code === "cancelled") throw error;
      this.fail(fields, error);
    }
  }

  /** Puts what is unavailable into the order of the fields. */
  sort(): void {
    const order = Object.keys(this.status);
    this.status.unavailable.sort((a, b) =>
      order.indexOf(top(a.field as FieldPath)) - order.indexOf(top(b.field as FieldPath))
    );
  }

  warn(warning: string): void {
    this.status.warnings.push(warning);
  }

  #isTold(field: FieldPath): boolean {
    return [...this.failures.keys()].some((whole) => isWithin(field, whole));
  }
}

/** Whether a path is another one or leads to a part of it. */
export function isWithin(path: string, whole: string): boolean {
  return path === whole || path.startsWith(`${whole}.`);
}

function top(path: FieldPath): string {
  return path.split(".")[0]!;
}
