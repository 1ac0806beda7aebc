import type { Host } from "../../ffi/host.ts";
import {
  AMT_WATCHDOG_IDENTITY,
  type KernelWatchdog,
  watchdogFeeders,
  watchdogHolders,
  watchdogs,
} from "../../transport/sysfs_watchdog.ts";
import type { Missing } from "../missing.ts";
import { type AmtWatchdog, findAmtWatchdog, type WatchdogSource } from "./amt_watchdog.ts";
import { watchdogFlags } from "./flags.ts";

/** A watchdog of the kernel, for a person who wants to know what there is. Unknown is `null`; times are in seconds. */
export interface WatchdogInfo {
  name: string;
  path: string;
  isAmt: boolean;
  identity: string | null;
  driver: string | null;
  armed: boolean | "unknown";
  timeout: number | null;
  minTimeout: number | null;
  /** `null` also where the driver has no limit of its own. */
  maxTimeout: number | null;
  timeLeft: number | null;
  nowayout: boolean | null;
  firmwareVersion: number | null;
  /** What the driver can do; `alarmOnly` raises an alarm where others reset the machine. */
  options: string[] | null;
  /** Why the machine was started, as far as the watchdog knows. */
  bootStatus: string[] | null;
  /** Programs that have its node open; `null` where this user does not see that. */
  holders: { pid: number; name: string }[] | null;
}

export interface WatchdogStatus {
  amt: AmtWatchdog;
  watchdogs: WatchdogInfo[];
  unavailable: Missing[];
  warnings: string[];
}

/** What watchdogs there are, and what is known of AMT's. Opens none, since opening arms. */
export function watchdogStatus(source: WatchdogSource): WatchdogStatus {
  const { host } = source;
  const amt = findAmtWatchdog(source);
  const unavailable: Missing[] = [];
  if (amt.state === "unknown") unavailable.push({ field: "amt.state", reason: amt.reason ?? "" });
  if (amt.client?.candidates === null) {
    unavailable.push({ field: "amt.client.candidates", reason: `only root sees who has ${amt.device} open` });
  }
  const infos = watchdogs(host).map((watchdog) => {
    const info = describe(host, watchdog);
    unavailable.push(...missing(host, watchdog, info));
    return info;
  });
  return { amt, watchdogs: infos, unavailable, warnings: [...amtWarnings(host, amt), ...infos.flatMap(warnings)] };
}

function describe(host: Host, watchdog: KernelWatchdog): WatchdogInfo {
  const { processes, complete } = watchdogHolders(host, watchdog.path);
  return {
    name: watchdog.name,
    path: watchdog.path,
    isAmt: watchdog.identity === AMT_WATCHDOG_IDENTITY,
    identity: watchdog.identity ?? null,
    driver: watchdog.driver ?? null,
    armed: watchdog.state === "active" ? true : watchdog.state === "inactive" ? false : "unknown",
    timeout: watchdog.timeout ?? null,
    minTimeout: watchdog.minTimeout ?? null,
    maxTimeout: watchdog.maxTimeout || null,
    timeLeft: watchdog.timeLeft ?? null,
    nowayout: watchdog.nowayout ?? null,
    firmwareVersion: watchdog.firmwareVersion ?? null,
    options: watchdog.options === undefined ? null : watchdogFlags(watchdog.options),
    bootStatus: watchdog.bootStatus === undefined ? null : watchdogFlags(watchdog.bootStatus),
    holders: complete || processes.length > 0 ? [...processes] : null,
  };
}

function missing(host: Host, watchdog: KernelWatchdog, info: WatchdogInfo): Missing[] {
  const attributes = watchdog.identity === undefined;
  const kernel = attributes
    ? "the kernel shows no attributes of watchdogs (CONFIG_WATCHDOG_SYSFS)"
    : "this kernel does not show it";
  const absent: [keyof WatchdogInfo, boolean, string][] = [
    ["identity", watchdog.identity === undefined, kernel],
    ["driver", watchdog.driver === undefined, "sysfs shows no driver of it"],
    ["armed", info.armed === "unknown", kernel],
    ["timeout", watchdog.timeout === undefined, kernel],
    ["minTimeout", watchdog.minTimeout === undefined, kernel],
    ["maxTimeout", watchdog.maxTimeout === undefined, kernel],
    ["timeLeft", watchdog.timeLeft === undefined, attributes ? kernel : "its driver does not tell it"],
    ["nowayout", watchdog.nowayout === undefined, kernel],
    ["firmwareVersion", watchdog.firmwareVersion === undefined, kernel],
    ["options", watchdog.options === undefined, kernel],
    ["bootStatus", watchdog.bootStatus === undefined, kernel],
    ["holders", info.holders === null, onlyRoot(host, info)],
  ];
  return absent.flatMap(([field, isMissing, reason]) =>
    isMissing ? [{ field: `${watchdog.name}.${field}`, reason }] : []
  );
}

function onlyRoot(host: Host, { path, armed }: WatchdogInfo): string {
  const reason = `only root sees who has ${path} open`;
  const feeders = armed === true ? watchdogFeeders(host).map(({ pid, name }) => `${name} (process ${pid})`) : [];
  return feeders.length === 0 ? reason : `${reason}; it may be ${feeders.join(", ")}`;
}

function amtWarnings(host: Host, { state, client, watchdog }: AmtWatchdog): string[] {
  if (state !== "offered" || watchdog !== null) return [];
  if (client?.driver != null) {
    return [
      `${client.driver} holds AMT's watchdog and shows none: the firmware does not want heartbeats now (NOT_REQUIRED), ` +
      "or has not answered the driver yet",
    ];
  }
  if (host.stat("/sys/bus/mei/drivers/mei_wdt") !== undefined) return [];
  return ["no kernel driver feeds AMT's watchdog: mei_wdt is not loaded (modprobe mei_wdt)"];
}

/** Armed without a holder: close did not stop it, which is what nowayout is for. */
function warnings({ name, armed, holders }: WatchdogInfo): string[] {
  if (armed !== true || holders === null || holders.length > 0) return [];
  return [`${name} is armed and nobody has it open: it runs out unless a program opens and feeds it`];
}
