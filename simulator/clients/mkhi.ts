import { decode, encode } from "../../core/binary/mod.ts";
import { MKHI, MKHI_FIXED } from "../../protocols/mei/known_clients.ts";
import {
  type FirmwareVersion,
  GetFirmwareVersion,
  MkhiHeader,
  type MkhiNotice,
  mkhiResponse,
  mkhiResult,
  SetOsVersion,
} from "../../protocols/mkhi/mod.ts";
import type { ClientLink, FirmwareClient } from "../firmware_client.ts";
import { clientProperties, type ClientSizes } from "./properties.ts";

const HEADER_LENGTH = 4;

const sizes: ClientSizes = { version: 2, length: 2048 };

/** The kernel host interface. `versions` are those of the running code, the recovery and the factory image. */
export function mkhi(versions: readonly FirmwareVersion[]): FirmwareClient {
  return { properties: clientProperties(MKHI, sizes), open: session(versions) };
}

/** The same at its fixed address, where the Linux driver asks for the versions that sysfs `fw_ver` shows. */
export function mkhiFixed(versions: readonly FirmwareVersion[]): FirmwareClient {
  return { properties: clientProperties(MKHI_FIXED, { ...sizes, fixed: 7 }), open: session(versions) };
}

function session(versions: readonly FirmwareVersion[]): FirmwareClient["open"] {
  return (link) => ({ message: (message) => respond(link, versions, message) });
}

function respond(link: ClientLink, versions: readonly FirmwareVersion[], message: Uint8Array): void {
  if (message.length < HEADER_LENGTH) return link.send(new Uint8Array(0));
  const header = decode(MkhiHeader, message.subarray(0, HEADER_LENGTH));
  if (is(GetFirmwareVersion, header)) return link.send(versionAnswer(versions));
  // The Linux driver sends it and reads no answer.
  if (is(SetOsVersion, header)) return;
  link.send(encode(MkhiHeader, { ...header, command: header.command | 0x80, result: mkhiResult.invalidCommand }));
}

function versionAnswer(versions: readonly FirmwareVersion[]): Uint8Array {
  const data = { versions: [...versions] };
  return encode(mkhiResponse(GetFirmwareVersion), { result: mkhiResult.success, data });
}

function is({ group, command }: MkhiNotice<unknown>, header: MkhiHeader): boolean {
  return header.group === group && header.command === command;
}
