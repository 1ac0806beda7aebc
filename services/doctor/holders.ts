import { AMTHI } from "../../protocols/mei/known_clients.ts";
import { holders } from "../../transport/holders.ts";
import { localManagementService } from "../local_management.ts";
import { attention, type Facts, type Found, note, ok, unknown } from "./check.ts";

const MOST_NAMES = 5;
const AS_ROOT = "Run it with sudo to see which processes have the device open";

const heldByProgram = {
  causes: [
    "that program is in the middle of a command: try again in some seconds",
    "it keeps its connection, and the client takes no second one: its log, or stopping it, shows that",
  ],
  fix: "Stop it (systemctl stop lms for Intel's service), or wait until it is done",
};

/** Which programs have the node open, and whether one of them keeps AMTHI from others. */
export function checkHolders({ host, device, contact }: Facts): Found {
  const path = device?.node?.path ?? device?.path ?? "";
  const { processes, complete } = holders(host, path, AMTHI);
  const names = inShort(processes.map(({ pid, name }) => `${name} (process ${pid})`));
  if (contact !== "connected" && contact?.code === "mei.busy") {
    if (names !== "") return attention(`${path} is open in ${names}, and the firmware takes no more`, heldByProgram);
    const service = localManagementService(host);
    const suspect = service === undefined ? "" : `; ${service} runs`;
    return attention(`the firmware takes no more connections: ${contact.message}${suspect}`, {
      causes: [
        "another program is in the middle of a command, or was just now: try again in some seconds",
        "the firmware counts a connection of a program that is gone: it stays busy until its next restart",
      ],
      fix: complete ? "Wait until it is free; if it stays busy, restart the machine" : AS_ROOT,
    });
  }
  if (names !== "") return note(`${path} is also open in ${names}`);
  if (complete) return ok(`no process has ${path} open`);
  if (contact === "connected") return ok(`AMTHI was free; which processes have ${path} open, only root sees`);
  return unknown(`this user does not see which processes have ${path} open`, { fix: AS_ROOT });
}

function inShort(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return names.slice(0, MOST_NAMES).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
