import { AmtError } from "../../core/errors/mod.ts";
import {
  GetAmtState,
  GetCurrentPowerPolicy,
  GetLastHostResetReason,
  HostResetReason,
  linkState,
  MeReset,
} from "../../protocols/amthi/mod.ts";
import { type AmthiReader, type Ask, reader } from "./amthi_reader.ts";
import type { Collector } from "./collector.ts";
import { describe } from "./named.ts";

/** When AMT is awake, and what restarted the host and the firmware. */
export const powerReaders: readonly AmthiReader[] = [
  reader(["powerPolicy"], GetCurrentPowerPolicy, (status, { policy }) => {
    status.powerPolicy = policy;
  }),
  reader(["lastHostReset"], GetLastHostResetReason, (status, { reason, timestamp }) => {
    status.lastHostReset = {
      reason: describe(HostResetReason, reason, { remoteControl: "remote control" }),
      timestamp,
    };
  }),
  { fields: ["lastMeReset"], read: readLastMeReset },
];

async function readLastMeReset(ask: Ask, collector: Collector): Promise<void> {
  const data = await ask(["lastMeReset"], GetAmtState, { variable: linkState });
  if (data === undefined) return;
  if (data.variable !== linkState) {
    const error = new AmtError("firmware.protocol", `the answer is about the variable ${data.variable}`);
    return collector.missing(["lastMeReset"], error);
  }
  collector.status.lastMeReset = describe(MeReset, data.state.lastMeReset, {
    none: "none seen",
    me: "of the Management Engine alone",
    global: "of the whole machine",
    exception: "after an error of the firmware",
  });
}
