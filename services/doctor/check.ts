import type { AmtError } from "../../core/errors/mod.ts";
import type { Host } from "../../ffi/host.ts";
import type { MeiNode } from "../../transport/sysfs.ts";
import type { Status } from "../status/status.ts";

/**
 * `ok`; `attention`: something is wrong and can be acted on; `note`: right, and good to know; `unknown`: it could not
 * be told; `skipped`: an earlier finding leaves nothing to look at.
 */
export type Verdict = "ok" | "attention" | "note" | "unknown" | "skipped";

/** One check with its answer. */
export interface Check {
  id: string;
  title: string;
  verdict: Verdict;
  /** What was seen, in one line. */
  finding: string;
  /** What may be behind it, the likeliest first, each with how to tell it from the others. */
  causes: string[];
  /** What to do. */
  fix: string | null;
}

/** All that the checks look at. */
export interface Facts {
  readonly host: Host;
  readonly device: { readonly name: string; readonly path: string; readonly node: MeiNode | undefined } | undefined;
  /** Why there is no device. */
  readonly absence: AmtError | undefined;
  /** How connecting to AMTHI, and asking it anything, ended; `undefined` when it was not tried. */
  readonly contact: "connected" | AmtError | undefined;
  readonly status: Status | undefined;
}

/** The answer of one check. */
export interface Found {
  readonly verdict: Verdict;
  readonly finding: string;
  readonly causes?: string[];
  readonly fix?: string | null;
}

/** What goes with a finding. */
type Advice = Pick<Found, "causes" | "fix">;

export function ok(finding: string): Found {
  return { verdict: "ok", finding };
}

export function attention(finding: string, advice: Advice): Found {
  return { verdict: "attention", finding, ...advice };
}

export function note(finding: string, advice: Advice = {}): Found {
  return { verdict: "note", finding, ...advice };
}

export function unknown(finding: string, advice: Advice = {}): Found {
  return { verdict: "unknown", finding, ...advice };
}

export function skipped(reason: string): Found {
  return { verdict: "skipped", finding: `not checked: ${reason}` };
}

/** Why a field of the status, or a part of one, could not be had. */
export function reasonFor(status: Status, field: keyof Status): string {
  const missing = status.unavailable.find((each) => each.field === field || each.field.startsWith(`${field}.`));
  return missing?.reason ?? "the firmware does not tell";
}
