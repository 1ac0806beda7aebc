import { readFileSync } from "node:fs";
import type { ProfileName } from "../../simulator/mod.ts";
import type { Status } from "../../services/status/status.ts";

/** What `status --json --hashes --reveal` tells of a profile, but for what the operating system under it tells. */
export type ExpectedStatus = Omit<Status, "device" | "hostName" | "dnsSuffix" | "lan" | "unavailable"> & {
  readonly dnsSuffix: Pick<Status["dnsSuffix"], "amt">;
  readonly lan: readonly Omit<Status["lan"][number], "hostAddress">[];
  /** Fields only; reasons are for people. */
  readonly unavailable: readonly string[];
};

const watchdogFields = ["operationalState", "operationalStateChangeAllowed", "tlsEnforcedLocally"] as const;

/**
 * The expectation for a profile. The files are written by hand from docs/simulator.md, with the WD client free;
 * `held` says that a kernel driver has it.
 */
export function expectedStatus(profile: ProfileName, { held }: { readonly held: boolean }): ExpectedStatus {
  const text = readFileSync(new URL(`status/${profile}.json`, import.meta.url), "utf8");
  const expected: ExpectedStatus = JSON.parse(text);
  if (!held || expected.amtVersion === null) return expected;
  const unavailable = [...new Set([...expected.unavailable, ...watchdogFields])].sort();
  return {
    ...expected,
    operationalState: null,
    operationalStateChangeAllowed: null,
    tlsEnforcedLocally: null,
    unavailable,
  };
}

/** What a status tells, without what the operating system under it tells. */
export function comparable(status: Status): ExpectedStatus {
  const { device: _device, hostName: _hostName, dnsSuffix, lan, unavailable, ...rest } = status;
  return {
    ...rest,
    dnsSuffix: { amt: dnsSuffix.amt },
    lan: lan.map(({ hostAddress: _hostAddress, ...each }) => each),
    unavailable: unavailable.map(({ field }) => field).sort(),
  };
}
