import { AMT_WATCHDOG_IDENTITY, amtWatchdog } from "../transport/sysfs_watchdog.ts";
import type { HostTree } from "./host_tree.ts";

const CLASS = "/sys/class/watchdog";

/** What differs between drivers, in seconds. */
interface Attributes {
  readonly identity: string;
  readonly options: number;
  readonly firmwareVersion: number;
  readonly timeout: number;
  readonly minTimeout: number;
}

/** softdog, as Linux 6.12 shows it: a watchdog without a device, which no program feeds. */
export function addSoftdog(tree: HostTree): void {
  add(tree, "/sys/devices/virtual", {
    identity: "Software Watchdog",
    options: 0x8180,
    firmwareVersion: 0,
    timeout: 60,
    minTimeout: 1,
  });
}

/**
 * What mei_wdt makes when it is bound to a client: a watchdog with the lowest free number. `device` is the folder of the
 * client's device, `version` its protocol version.
 */
export function addAmtWatchdog(tree: HostTree, device: string, version: number): void {
  const at = add(tree, device, {
    identity: AMT_WATCHDOG_IDENTITY,
    options: 0x8480,
    firmwareVersion: version,
    timeout: 120,
    minTimeout: 120,
  });
  tree.link(`${at}/device`, `../../../${device.slice(device.lastIndexOf("/") + 1)}`);
}

/** Takes it away again, if it is there. */
export function removeAmtWatchdog(tree: HostTree): void {
  const watchdog = amtWatchdog(tree);
  if (watchdog === undefined) return;
  const device = tree.readLink(`${CLASS}/${watchdog.name}`)!.replace("../../", "/sys/").replace(/\/[^/]+$/, "");
  tree.remove(device).remove(`${CLASS}/${watchdog.name}`).remove(watchdog.path);
}

/** Formats are those of drivers/watchdog/watchdog_dev.c. Answers the folder. */
function add(tree: HostTree, parent: string, attributes: Attributes): string {
  const taken = tree.list(CLASS);
  let number = 0;
  while (taken.includes(`watchdog${number}`)) number++;
  const name = `watchdog${number}`;
  const at = `${parent}/watchdog/${name}`;
  tree
    .files(at, {
      bootstatus: "0\n",
      fw_version: `${attributes.firmwareVersion}\n`,
      identity: `${attributes.identity}\n`,
      max_timeout: "65535\n",
      min_timeout: `${attributes.minTimeout}\n`,
      options: `0x${attributes.options.toString(16)}\n`,
      pretimeout: "0\n",
      state: "inactive\n",
      status: "0x200\n",
      timeout: `${attributes.timeout}\n`,
    })
    .file(`${at}/nowayout`, "0\n", { mode: 0o644 })
    .link(`${CLASS}/${name}`, `../../${at.slice("/sys/".length)}`)
    .device(`/dev/${name}`);
  if (number === 0) tree.device("/dev/watchdog");
  return at;
}
