import type { Status } from "../status/status.ts";
import { type Found, note, ok, reasonFor, skipped, unknown } from "./check.ts";

/** What one way of activating AMT still lacks, and what to do about it. */
interface Lack {
  readonly text: string;
  readonly fix: string;
}

/** Whether AMT can be activated from here, in which control mode, and what the better one lacks. */
export function checkActivation(status: Status): Found {
  const { provisioningState, controlMode, certificateHashes, ehbcEnabled } = status;
  if (provisioningState === null) return unknown(reasonFor(status, "provisioningState"));
  if (provisioningState.value === "post") return skipped("AMT is activated already");
  const client = controlMode === null ? clientUnknown(status) : "client control mode: possible";
  if (ehbcEnabled === true) return ok(`${client}; admin control mode: possible without a certificate (EHBC is on)`);
  if (certificateHashes === null) {
    return unknown(`${client}; admin control mode: ${reasonFor(status, "certificateHashes")}`);
  }
  const active = certificateHashes.filter((hash) => hash.active).length;
  const domain = suffix(status);
  const lacks = [...active === 0 ? [noRoot] : [], ...domain === undefined ? [noSuffix] : []];
  if (lacks.length > 0) {
    return note(`${client}; admin control mode: ${lacks.map(({ text }) => text).join(", ")}`, {
      causes: [
        "admin control mode takes a certificate whose root is among AMT's active ones, for the DNS suffix that " +
        "AMT sees on its wired network or was given in MEBx: amtctl status --hashes shows both",
      ],
      fix: lacks.map(({ fix }) => fix).join("; "),
    });
  }
  const certificate = `a certificate that fits one of ${active} active root hashes and the DNS suffix ${domain}`;
  return ok(`${client}; admin control mode: with ${certificate}`);
}

const noRoot: Lack = {
  text: "no active root certificate hash",
  fix: "Activate a root hash, or add your own, in MEBx",
};
const noSuffix: Lack = {
  text: "no DNS suffix",
  fix: "Have DHCP give the domain name (option 15) on the wired network, or set the PKI DNS suffix in MEBx",
};

/** AMT's own setting goes before what DHCP told the operating system. */
function suffix({ dnsSuffix: { amt, host } }: Status): string | undefined {
  if (amt) return `${amt} (set in AMT)`;
  return host ? `${host} (the operating system's)` : undefined;
}

function clientUnknown(status: Status): string {
  return `client control mode: unknown (${reasonFor(status, "controlMode")}); AMT before 6.2 does not have it`;
}
