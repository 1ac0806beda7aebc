import { choice, count, type Field, flag, note, yesNo } from "./field.ts";
import { csme, csmeBefore18 } from "./generation.ts";

/**
 * HFSTS6, PCI configuration space 0x6C: Boot Guard's policy and fuses. Sources: fwupd libfwupdplugin/fu-intel-me.rs,
 * which reads CSME 11 to 17 alike, and coreboot intelblocks/me_16.h, whose manufacturing lock (bit 21) lies within
 * fwupd's boot policy version (bits 18 to 21): for CSME 16 and 17 coreboot's is here. That lock being clear is no
 * sign of manufacturing mode, since makers that end it flexibly never set it (fwupd pull request 8318). No public
 * source describes the register for TXE and ME 6 to 10.
 */
export const hfsts6: readonly Field[] = [
  flag("acmForced", { low: 0, of: csmeBefore18 }, yesNo),
  flag("cpuDebugDisabled", { low: 1, of: csmeBefore18 }, yesNo),
  flag("bspInitDisabled", { low: 2, of: csmeBefore18 }, yesNo),
  flag("biosEnvironmentProtected", { low: 3, of: csmeBefore18 }, yesNo),
  choice("errorPolicy", { low: 6, width: 2, of: csmeBefore18 }, {
    0: ["nothing", "nothing is done"],
    1: ["shutdownTimeout", "shutdown after a time"],
    2: ["shutdownNow", "shutdown at once"],
    3: ["shutdown30Minutes", "shutdown after 30 minutes"],
  }),
  flag("measuredBoot", { low: 8, of: csmeBefore18 }, yesNo),
  flag("verifiedBoot", { low: 9, of: csmeBefore18 }, yesNo),
  count("acmVersion", { low: 10, width: 4, of: csmeBefore18 }),
  count("keyManifestVersion", { low: 14, width: 4, of: csmeBefore18 }),
  count("bootPolicyVersion", { low: 18, width: 4, of: ["csme11"] }),
  flag("manufacturingLock", { low: 21, of: ["csme16", "csme18"] }, yesNo),
  count("keyManifestId", { low: 22, width: 4, of: csmeBefore18 }),
  flag("bootPolicyStatus", { low: 26, of: csmeBefore18 }, yesNo),
  flag("bootGuardError", { low: 27, of: csmeBefore18 }, yesNo, {
    on: note("The processor met an error when it started and asks for enforcement; AMT does not need Boot Guard"),
  }),
  flag("bootGuardDisabled", { low: 28, of: csmeBefore18 }, yesNo),
  flag("fusesDisabled", { low: 29, of: csmeBefore18 }, yesNo),
  flag("fusesLocked", { low: 30, of: csme }, yesNo),
  flag("txtSupported", { low: 31, of: csmeBefore18 }, yesNo),
  flag("resumedFromSleep", { low: 31, of: ["csme18"] }, yesNo),
];
