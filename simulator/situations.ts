import { AmtError } from "../core/errors/mod.ts";
import { AMTHI, LME } from "../protocols/mei/known_clients.ts";
import type { HostTree } from "./host_tree.ts";
import type { SimulatedMe } from "./me.ts";
import { FUNCTION, PCI } from "./profiles/machine_host.ts";
import { removeAmtWatchdog } from "./watchdog_tree.ts";

/** What is in the way of the Management Engine on the simulated machine. */
export interface Situation {
  /** Who looks at the machine; root when left out. */
  readonly uid?: number;
  /** Makes the machine's files and processes so. */
  readonly host?: (tree: HostTree) => void;
  /** Makes the firmware so. */
  readonly firmware?: (me: SimulatedMe) => void;
}

export const situationNames = ["no-pci", "no-driver", "no-permission", "busy", "lockdown"] as const;

export type SituationName = typeof situationNames[number];

const LMS = 742;

const situations: Readonly<Record<SituationName, Situation>> = {
  "no-pci": {
    host: (tree) => void withoutDriver(tree).remove(`/sys/bus/pci/devices/${PCI}`).remove(FUNCTION),
  },
  "no-driver": { host: withoutDriver },
  "no-permission": { uid: 1000 },
  busy: {
    host: (tree) => void tree.process(LMS, "lms", { files: ["/dev/null", "/dev/mei0", "/dev/mei0"] }),
    firmware: heldByLms,
  },
  // Kernels before 5.17 let root read no debugfs file of mode 0400 then (commit 358fcf5ddbec); later ones do.
  lockdown: {
    host: (tree) =>
      void tree
        .remove("/sys/kernel/security/lockdown")
        .file("/sys/kernel/security/lockdown", "none integrity [confidentiality]\n", { mode: 0o644 })
        .remove("/sys/kernel/debug/mei0/meclients"),
  },
};

/** A situation by its name; `usage` names those there are. */
export function situation(name: string): Situation {
  if (isSituation(name)) return situations[name];
  throw new AmtError("usage", `simulator situation "${name}" is unknown`, {
    hint: `The situations are ${situationNames.join(", ")}`,
    details: { situation: name, situations: situationNames },
  });
}

function isSituation(name: string): name is SituationName {
  return situationNames.some((each) => each === name);
}

/** The driver's module is not loaded, so nothing of what it makes is there. */
function withoutDriver(tree: HostTree): HostTree {
  removeAmtWatchdog(tree);
  const clients = tree.list(FUNCTION).filter((name) => name.startsWith(`${PCI}-`));
  for (const name of ["driver", "mei", ...clients]) tree.remove(`${FUNCTION}/${name}`);
  return tree
    .remove("/sys/bus/pci/drivers/mei_me")
    .remove("/sys/bus/mei")
    .remove("/sys/class/mei")
    .remove("/sys/module/mei_me")
    .remove("/sys/kernel/debug/mei0")
    .remove("/dev/mei0");
}

/** Each of these clients takes one connection, and the local management service has it. */
function heldByLms(me: SimulatedMe): void {
  const host = { message() {}, credit() {}, disconnected() {} };
  for (const client of [AMTHI, LME]) me.connect(client, host);
}
