import { type Field, flag, note, yesNo } from "./field.ts";
import { csmeBefore18 } from "./generation.ts";

/**
 * HFSTS4, PCI configuration space 0x64. Source: fwupd libfwupdplugin/fu-intel-me.rs, which reads CSME 11 to 17 alike.
 * No public source describes it for TXE and ME 6 to 10.
 */
export const hfsts4: readonly Field[] = [
  flag("flashLogExists", { low: 2, of: ["csme18"] }, yesNo, {
    on: note("The firmware has written a log of an error to the flash"),
  }),
  flag("enforcementFlow", { low: 9, of: csmeBefore18 }, yesNo, { on: note("Boot Guard acts on a violation") }),
  flag("resumedFromSleep", { low: 10, of: csmeBefore18 }, yesNo),
  flag("tpmDisconnected", { low: 12, of: csmeBefore18 }, yesNo, { on: note("Boot Guard has disconnected the TPM") }),
  flag("valid", { low: 14, of: csmeBefore18 }, yesNo),
  flag("bootGuardSelfTest", { low: 15, of: csmeBefore18 }, yesNo),
];
