import type { Host } from "../ffi/host.ts";
import type { MeiTransport } from "../transport/mei.ts";
import { type Fault, FaultPlan } from "./faults.ts";
import { SimulatedMe } from "./me.ts";
import { SimulatedMei } from "./mei.ts";
import { profile } from "./profiles/mod.ts";

export type { Fault, FaultKind } from "./faults.ts";
export { SimulatedMe } from "./me.ts";
export { SimulatedMei } from "./mei.ts";
export { type Profile, type ProfileName, profileNames } from "./profiles/profile.ts";

export interface SimulatorOptions {
  readonly faults?: readonly Fault[];
  /** User id that looks at the host. Default: 0, root. */
  readonly uid?: number;
}

export interface Simulator {
  readonly me: SimulatedMe;
  readonly mei: MeiTransport;
  readonly host: Host;
}

/** A machine with a Management Engine in software, `activated` unless named. Rejects an unknown name with `usage`. */
export function createSimulator(name = "activated", { faults = [], uid = 0 }: SimulatorOptions = {}): Simulator {
  const chosen = profile(name);
  const me = new SimulatedMe(chosen, { faults: new FaultPlan(faults) });
  return { me, mei: new SimulatedMei(me), host: chosen.host(uid) };
}
