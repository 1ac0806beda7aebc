import { AmtError } from "../../core/errors/mod.ts";
import { WATCHDOG } from "../../protocols/mei/known_clients.ts";
import { IsChangeToAmtEnabled, operationalState, StateIndependenceClient } from "../../protocols/watchdog/mod.ts";
import { busClients } from "../../transport/sysfs.ts";
import type { FieldPath } from "./collector.ts";
import type { PartInput } from "./read_status.ts";

const newFields = ["operationalState", "tlsEnforcedLocally"] as const satisfies FieldPath[];

export const watchdogFields = [
  ...newFields,
  "operationalStateChangeAllowed",
] as const satisfies FieldPath[];

/** Whether AMT is enabled, over the client that it shares with the watchdog, which a kernel driver mostly holds. */
export async function readWatchdog(input: PartInput): Promise<void> {
  const { host, options: { releaseWatchdog } } = input;
  const driver = holder(input);
  if (driver === undefined) return await ask(input);
  if (releaseWatchdog !== undefined) {
    const warnings = await releaseWatchdog(() => ask(input));
    input.collector.status.warnings.push(...warnings);
    return;
  }
  throw heldBy(driver, host.uid === 0);
}

function holder({ host, node }: PartInput): string | undefined {
  if (node === undefined) return undefined;
  return busClients(host, node).find(({ guid }) => guid === WATCHDOG)?.driver;
}

function heldBy(driver: string, mayRelease: boolean): AmtError {
  const subject = `the kernel driver ${driver} holds the WD client`;
  if (!mayRelease) return new AmtError("mei.busy", subject, { hint: "Only root can take the client from that driver" });
  return new AmtError("mei.busy", `${subject}; --release-watchdog asks all the same`, {
    hint: "--release-watchdog unbinds that driver while the client is asked, and binds it again",
  });
}

async function ask({ mei, collector, take, options }: PartInput): Promise<void> {
  await using client = new StateIndependenceClient(mei, options);
  const { signal } = options;
  const flags = take(watchdogFields, await client.call(IsChangeToAmtEnabled, {}, { signal }));
  if (flags === undefined) return;
  const { changeAllowed, enabled, tlsEnforcedLocally } = operationalState(flags);
  const { status } = collector;
  status.operationalStateChangeAllowed = changeAllowed;
  if (enabled === undefined || tlsEnforcedLocally === undefined) {
    const reason = "this firmware does not tell it; releases from 16.1 on do";
    const hint = "amtctl is enabled goes by what this firmware does tell";
    return collector.missing(newFields, new AmtError("firmware.refused", reason, { hint }));
  }
  const value = enabled ? "enabled" : "disabled";
  status.operationalState = { value, raw: enabled ? 1 : 0, text: `${value} in the firmware setup` };
  status.tlsEnforcedLocally = tlsEnforcedLocally;
}
