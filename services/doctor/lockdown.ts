import { meclientsPath } from "../../transport/sysfs.ts";
import { type Facts, type Found, note, ok, unknown } from "./check.ts";

const PATH = "/sys/kernel/security/lockdown";

/**
 * Whether the kernel is locked down, and what that takes away here. /dev/meiN and sysfs are not touched by it; debugfs
 * is, in whole or in part, as the kernel's release has it, so it is tried.
 */
export function checkLockdown({ host, device }: Facts): Found {
  const level = /\[(\w+)\]/.exec(host.readText(PATH) ?? "")?.[1];
  if (level === undefined) return unknown(`${PATH} does not tell: the kernel has no lockdown, or hides it`);
  if (level === "none") return ok("the kernel is not locked down");
  const table = device?.node === undefined ? undefined : host.readText(meclientsPath(device.node));
  const debugfs = table !== undefined
    ? "debugfs can be read all the same"
    : host.uid === 0
    ? "debugfs, which has the whole list of clients, cannot be read"
    : "debugfs, which only root reads, may be shut";
  const atStart = /(?:^|\s)lockdown=/.test(host.readText("/proc/cmdline") ?? "");
  const causes = [
    "Secure Boot turns it on in many distributions: mokutil --sb-state",
    "the kernel's command line asks for it: lockdown= in /proc/cmdline",
  ];
  return note(`the kernel is locked down (${level}): /dev/meiN and sysfs work as ever, ${debugfs}`, {
    causes: atStart ? causes.toReversed() : causes,
    fix: "Leave it so: amtctl clients --probe finds clients without debugfs, and nothing here needs /dev/mem or MSRs",
  });
}
