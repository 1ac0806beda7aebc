import type { ErrorCode } from "../../core/errors/mod.ts";
import { AMTHI } from "../../protocols/mei/known_clients.ts";
import { busClients, debugfsClients } from "../../transport/sysfs.ts";
import { absenceCauses } from "./absence_causes.ts";
import { attention, type Facts, type Found, ok, reasonFor, unknown } from "./check.ts";

/** What a connect ends with when the firmware does not list the client. */
const NOT_OFFERED: readonly ErrorCode[] = ["mei.clientNotOffered", "amt.absent", "amt.disabled"];
const AS_ROOT = "Run it with sudo: then it connects, and asks the firmware itself what it is capable of";
const HIDDEN =
  "the kernel hides it here, as it does with clients that take several connections: as root amtctl clients shows it";

/** Whether the firmware offers AMT's host interface. That it does not is no proof that AMT is not there. */
export function checkAmtClient(facts: Facts): Found {
  const { contact } = facts;
  if (contact === "connected") return answers(facts);
  if (contact === undefined || contact.code === "mei.permission" || contact.details.call === "open") {
    return fromLists(facts);
  }
  if (contact.code === "mei.busy") return ok("the firmware offers AMTHI, and it is in use");
  if (!NOT_OFFERED.includes(contact.code)) {
    return attention(`AMTHI could not be asked: ${contact.message}`, { causes: [], fix: contact.hint });
  }
  const { seen, ...advice } = explained(facts);
  return attention(`the firmware does not offer the AMTHI client${seen === undefined ? "" : `; ${seen}`}`, advice);
}

/** An AMT that is switched off answers with empty messages in some releases, as the kernel's own sample knows. */
function answers(facts: Facts): Found {
  const { status } = facts;
  if (status === undefined) return ok("AMTHI takes connections");
  const { amtVersion, controlMode, provisioningState } = status;
  if (amtVersion !== null) return ok(`AMTHI answers: AMT ${amtVersion}`);
  if (controlMode !== null || provisioningState !== null) return ok("AMTHI answers");
  const { causes, fix } = explained(facts);
  const reason = reasonFor(status, "amtVersion");
  return attention(`AMTHI takes connections and answers nothing of use: ${reason}`, { causes, fix });
}

/** Without a connect there are the lists of the kernel, of which the one for everybody is incomplete. */
function fromLists(facts: Facts): Found {
  const { host, device } = facts;
  if (device?.node === undefined) return unknown("sysfs has no list of clients for this device", { fix: AS_ROOT });
  const listed = [...busClients(host, device.node), ...debugfsClients(host, device.node) ?? []];
  if (listed.some(({ guid }) => guid === AMTHI)) {
    return ok("the kernel lists AMTHI among the firmware's clients; it was not connected to");
  }
  const finding = "the kernel does not list AMTHI among the firmware's clients";
  const { seen, causes, fix } = explained(facts);
  if (seen === undefined) return unknown(finding, { causes: [...causes, HIDDEN], fix: AS_ROOT });
  return attention(`${finding}; ${seen}`, { causes: [...causes, HIDDEN], fix });
}

/** The causes in words, with what shows the first one and what to do about it. */
function explained(facts: Facts): { seen: string | undefined; causes: string[]; fix: string | null } {
  const causes = absenceCauses(facts);
  const [first] = causes;
  return { seen: first?.seen, causes: causes.map(({ text }) => text), fix: first?.fix ?? null };
}
