import { LME } from "../../protocols/mei/known_clients.ts";
import type { FirmwareClient } from "../firmware_client.ts";
import type { Lme, LmeMachine } from "../lme/lme.ts";
import { clientProperties } from "./properties.ts";

/** The tunnel between local management services and AMT. Version 4 is what lms8 insists on. */
export function lme(machine: LmeMachine, firmware: Lme): FirmwareClient {
  const { credit } = firmware;
  return {
    properties: clientProperties(LME, { version: 4, length: credit.maxMessageLength ?? machine.maxMessageLength }),
    answersWaiting: credit.answersWaiting,
    open: (link) => firmware.open(link, machine),
    reset: () => firmware.wasReset(),
  };
}
