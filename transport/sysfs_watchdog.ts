import type { Host } from "../ffi/host.ts";
import { holdersOfNode, type NodeHolders } from "./holders.ts";
import { type BusClient, busClients } from "./sysfs_bus.ts";
import { basename } from "./sysfs_path.ts";
import { decimalAttribute, hexAttribute, linkName, textAttribute } from "./sysfs_text.ts";

/** What `mei_wdt` calls AMT's watchdog. */
export const AMT_WATCHDOG_IDENTITY = "iamt_wdt";

/**
 * A watchdog of the kernel, as /sys/class/watchdog/watchdogN shows it; times in seconds. Attributes that the running
 * kernel does not have, or that do not read as they should, are `undefined`; built without CONFIG_WATCHDOG_SYSFS it has
 * none. The attribute `status` is left alone: reading it takes back the bit that tells others of a heartbeat, and waits
 * as long as the firmware owes the driver an answer. Source: drivers/watchdog/watchdog_dev.c of Linux 6.1 and 6.12.
 */
export interface KernelWatchdog {
  /** `watchdog0` */
  readonly name: string;
  /** `/dev/watchdog0` */
  readonly path: string;
  readonly identity: string | undefined;
  /** `active` from the opening of the node until something stops it; `inactive`. */
  readonly state: string | undefined;
  /** `WDIOF_` bits; this and the next are new since Linux 6.1. */
  readonly options: number | undefined;
  readonly firmwareVersion: number | undefined;
  readonly timeout: number | undefined;
  readonly minTimeout: number | undefined;
  /** 0 where the driver has no limit of its own. */
  readonly maxTimeout: number | undefined;
  /** `undefined` also where the driver does not tell, as AMT's does not. */
  readonly timeLeft: number | undefined;
  /** `WDIOF_` bits. */
  readonly bootStatus: number | undefined;
  /** Whether nothing but a restart stops it once it runs. */
  readonly nowayout: boolean | undefined;
  /** Name of the driver of the device behind it; `undefined` where there is no device, as with softdog. */
  readonly driver: string | undefined;
  /** The client of the firmware behind it, where its device is one of the mei bus. */
  readonly client: BusClient | undefined;
}

const CLASS = "/sys/class/watchdog";
const U32 = 0xffff_ffff;

/** All watchdogs in the order of their numbers. Opens none. */
export function watchdogs(host: Host): KernelWatchdog[] {
  return host.list(CLASS).filter((name) => /^watchdog\d{1,4}$/.test(name)).sort(byNumber)
    .map((name) => watchdog(host, name));
}

/** AMT's, which may have any number; several drivers can be loaded before it. */
export function amtWatchdog(host: Host): KernelWatchdog | undefined {
  return watchdogs(host).find(({ identity }) => identity === AMT_WATCHDOG_IDENTITY);
}

/** Who has a watchdog's node open. The first watchdog has a second node, `/dev/watchdog`. */
export function watchdogHolders(host: Host, path: string): NodeHolders {
  const name = nodeName(host, path);
  return holdersOfNode(host, [`/dev/${name}`, ...(name === "watchdog0" ? ["/dev/watchdog"] : [])]);
}

/**
 * Programs of this machine that are known to feed watchdogs, for where nobody is seen to have the node open: a local
 * management service, systemd as process 1 (RuntimeWatchdogSec), the daemons of the packages `watchdog`.
 */
export function watchdogFeeders(host: Host): NodeHolders["processes"] {
  const found = [];
  for (const { pid, name } of host.processes()) {
    // The kernel has a thread of the same name, and threads of the kernel have no command line.
    const isFeeder = FEEDERS.test(name) && host.readText(`/proc/${pid}/cmdline`) !== "";
    if (isFeeder || (pid === 1 && name === "systemd")) found.push({ pid, name });
  }
  return found;
}

/** `watchdog1` for `/dev/watchdog1` and for a link to it, such as the `/dev/iamt_watchdog` of a udev rule. */
export function nodeName(host: Host, path: string): string {
  const name = basename(host.readLink(path) ?? path);
  return name === "watchdog" ? "watchdog0" : name;
}

const FEEDERS = /^(?:lms|watchdogd?|wd_keepalive)$/i;

function watchdog(host: Host, name: string): KernelWatchdog {
  const at = `${CLASS}/${name}`;
  const device = linkName(host, `${at}/device`);
  const nowayout = decimalAttribute(host, `${at}/nowayout`, 0, 1);
  const seconds = (attribute: string) => decimalAttribute(host, `${at}/${attribute}`, 0, U32);
  return {
    name,
    path: `/dev/${name}`,
    identity: textAttribute(host, `${at}/identity`),
    state: textAttribute(host, `${at}/state`),
    options: hexAttribute(host, `${at}/options`, U32 + 1),
    firmwareVersion: decimalAttribute(host, `${at}/fw_version`, 0, U32),
    timeout: seconds("timeout"),
    minTimeout: seconds("min_timeout"),
    maxTimeout: seconds("max_timeout"),
    timeLeft: seconds("timeleft"),
    bootStatus: decimalAttribute(host, `${at}/bootstatus`, 0, U32),
    nowayout: nowayout === undefined ? undefined : nowayout === 1,
    driver: linkName(host, `${at}/device/driver`),
    client: busClients(host, { parent: undefined }).find(({ name }) => name === device),
  };
}

function byNumber(a: string, b: string): number {
  return Number(a.slice(8)) - Number(b.slice(8));
}
