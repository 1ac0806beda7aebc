import { attention, type Choice, choice, count, type Field, flag, note, yesNo } from "./field.ts";
import { csme, notTxe } from "./generation.ts";

const REFLASH = "Install the ME firmware of the machine's maker again (often a part of the BIOS update)";

const workingStates: Readonly<Record<number, Choice>> = {
  0: [
    "reset",
    "reset: it has not started",
    attention(`AMT cannot answer. Take the machine off mains for half a minute; if it stays so, ${lower(REFLASH)}`),
  ],
  1: [
    "initializing",
    "initializing",
    attention("AMT cannot answer yet. If it stays so for minutes, the firmware hangs, or parts of it were removed"),
  ],
  2: [
    "recovery",
    "recovery: it runs from its recovery image, without AMT",
    attention(`The main firmware image is damaged or its update did not end. ${REFLASH}`),
  ],
  3: ["test", "test", attention("AMT does not run in this state; it belongs to the factory")],
  4: [
    "disabled",
    "disabled",
    attention("Somebody switched the ME off: see the operation mode for how. AMT does not run until it is on again"),
  ],
  5: ["normal", "normal"],
  6: ["disableWait", "waits to be disabled", attention("The platform may be about to stop: AMT does not run")],
  7: ["transition", "changes from one state to another", note("Look again in a few seconds")],
  8: ["invalidCpu", "the processor does not fit", attention("The firmware refuses this processor; AMT does not run")],
  14: [
    "halt",
    "halted",
    attention(`It stopped for good until the next power cycle. If that does not help: ${REFLASH}`),
  ],
};

const operationStates: Readonly<Record<number, Choice>> = {
  0: ["preboot", "before boot, or in transition", note("The firmware is not past its start")],
  1: ["m0WithUma", "M0 with UMA: the host is on"],
  2: ["m0PowerGated", "M0, power gated: the ME sleeps until it is needed"],
  4: ["m3WithoutUma", "M3 without UMA: the host is off"],
  5: ["m0WithoutUma", "M0 without UMA: the host is on"],
  6: ["bringUp", "bring-up", attention("The firmware is still in the first part of its start; AMT comes after it")],
  7: ["m0Error", "M0 without UMA, after an error", attention(`The firmware met an error when it started. ${REFLASH}`)],
};

const errorCodes: Readonly<Record<number, Choice>> = {
  0: ["none", "none"],
  1: ["uncategorized", "uncategorized failure", attention(`The firmware does not say more. ${REFLASH}`)],
  2: ["disabled", "disabled", attention("The ME is off: see the operation mode for how")],
  3: ["imageFailure", "image failure", attention(`The firmware image in the flash is damaged. ${REFLASH}`)],
  4: ["debugFailure", "debug failure", attention(`The firmware stopped itself. ${REFLASH}`)],
};

const operationModes: Readonly<Record<number, Choice>> = {
  0: ["normal", "normal"],
  2: [
    "debugOrHap",
    "debug, or switched off by the HAP bit (alternative disable)",
    attention(
      "AMT does not run. The bit is in the flash descriptor: the BIOS setup (HAP, ME disable), a cleaned " +
        "flash image or the maker has set it",
    ),
  ],
  3: [
    "softDisabled",
    "temporarily disabled by software",
    attention("AMT does not run. Switch the ME on in the BIOS setup (ME State, ME Operation Mode), then power cycle"),
  ],
  4: [
    "overrideJumper",
    "security override by a jumper",
    attention(
      "AMT does not run, and the flash is open. Take the service jumper (ME_DISABLE, HDA_SDO) off, then " +
        "power cycle",
    ),
  ],
  5: [
    "overrideMei",
    "security override by a message",
    attention("AMT does not run, and the flash is open, until the next power cycle; a firmware update asks for it"),
  ],
  7: ["enhancedDebug", "enhanced debug", attention("A unit of the factory, or one that is being debugged")],
  15: [
    "serverPlatformServices",
    "server firmware (SPS)",
    note("Server firmware has no AMT; the board's BMC manages it"),
  ],
};

