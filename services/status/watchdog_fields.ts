import { AmtError } from "../../core/errors/mod.ts";
import { WATCHDOG } from "../../protocols/mei/known_clients.ts";
import { IsChangeToAmtEnabled, operationalState, StateIndependenceClient } from "../../protocols/watchdog/mod.ts";
import { busClients } from "../../transport/sysfs.ts";
import type { FieldPath } from "./collector.ts";
import type { PartInput } from "./read_status.ts";

export const watchdogFields = [
  "operationalState",
  "operationalStateChangeAllowed",
  "tlsEnforcedLocally",
] as const satisfies FieldPath[];

/** Whether AMT is enabled, over the client that it shares with the watchdog, which a kernel driver mostly holds. */
export async function readWatchdog(input: PartInput): Promise<void> {
  const { options: { releaseWatchdog } } = input;
  const driver = holder(input);
  if (driver === undefined) return await ask(input);
  if (releaseWatchdog !== undefined) {
    const warnings = await releaseWatchdog(() => ask(input));
    input.collector.status.warnings.push(...warnings);
    return;
  }
  throw new AmtError(
    "mei.busy",
    `the kernel driver ${driver} holds the WD client; --release-watchdog asks all the same`,
  );
}

function holder({ host, node }: PartInput): string | undefined {
  if (node === undefined) return undefined;
  return busClients(host, node).find(({ guid }) => guid === WATCHDOG)?.driver;
}

async function ask({ mei, collector, take, options }: PartInput): Promise<void> {
  await using client = new StateIndependenceClient(mei, options);
  const { signal } = options;
  const flags = take(watchdogFields, await client.call(IsChangeToAmtEnabled, {}, { signal }));
  if (flags === undefined) return;
  const { changeAllowed, enabled, tlsEnforcedLocally = false } = operationalState(flags);
  const { status } = collector;
  status.operationalStateChangeAllowed = changeAllowed;
  status.tlsEnforcedLocally = tlsEnforcedLocally;
  if (enabled === undefined) {
    const error = new AmtError("firmware.refused", "this firmware does not tell it; releases from 16.1 on do");
    collector.missing("operationalState", error);
  } else {
    const value = enabled ? "enabled" : "disabled";
    status.operationalState = { value, raw: enabled ? 1 : 0, text: `${value} in the firmware setup` };
  }
}
