import type { Status } from "../status/status.ts";
import { checkActivation } from "./activation.ts";
import { checkOperationalState, checkProvisioning, checkTls } from "./amt.ts";
import { checkAmtClient } from "./amt_client.ts";
import { type Check, type Facts, type Found, skipped } from "./check.ts";
import { checkDriver } from "./driver.ts";
import { checkHfsts } from "./hfsts.ts";
import { checkHolders } from "./holders.ts";
import { checkLockdown } from "./lockdown.ts";
import { checkLink, checkLocalManagement } from "./network.ts";
import { checkNode } from "./node.ts";
import { checkPci } from "./pci.ts";
import { checkPermissions } from "./permissions.ts";

interface Examination {
  readonly id: string;
  readonly title: string;
  /** Checks of which a finding leaves nothing for this one to look at. */
  readonly after?: readonly string[];
  readonly look: (facts: Facts) => Found;
}

const reachable = ["permissions", "holders", "amt-client"];

const examinations: readonly Examination[] = [
  { id: "pci", title: "PCI function", look: checkPci },
  { id: "driver", title: "Driver", after: ["pci"], look: checkDriver },
  { id: "node", title: "Device node", after: ["driver"], look: checkNode },
  { id: "permissions", title: "Permissions", after: ["node"], look: checkPermissions },
  { id: "lockdown", title: "Kernel lockdown", look: checkLockdown },
  { id: "holders", title: "Open by", after: ["node"], look: checkHolders },
  { id: "amt-client", title: "AMT client", after: ["node"], look: checkAmtClient },
  { id: "hfsts", title: "Firmware health", look: checkHfsts },
  {
    id: "operational-state",
    title: "Operational state",
    after: ["permissions", "amt-client"],
    look: of(checkOperationalState),
  },
  { id: "provisioning", title: "Provisioning", after: reachable, look: of(checkProvisioning) },
  { id: "tls", title: "Local TLS", after: reachable, look: of(checkTls) },
  { id: "link", title: "Network link", after: reachable, look: of(checkLink) },
  { id: "lms", title: "Local management", after: ["node"], look: ({ host }) => checkLocalManagement(host) },
  { id: "activation", title: "Activation", after: reachable, look: of(checkActivation) },
];

/** All checks in their order. Reads the host, and asks the firmware nothing. */
export function diagnose(facts: Facts): Check[] {
  /** Which check's finding stands in the way of those after it. */
  const stoppers = new Map<string, string>();
  return examinations.map(({ id, title, after = [], look }) => {
    const stopper = after.map((each) => stoppers.get(each)).find((each) => each !== undefined);
    const { verdict, finding, causes = [], fix = null } = stopper === undefined
      ? look(facts)
      : skipped(`"${stopper}" comes first`);
    if (stopper !== undefined) stoppers.set(id, stopper);
    else if (verdict === "attention") stoppers.set(id, title);
    return { id, title, verdict, finding, causes, fix };
  });
}

/** How many checks found something, and what it was, in one line. */
export function summary(checks: readonly Check[]): string {
  const found = checks.filter(({ verdict }) => verdict === "attention");
  const count = (verdict: Check["verdict"], word: string) => {
    const number = checks.filter((check) => check.verdict === verdict).length;
    return number === 0 ? "" : `; ${number} ${word}`;
  };
  const rest = count("unknown", "could not be told") + count("skipped", "not checked");
  if (found.length === 0) return `nothing needs attention${rest}`;
  const ids = found.map(({ id }) => id).join(", ");
  return `${found.length} of ${checks.length} checks ${found.length === 1 ? "needs" : "need"} attention: ${ids}${rest}`;
}

/** A check of what the firmware told. */
function of(look: (status: Status) => Found): Examination["look"] {
  return ({ status }) => status === undefined ? skipped("the firmware was not asked") : look(status);
}
