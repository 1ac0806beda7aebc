import { comesWithoutAmt, type FirmwareHealth, firmwareHealth } from "../../protocols/mei/hfsts/mod.ts";
import type { Status } from "../status/status.ts";
import type { Facts } from "./check.ts";
import { generation } from "./hfsts.ts";

/** Why the firmware may not offer AMT's client. */
interface AbsenceCause {
  /** The cause and how to tell it from the others. */
  readonly text: string;
  /** What shows on this machine that it is this one; `undefined` when nothing does. */
  readonly seen: string | undefined;
  readonly fix: string | null;
}

/** What the registers say, and whether this is a kind of firmware that comes without AMT. */
interface Health extends FirmwareHealth {
  readonly isWithoutAmt: boolean;
}

/** A cause before it is weighed; `isOut` when this machine shows that it is another one. */
interface Candidate extends AbsenceCause {
  readonly isOut: boolean;
}

/**
 * The causes that this machine does not rule out: first those that it shows, then the likelier ones. They are told
 * apart by HFSTS1 (does the ME run), HFSTS3 (what firmware is this) and MKHI's rules 0 and 32 (is this platform
 * capable of AMT, and is it enabled).
 */
export function absenceCauses({ device, status }: Facts): AbsenceCause[] {
  const layout = generation(device?.node, status);
  const told = firmwareHealth(device?.node?.firmwareStatus ?? [], layout);
  const health = { ...told, isWithoutAmt: comesWithoutAmt(told.sku, layout) };
  const capabilities = status?.capabilities ?? null;
  const candidates = [
    offInSetup(health, capabilities),
    firmwareWithout(health, capabilities),
    notRunning(health),
    switchedOffOnPurpose(health),
    disabledByMaker(health, capabilities),
    starting(health, capabilities),
  ].filter(({ isOut }) => !isOut);
  return [
    ...candidates.filter(({ seen }) => seen !== undefined),
    ...candidates.filter(({ seen }) => seen === undefined),
  ];
}

type Capabilities = Status["capabilities"];

function offInSetup(health: Health, capabilities: Capabilities): Candidate {
  const isSeen = capabilities?.amtCapable === true && capabilities.amtEnabled === false;
  return {
    text: "AMT is switched off in the firmware setup (MEBx): MKHI then calls the platform capable of AMT (rule 0, " +
      "bit 2) and AMT not enabled (rule 32, bit 2)",
    seen: isSeen ? "MKHI says that the platform is capable of AMT and that AMT is switched off" : undefined,
    fix: "Enable AMT in the firmware setup: MEBx (Ctrl+P at start) or the BIOS menu for Intel AMT or manageability, " +
      "then start again",
    isOut: !mayHaveAmt(health, capabilities) || capabilities?.amtEnabled === true,
  };
}

function firmwareWithout(health: Health, capabilities: Capabilities): Candidate {
  return {
    text:
      "this is firmware of a kind that comes without AMT, such as consumer firmware: HFSTS3 then has SKU 2 in bits " +
      "4 to 6 (corporate is 3), and MKHI rule 0 has bit 2 clear",
    seen: health.isWithoutAmt ? `HFSTS3 calls it ${health.sku!.text} firmware, which comes without AMT` : undefined,
    fix: "Nothing on this machine changes that: AMT comes with corporate (vPro) firmware, which the maker puts on " +
      "boards made for it",
    isOut: capabilities?.amtCapable === true || health.sku?.value === "corporate",
  };
}

function disabledByMaker(health: Health, capabilities: Capabilities): Candidate {
  const isSeen = capabilities?.amtCapable === false && health.sku?.value === "corporate";
  return {
    text: "the maker disabled AMT for good on this unit: MKHI rule 0 has bit 2 clear although HFSTS3 says corporate " +
      "(SKU 3), and the firmware setup has no menu for AMT",
    seen: isSeen
      ? "MKHI says that the platform is not capable of AMT, though HFSTS3 calls the firmware corporate"
      : undefined,
    fix: "Ask the maker whether this unit was sold with AMT; it cannot be enabled afterwards",
    isOut: capabilities?.amtCapable === true || health.isWithoutAmt,
  };
}

function switchedOffOnPurpose({ disabledBy, workingState }: FirmwareHealth): Candidate {
  const how = disabledBy === null ? undefined : {
    hap: "by the HAP bit of the flash descriptor",
    software: "by software",
    jumper: "by a jumper",
    message: "by a message, as firmware updates send",
  }[disabledBy];
  return {
    text:
      "the Management Engine was switched off on purpose (HAP bit, a setting of the BIOS, a jumper): HFSTS1 then has " +
      "operation mode 2, 3, 4 or 5 in bits 16 to 19",
    seen: how === undefined ? undefined : `HFSTS1 says that the Management Engine is switched off ${how}`,
    fix:
      "Switch the Management Engine on in the BIOS setup (ME state), or undo the jumper or the changed flash image, " +
      "then take the machine off power for a minute",
    isOut: disabledBy === null && workingState !== null,
  };
}

function notRunning(health: FirmwareHealth): Candidate {
  const state = health.workingState;
  return {
    text:
      "the Management Engine is in recovery, has halted or has not started: HFSTS1 then has a working state other " +
      "than 5 in bits 0 to 3",
    seen: isRunning(health, true) || health.disabledBy !== null || state === null
      ? undefined
      : `HFSTS1 says that the Management Engine does not run: ${state.text}`,
    fix:
      "Take the machine off power for a minute; if it stays so, write the maker's ME firmware again (mostly part of " +
      "the BIOS update)",
    isOut: isRunning(health, false) || health.disabledBy !== null,
  };
}

function starting(health: Health, capabilities: Capabilities): Candidate {
  const isSeen = capabilities?.amtEnabled === true;
  return {
    text:
      "AMT restarts, as it does after it was enabled or disabled, or has stopped after an error: then AMTHI comes back " +
      "within a minute, or with the next power cycle",
    seen: isSeen ? "MKHI says that AMT is enabled, so it should be there" : undefined,
    fix: "Try again in a minute; if it stays so, take the machine off power for a minute",
    isOut: !mayHaveAmt(health, capabilities) || capabilities?.amtEnabled === false,
  };
}

/** Whether nothing speaks against an AMT that could run. */
function mayHaveAmt(health: Health, capabilities: Capabilities): boolean {
  return isRunning(health, true) && !health.isWithoutAmt && capabilities?.amtCapable !== false;
}

/** Whether HFSTS1 says that the ME runs; `otherwise` when there is no such word. */
function isRunning({ workingState, disabledBy }: FirmwareHealth, otherwise: boolean): boolean {
  if (workingState === null) return otherwise;
  return disabledBy === null && workingState.value === "normal";
}