/**
 * HFSTS1, PCI configuration space 0x40. Sources: coreboot src/southbridge/intel/lynxpoint/me.h (ME 6 to 10) and
 * src/soc/intel/common/block/include/intelblocks/me_{12,15,16,18}.h, fwupd libfwupdplugin/fu-intel-me.rs (CSME), Linux
 * drivers/misc/mei/hw-txe-regs.h (TXE). fwupd and coreboot differ in bit 25 of CSME 15; fwupd's reading is here.
 */
export const hfsts1: readonly Field[] = [
  choice("workingState", { low: 0, width: 4 }, workingStates, attention(`No public source knows it. ${REFLASH}`)),
  flag("manufacturingMode", { low: 4, of: ["me", "csme11"] }, { off: "ended", on: "not ended" }, {
    on: note(
      "The maker has not closed manufacturing: whoever is root can change settings of the ME and its flash. " +
        "AMT works all the same",
    ),
  }),
  flag("flashDescriptorOpen", { low: 4, of: ["csme16", "csme18"] }, { off: "no", on: "yes: the BIOS may write it" }, {
    on: note(
      "The flash descriptor is not locked (SPI protection mode), as before the end of manufacturing. AMT " +
        "works all the same",
    ),
  }),
  flag("flashPartitionTableBad", { low: 5, of: notTxe }, yesNo, {
    on: attention(`The ME does not find its parts in the flash. ${REFLASH}`),
  }),
  choice("operationState", { low: 6, width: 3 }, operationStates, note("No public source knows this state")),
  flag("initComplete", { low: 9 }, { off: "no", on: "yes" }, {
    off: attention(
      "The firmware has not finished starting, so AMT is not there. Wait a minute after power-on; if it " +
        "stays so, the firmware hangs or is off",
    ),
  }),
  flag("bringUpLoadFailure", { low: 10, of: notTxe }, yesNo, {
    on: attention(`The first part of the firmware could not be loaded. ${REFLASH}`),
  }),
  flag("updateInProgress", { low: 11, of: notTxe }, yesNo, {
    on: note("The firmware is being updated: leave the power on, and look again later"),
  }),
  choice("errorCode", { low: 12, width: 4 }, errorCodes, attention(`No public source knows this error. ${REFLASH}`)),
  choice("operationMode", { low: 16, width: 4 }, operationModes, note("No public source knows this mode")),
  count("resetCount", { low: 20, width: 4, of: ["txe", ...csme] }, String, note("The ME has restarted by itself")),
  flag("bootOptionsPresent", { low: 24, of: notTxe }, yesNo),
  choice("biosAction", { low: 25, width: 3, of: ["me"] }, {
    0: ["none", "the BIOS has not reported memory"],
    1: ["reset", "reset without a power cycle"],
    2: ["powerCycle", "reset with a power cycle"],
    3: ["s3", "go to S3"],
    4: ["s4", "go to S4"],
    5: ["s5", "go to S5"],
    6: ["globalReset", "global reset"],
    7: ["continue", "continue to boot"],
  }),
  choice("biosMessageAnswer", { low: 28, width: 4, of: ["me"] }, {
    0: ["none", "none"],
    1: ["memoryReady", "to the message that memory is ready"],
  }),
  flag("bistFinished", { low: 25, of: ["csme11"] }, yesNo),
  flag("enhancedDebugRequested", { low: 25, of: ["csme16", "csme18"] }, yesNo, {
    on: note("Enhanced debug was asked for; it belongs to the factory"),
  }),
  count("bistState", { low: 26, of: csme }),
  flag("bistResetRequested", { low: 27, of: csme }, yesNo),
  choice("powerSource", { low: 28, width: 2, of: csme }, { 0: ["none", "not told"], 1: ["ac", "AC"], 2: ["dc", "DC"] }),
  flag("d3Supported", { low: 30, of: csme }, yesNo),
  flag("d0i3Supported", { low: 31, of: csme }, yesNo),
];

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
