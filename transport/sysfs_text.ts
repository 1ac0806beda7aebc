import { basename } from "./sysfs_path.ts";
import type { Host } from "../ffi/host.ts";

/** Readers of one attribute each. What is missing or malformed is `undefined`: the kernel and the firmware vary. */

/** Printable text without the line end; an empty attribute is none. */
export function textAttribute(host: Host, path: string): string | undefined {
  const text = host.readText(path)?.trim();
  return text === undefined || text === "" || text.length > 256 ? undefined : text;
}

/** A decimal integer from `least` to `most`. */
export function decimalAttribute(host: Host, path: string, least: number, most: number): number | undefined {
  const text = textAttribute(host, path);
  if (text === undefined || !/^\d{1,10}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= least && value <= most ? value : undefined;
}

/** Hex digits, with or without `0x`, below `limit`. */
export function hexAttribute(host: Host, path: string, limit: number): number | undefined {
  const digits = /^(?:0x)?([0-9a-f]{1,8})$/i.exec(textAttribute(host, path) ?? "")?.[1];
  if (digits === undefined) return undefined;
  const value = parseInt(digits, 16);
  return value < limit ? value : undefined;
}

/** The lines of an attribute, without empty ones. */
export function lineAttribute(host: Host, path: string): string[] {
  const text = host.readText(path) ?? "";
  return text.split("\n").map((line) => line.trim()).filter((line) => line !== "").slice(0, 64);
}

/** The last part of what a link points to. */
export function linkName(host: Host, path: string): string | undefined {
  const target = host.readLink(path);
  return target === undefined ? undefined : basename(target);
}
