import { type Codec, CodecError, decode, encode, u16le } from "../../core/binary/mod.ts";
import { WATCHDOG } from "../../protocols/mei/known_clients.ts";
import {
  BareStatus,
  GetManageabilityInfo,
  IsChangeToAmtEnabled,
  ManageabilityInfo,
  type OperationalState,
  SetAmtOperationalState,
  StartResponse,
  StartWatchdog,
  StateFlags,
  StopWatchdog,
  WatchdogHeader,
  type WatchdogMessage,
  watchdogRequest,
} from "../../protocols/watchdog/mod.ts";
import type { ClientLink, FirmwareClient } from "../firmware_client.ts";
import type { WatchdogTimer } from "../watchdog_timer.ts";
import { clientProperties } from "./properties.ts";

/** What this client knows of AMT. */
export interface WatchdogState extends OperationalState {
  /** Protocol version; from 2 on a start is acknowledged. */
  readonly version: 1 | 2;
  /** AMT is set up, and so can not be disabled. */
  readonly setUp: boolean;
}

const HEADER_LENGTH = 4;
const TIMEOUT_END = 6;
const SUCCESS = 0;
const INVALID_AMT_MODE = 3;
const UNKNOWN = new Uint8Array(0);
const MANAGEABILITY = { version: 0x0001_0000, sku: 0, mode: "amt" } as const;

/**
 * The OS-health watchdog, which takes start and stop, and the commands that AMT answers in every state. One of
 * these that is malformed or not known is answered by an empty message; no field behaviour is known. Disabling AMT
 * shows in the flags alone, as it does before the reset that real firmware then makes. A start that is too short for
 * a timeout, and a stop, have no answer. `timer` is what start and stop act on.
 */
export function watchdog(initial: WatchdogState, timer?: WatchdogTimer): FirmwareClient {
  const { version, newInterface, changeAllowed, tlsEnforcedLocally, setUp } = initial;
  let enabled = initial.enabled;
  const flags = () => ({
    changeAllowed: Number(changeAllowed),
    enabled: Number(enabled ?? false),
    reserved: 0,
    bit5: 0,
    tlsEnforcedLocally: Number(tlsEnforcedLocally ?? false),
    newInterface: Number(newInterface),
  });

  function change(state: string | number): number {
    if (state === "disabled" && setUp) return INVALID_AMT_MODE;
    enabled = state === "enabled";
    return SUCCESS;
  }

  /** Of 23 bytes, or the 20 of kernels before 4.5. */
  function start(link: ClientLink, message: Uint8Array): void {
    if (message.length < TIMEOUT_END) return;
    timer?.beat(decode(u16le, message.subarray(HEADER_LENGTH, TIMEOUT_END)));
    const notRequired = timer?.required === false ? 1 : 0;
    if (version > 1) {
      link.send(encode(StartResponse, { byteCount: 4, status: SUCCESS, state: { notRequired, reserved: 0 } }));
    }
  }

  function respond(link: ClientLink, message: Uint8Array): void {
    if (message.length < HEADER_LENGTH) return;
    const header = decode(WatchdogHeader, message.subarray(0, HEADER_LENGTH));
    if (is(StartWatchdog, header)) {
      start(link, message);
    } else if (is(StopWatchdog, header)) {
      timer?.stop();
    } else if (is(IsChangeToAmtEnabled, header)) {
      link.send(encode(StateFlags, flags()));
    } else if (is(GetManageabilityInfo, header)) {
      link.send(encode(ManageabilityInfo, MANAGEABILITY));
    } else if (is(SetAmtOperationalState, header) && newInterface) {
      const request = wellFormed(watchdogRequest(SetAmtOperationalState), message);
      link.send(request === undefined ? UNKNOWN : encode(BareStatus, { status: change(request.state) }));
    } else {
      link.send(UNKNOWN);
    }
  }

  return {
    properties: clientProperties(WATCHDOG, { version, length: 32 }),
    open: (link) => ({ message: (message) => respond(link, message), close: () => timer?.closed() }),
    reset: () => timer?.reset(),
  };
}

function wellFormed<T>(layout: Codec<T>, message: Uint8Array): T | undefined {
  try {
    return decode(layout, message);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    return undefined;
  }
}

type Named = Pick<WatchdogMessage<unknown>, "command" | "subcommand">;

function is({ command, subcommand }: Named, header: WatchdogHeader): boolean {
  return header.command === command && header.subcommand === subcommand;
}
