import type { Facts } from "../../../services/doctor/check.ts";
import { emptyInterface, emptyStatus, type LanInterface, type Status } from "../../../services/status/status.ts";
import { createSimulator } from "../../../simulator/mod.ts";
import { chooseNode } from "../../../transport/sysfs.ts";

/** What is seen on a simulated machine, with the firmware's part from the test. */
export function facts(simulated: string, changes: Partial<Facts> = {}): Facts {
  const { host } = createSimulator(simulated);
  const node = chooseNode(host);
  const device = node === undefined ? undefined : { name: node.path, path: node.path, node };
  return { host, device, absence: undefined, contact: undefined, status: undefined, ...changes };
}

/** The same machine with other status registers. */
export function withRegisters(before: Facts, firmwareStatus: readonly number[]): Facts {
  const { device } = before;
  return { ...before, device: { ...device!, node: { ...device!.node!, firmwareStatus } } };
}

export function status(changes: Partial<Status> = {}): Status {
  return { ...emptyStatus("/dev/mei0"), ...changes };
}

export function lan(changes: Partial<LanInterface> = {}): LanInterface {
  return {
    ...emptyInterface("wired"),
    enabled: true,
    link: named("up", 1),
    dhcp: { enabled: true, mode: named("passive", 2) },
    ipAddress: "192.0.2.10",
    macAddress: "02:00:5e:00:53:01",
    hostAddress: "192.0.2.10",
    ...changes,
  };
}

/** A value of the firmware's that has a name. */
export function named<V extends string>(value: V | null, raw = 0) {
  return { value, raw, text: value ?? String(raw) };
}
