import type { MeiNode } from "../../transport/sysfs.ts";
import { attention, type Facts, type Found, note, ok } from "./check.ts";

/** Whether the driver's node is there, is the Management Engine's, and works. */
export function checkNode({ host, device, absence, contact }: Facts): Found {
  if (device === undefined) return withoutNode(absence?.details.path, absence);
  const { path, node } = device;
  if (node === undefined) return unknownToSysfs(path, contact);
  if (host.stat(path) === undefined) {
    return attention(`sysfs shows ${node.name}, and ${path} is not there`, {
      causes: [
        "this is a container that was not given the device: /run/.containerenv, /.dockerenv or systemd-detect-virt " +
        "show it",
        "nothing makes nodes on this system: /dev is no devtmpfs (findmnt /dev)",
      ],
      fix: `Give the container the device (--device ${path}), or make the node: mknod ${path} c, with the numbers in ` +
        `/sys/class/mei/${node.name}/dev`,
    });
  }
  if (node.kind !== undefined && node.kind !== "mei") {
    return attention(`${path} is of kind ${node.kind}, not the Management Engine's (mei)`, {
      causes: ["it belongs to a discrete GPU or a touch screen: amtctl devices lists all nodes with their kinds"],
      fix: "Leave out --device and AMTCTL_DEVICE",
    });
  }
  return byState(path, node.state);
}

/** Only a connect to AMT's client tells such a node from any other device. */
function unknownToSysfs(path: string, contact: Facts["contact"]): Found {
  const finding = `${path} is there, and sysfs does not know it as a node of the mei driver`;
  const container = "this is a container without the machine's /sys: findmnt /sys";
  if (contact === "connected" || contact?.code === "mei.busy") {
    return note(`${finding}, yet AMT's client is behind it`, { causes: [container] });
  }
  return attention(finding, {
    causes: [
      "it is something else, and whatever is asked of it fails as if the firmware did not offer the client: amtctl " +
      "devices lists the driver's nodes",
      container,
    ],
    fix: "Leave out --device and AMTCTL_DEVICE, or name a node that amtctl devices lists; give a container /sys",
  });
}

function withoutNode(named: unknown, absence: Facts["absence"]): Found {
  if (typeof named === "string") {
    return attention(`${named} does not exist`, {
      causes: ["the node has another number: amtctl devices lists those that are there"],
      fix: absence!.hint,
    });
  }
  return attention("the driver is bound, and has made no node", {
    causes: [
      "the firmware is in recovery or disabled, and the driver has given up: dmesg | grep mei says so",
      "the driver has only just been loaded: look again",
    ],
    fix: "Take the machine off power for a minute and start it; if it stays so, have the maker's firmware update " +
      "written again",
  });
}

function byState(path: string, state: MeiNode["state"]): Found {
  if (state === undefined) return ok(`${path}; this kernel does not show its state (it does since 5.1)`);
  if (state === "ENABLED") return ok(`${path}, ENABLED`);
  if (state === "DISABLED") {
    return attention(`${path} is DISABLED`, {
      causes: [
        "the driver gave up after several resets of the link: dmesg | grep mei counts them",
        "the firmware is in recovery or halted: firmware health shows it",
      ],
      fix: "modprobe -r mei_me; modprobe mei_me; if it comes back, take the machine off power for a minute",
    });
  }
  return attention(`${path} is ${state}, not ENABLED`, {
    causes: [
      "the Management Engine restarts just now, as it does after a change or an update: look again in a minute",
      "the link does not come up: dmesg | grep mei shows resets",
    ],
    fix: "Wait until amtctl devices says ENABLED, then try again",
  });
}
