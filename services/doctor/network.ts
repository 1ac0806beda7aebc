import type { Host } from "../../ffi/host.ts";
import { localManagementService } from "../local_management.ts";
import type { LanInterface, Status } from "../status/status.ts";
import { attention, type Found, note, ok, reasonFor, unknown } from "./check.ts";

/** Whether AMT is on the network. Until it is activated it need not be, so that nothing about it is urgent. */
export function checkLink(status: Status): Found {
  const urgent = status.provisioningState?.value === "post" ? attention : note;
  if (status.lan.every(({ enabled }) => enabled === null)) return unknown(reasonFor(status, "lan"));
  const present = status.lan.filter(({ macAddress }) => macAddress !== null);
  if (present.length === 0) {
    return urgent("AMT has no network interface", {
      causes: [
        "the wired adapter is switched off in the firmware setup: lspci shows no Ethernet controller of Intel",
        "the board's adapter is none that AMT can use, which are mostly those of Intel's LM line: lspci names it",
      ],
      fix: "Switch the adapter on in the firmware setup",
    });
  }
  const text = present.map(describe).join("; ");
  const connected = present.filter(({ link }) => link?.value !== "down");
  if (connected.length === 0) {
    return urgent(text, {
      causes: [
        "no cable, or a switch port that is off: ip link says NO-CARRIER of the same adapter",
        "the machine is on Wi-Fi only: AMT needs a Wi-Fi profile of its own for that",
      ],
      fix: "Connect the cable, or give AMT a Wi-Fi profile",
    });
  }
  if (connected.every(({ ipAddress, ipv6Addresses }) => ipAddress === null && ipv6Addresses.length === 0)) {
    if (urgent === note) return note(`${text}; AMT needs one when it is activated`);
    return attention(text, withoutAddress(connected));
  }
  const differing = connected.find(isElsewhere);
  if (differing !== undefined) {
    return note(`${text}; the operating system has ${differing.hostAddress} on the same adapter`, {
      causes: [
        "AMT goes by the operating system's DHCP lease as it sees it pass, and has missed the last one: the addresses " +
        "are equal again when the lease is renewed",
      ],
    });
  }
  return ok(text);
}

function describe(lan: LanInterface): string {
  const address = lan.ipAddress ?? lan.ipv6Addresses[0];
  const dhcp = lan.dhcp.enabled ? `DHCP (${lan.dhcp.mode?.text})` : "a static address";
  const where = address === undefined ? "no address" : address;
  return `${lan.interface}${lan.enabled ? "" : " (not enabled)"}: link ${lan.link?.text}, ${dhcp}, ${where}`;
}

function withoutAddress(connected: readonly LanInterface[]) {
  if (connected.some(({ dhcp }) => dhcp.enabled === true)) {
    return {
      causes: [
        "no DHCP server has answered: the operating system has no address on this adapter either (ip address)",
        "the port wants 802.1X or a VLAN that AMT was not given: the operating system's settings of the adapter show it",
      ],
      fix: "Make DHCP answer on this network, or give AMT a static address",
    };
  }
  return {
    causes: ["AMT is set to a static address, and has none"],
    fix: "Give AMT its address in MEBx or over WS-Management, or set it to DHCP",
  };
}

/** With DHCP, AMT has the address of the operating system's adapter; one of IPv6 says nothing about that. */
function isElsewhere({ dhcp, ipAddress, hostAddress }: LanInterface): boolean {
  if (dhcp.enabled !== true || ipAddress === null || hostAddress === null) return false;
  return hostAddress !== ipAddress && !hostAddress.includes(":");
}

/** Whether a program of this machine serves AMT's ports to the others, and so holds the client for it. */
export function checkLocalManagement(host: Host): Found {
  const service = localManagementService(host);
  if (service !== undefined) return ok(`${service}: it holds the LME client and serves AMT's ports to this machine`);
  return note("none runs: LME is free, and nothing serves AMT's ports 16992 and 16993 to programs of this machine");
}
