import { attention, type Facts, type Found, ok, unknown } from "./check.ts";

/** Whether this user may open the node. */
export function checkPermissions({ host, device, contact }: Facts): Found {
  const path = device?.path ?? "";
  const who = host.uid === 0 ? "root" : `user ${host.uid}`;
  const stat = host.stat(path);
  const mode = stat === undefined ? "" : ` (${stat.mode.toString(8).padStart(4, "0")} uid ${stat.uid} gid ${stat.gid})`;
  const mayOpen = host.access(path, "write");
  if (mayOpen === false) {
    return attention(`${who} may not open ${path}${mode}`, {
      causes: ["nodes of this driver are for root alone, unless a udev rule gives them to a group: ls -l /dev/mei*"],
      fix: "Run it with sudo, or let a group use the device: amtctl setup permissions",
    });
  }
  if (contact !== "connected" && contact?.code === "mei.permission") {
    return attention(`the permissions of ${path} let ${who} open it${mode}, and the kernel refuses`, {
      causes: [
        "this is a container whose device rules leave it out: systemd-detect-virt names the container",
        "a security module forbids it: dmesg shows a denial (apparmor, avc)",
      ],
      fix: `Give the container the device (--device ${path}), or this program the right in the security module`,
    });
  }
  if (mayOpen === undefined) return unknown(`the permissions of ${path} cannot be read`);
  return ok(`${who} may open ${path}${mode}`);
}
