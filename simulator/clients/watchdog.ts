import { WATCHDOG } from "../../protocols/mei/known_clients.ts";
import type { FirmwareClient } from "../firmware_client.ts";
import { clientProperties } from "./properties.ts";

const MANAGEMENT_CONTROL = 0x02;
const START = 0x13;
/** Command, bytes that follow this one, subcommand, version, status 0, state 0 (required). Source: mei_wdt.c. */
const STARTED = Uint8Array.of(MANAGEMENT_CONTROL, 4, 0x83, 0x10, 0, 0);

/** The OS-health watchdog: takes start and stop, and acknowledges a start from protocol version 2 on. */
export function watchdog(version: 1 | 2): FirmwareClient {
  return {
    properties: clientProperties(WATCHDOG, { version, length: 32 }),
    open: (link) => ({
      message(message) {
        if (version > 1 && message[0] === MANAGEMENT_CONTROL && message[2] === START) link.send(STARTED);
      },
    }),
  };
}
