import { attention, type Choice, choice, count, type Field, field, flag, meaning, note, yesNo } from "./field.ts";
import { csme, notTxe } from "./generation.ts";

const resets: Readonly<Record<number, Choice>> = {
  0: ["wake", "clean wake from off"],
  1: ["wakeAfterError", "wake from off after an error"],
  2: ["globalReset", "clean global reset"],
  3: ["globalResetAfterError", "global reset after an error"],
  4: ["meReset", "clean reset of the ME"],
  5: ["meResetAfterException", "reset of the ME after an exception"],
  6: ["pseudoGlobalReset", "pseudo global reset"],
  7: ["hostOff", "the host went off"],
  8: ["hostOn", "the host came on"],
  9: ["resetWithoutPowerCycle", "reset without a power cycle"],
  10: ["powerCycleThroughM3", "power cycle, with the ME on"],
  11: ["powerCycleThroughOff", "power cycle, with the ME off"],
  12: ["off", "the ME went off"],
};

/** What the ME was doing, by the phase it is in. Values that were seen to matter; the rest stay numbers. */
const steps: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  rom: { 0: "begins", 6: "stops: disabled" },
  bringUp: {
    0x00: "begins",
    0x04: "finds out how it was started",
    0x08: "does not find the flash chip in the descriptor's table",
    0x0a: "looks whether straps disable the ME",
    0x0b: "waited in vain for power to be good",
    0x0d: "sees the manufacturing override strap",
    0x11: "starts in M3",
    0x12: "starts in M0",
    0x13: "could not find out how it was started",
    0x18: "loads the kernel in M3",
    0x1f: "waits for the BIOS to report memory",
    0x20: "waited in vain for the BIOS to report memory",
    0x21: "got an error from the BIOS with the report of memory",
    0x22: "takes its memory",
    0x23: "could not take its memory",
    0x28: "is temporarily disabled",
    0x32: "loads the kernel in M0",
  },
  policy: {
    0x00: "begins",
    0x0c: "does not find the flash chip's data",
    0x0d: "finds the flash chips' table wrong",
    0x0e: "finds the flash partition outside of the flash",
    0x0f: "cannot read the flash descriptor",
  },
  hostCommunication: { 0: "talks with the host" },
};

const mePhases: Readonly<Record<number, Choice>> = {
  0: ["rom", "ROM"],
  1: ["bringUp", "bring-up", attention("The firmware stands in the first part of its start; AMT comes after it")],
  2: ["kernel", "kernel", note("The firmware is starting")],
  3: ["policy", "policy module", note("The firmware is starting")],
  4: ["moduleLoading", "loading modules", note("The firmware is starting")],
  5: ["unknown", "unknown"],
  6: ["hostCommunication", "talks with the host"],
};

const csmePhases: Readonly<Record<number, Choice>> = {
  0: ["rom", "ROM, or not told (CSME 14 and later)"],
  2: ["kernel", "kernel", note("The firmware is starting")],
  3: ["bringUp", "bring-up", attention("The firmware stands in the first part of its start; AMT comes after it")],
  6: ["hostCommunication", "talks with the host"],
};

/**
 * HFSTS2, PCI configuration space 0x48. Sources: coreboot src/southbridge/intel/lynxpoint/me.h and util/intelmetool
 * (ME 6 to 10), src/soc/intel/skylake/me.c (phases and power events of CSME 11), fwupd libfwupdplugin/fu-intel-me.rs
 * (CSME). MEInfo 11.8 calls phase 3 bring-up, as coreboot does for Skylake. From CSME 16 on no public source names the
 * phases. For TXE none names anything.
 */
export const hfsts2: readonly Field[] = [
  flag("bistInProgress", { low: 0, of: ["me"] }, yesNo),
  flag("nftpLoadFailure", { low: 0, of: csme }, yesNo, {
    on: attention(
      "The part of the firmware that holds AMT could not be loaded, so it runs without. Install the ME " +
        "firmware of the machine's maker again",
    ),
  }),
  choice("clockProgramming", { low: 1, width: 2, of: notTxe }, {
    0: ["none", "no valid data of the maker, clocks not programmed"],
    3: ["programmed", "valid data of the maker, clocks programmed"],
  }),
  flag("invokeMebx", { low: 3, of: notTxe }, yesNo),
  flag("cpuReplaced", { low: 4, of: notTxe }, yesNo),
  flag("mbpReady", { low: 5, of: ["me"] }, yesNo),
  flag("fileSystemFailure", { low: 6, of: notTxe }, yesNo, {
    on: attention(
      "The ME's file system, which holds AMT's settings, is damaged. Install the ME firmware of the " +
        "machine's maker again; AMT may have to be set up anew",
    ),
  }),
  flag("warmResetRequested", { low: 7, of: notTxe }, yesNo, { on: note("The firmware wants the machine restarted") }),
  flag("cpuReplacedValid", { low: 8, of: notTxe }, yesNo),
  flag("lowPowerState", { low: 9, of: csme }, yesNo),
  flag("powerGated", { low: 10, of: csme }, yesNo),
  flag("partialUpdateNeeded", { low: 11, of: notTxe }, yesNo, {
    on: note("A part of the firmware wants to be updated (IPU); install the maker's ME firmware"),
  }),
  flag("forcedSafeBoot", { low: 12, of: ["csme11", "csme16"] }, yesNo, {
    on: note("An update did not end well and the firmware started in safe mode"),
  }),
  flag("mbpCleared", { low: 13, of: ["me"] }, yesNo),
  flag("goingToDisabled", { low: 14, of: ["csme18"] }, yesNo, { on: attention("The ME is about to be disabled") }),
  flag("listenerChange", { low: 15, of: csme }, yesNo),
  field("progress", { low: 16, width: 8, of: ["me"] }, (raw, word) => {
    const phase = mePhases[word >>> 28]?.[0];
    return meaning(raw, (phase === undefined ? undefined : steps[phase]?.[raw]) ?? hex(raw));
  }),
  count("progress", { low: 16, width: 8, of: csme }, hex),
  choice("powerEvent", { low: 24, width: 4, of: ["me"] }, resets),
  choice("powerEvent", { low: 24, width: 4, of: ["csme11"] }, {
    ...resets,
    13: ["powerGate", "power gated with the host on"],
    14: ["powerGateHostOff", "power gated with the host off"],
    15: ["powerUngate", "out of power gating"],
  }),
  count("powerEvent", { low: 24, width: 4, of: ["csme16", "csme18"] }),
  choice("phase", { low: 28, width: 4, of: ["me"] }, mePhases),
  choice("phase", { low: 28, width: 4, of: ["csme11"] }, csmePhases),
  count("phase", { low: 28, width: 4, of: ["csme16", "csme18"] }),
];

function hex(raw: number): string {
  return `0x${raw.toString(16).padStart(2, "0")}`;
}
