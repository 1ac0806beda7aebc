import type { Status } from "../status/status.ts";
import { attention, type Found, note, ok, reasonFor, unknown } from "./check.ts";

/**
 * Of this release and later ones users report that they take nothing but TLS on the machine itself, of some from 16.1 on
 * too. Source: rpc-go issues 701, 1208, 1271. No public document says which do.
 */
const TLS_ONLY_REPORTED_SINCE = 19;
/** The first major release of which some (16.1) say whether they do. Source: rpc-go. */
const TLS_TOLD_SINCE = 16;

/** Whether AMT is switched on, and whether the operating system may change that. */
export function checkOperationalState(status: Status): Found {
  const { operationalState, operationalStateChangeAllowed, capabilities } = status;
  const change = operationalStateChangeAllowed === null
    ? ""
    : `; the operating system may ${operationalStateChangeAllowed ? "" : "not "}change that`;
  if (operationalState?.value === "enabled") return ok(`enabled in the firmware setup${change}`);
  if (operationalState?.value === "disabled") return switchedOff(`disabled in the firmware setup${change}`);
  if (capabilities?.amtEnabled === true) return ok(`enabled, as MKHI says${change}`);
  if (capabilities?.amtEnabled === false) return switchedOff(`not enabled, as MKHI says${change}`);
  return unknown(reasonFor(status, "operationalState"));
}

function switchedOff(finding: string): Found {
  return attention(finding, {
    causes: [
      "somebody switched it off in MEBx, in the BIOS setup or from the operating system: MEBx shows the setting",
    ],
    fix: "Enable AMT in the firmware setup (MEBx), then start again",
  });
}

/** Whether AMT is activated, and how. */
export function checkProvisioning(status: Status): Found {
  const { provisioningState, controlMode } = status;
  if (provisioningState === null) return unknown(reasonFor(status, "provisioningState"));
  if (provisioningState.value === "post") {
    const mode = controlMode === null ? "control mode unknown" : controlMode.text;
    if (controlMode?.value !== "none") return ok(`activated, ${mode}`);
    return note("activated, and in no control mode", {
      causes: ["it was set up in a way that its firmware counts as neither: amtctl status shows the provisioning mode"],
    });
  }
  if (provisioningState.value === "pre") return note("not activated (pre-provisioning)");
  return note(`between not activated and activated (${provisioningState.text})`, {
    causes: [
      "a setup is going on: the program or the server that does it shows how far it is",
      "a setup was broken off: the program that began it shows an error",
    ],
    fix: "Let the setup end, or take it back in MEBx (unconfigure)",
  });
}

/** Whether programs of this machine have to speak TLS to AMT. */
export function checkTls(status: Status): Found {
  const { tlsEnforcedLocally, amtVersion } = status;
  if (tlsEnforcedLocally === true) return tlsOnly("AMT's ports on this machine take TLS only");
  if (tlsEnforcedLocally === false) return ok("AMT's ports on this machine take plain connections too");
  const major = Number.parseInt(amtVersion ?? "", 10);
  const open = `whether AMT's ports on this machine take TLS only: ${reasonFor(status, "tlsEnforcedLocally")}`;
  if (major >= TLS_ONLY_REPORTED_SINCE) {
    return tlsOnly(`${open}; releases from ${TLS_ONLY_REPORTED_SINCE} on are reported to`);
  }
  if (major < TLS_TOLD_SINCE) {
    return ok(
      `AMT ${amtVersion} takes plain connections on its ports on this machine, unless its settings forbid them`,
    );
  }
  return unknown(open);
}

function tlsOnly(finding: string): Found {
  return note(finding, {
    causes: [
      "a program that fails here as if no local management service ran tries port 16992: this AMT has 16993 (TLS), and " +
      "for redirection 16995",
      "a program that reports an untrusted certificate does not expect AMT's own, which names no host",
    ],
    fix: "Use programs that speak TLS to port 16993 on this machine too: rpc-go 3, amtterm 1.8, or later",
  });
}
