import { attention, choice, count, type Field, flag, note, type Remark, yesNo } from "./field.ts";
import { csme, csmeBefore18 } from "./generation.ts";

const failed: Remark = note("Boot Guard failed; it is about the host's start, and AMT does not need it");

/**
 * HFSTS5, PCI configuration space 0x68: Boot Guard. Source: fwupd libfwupdplugin/fu-intel-me.rs, which reads CSME 11 to
 * 17 alike. No public source describes it for TXE and ME 6 to 10.
 */
export const hfsts5: readonly Field[] = [
  flag("acmActive", { low: 0, of: csme }, yesNo),
  flag("valid", { low: 1, of: csme }, yesNo),
  count("resultCodeSource", { low: 2, of: csme }),
  count("bootGuardError", { low: 3, width: 5, of: csmeBefore18 }, String, failed),
  choice("bootGuardError", { low: 3, width: 5, of: ["csme18"] }, {
    0: ["none", "none"],
    1: ["initialization", "initialization failed", failed],
    2: ["keyManifest", "the key manifest is not valid", failed],
    3: ["bootPolicyManifest", "the boot policy manifest is not valid", failed],
    4: ["initialBootBlock", "the initial boot block is not valid", failed],
    5: ["fit", "the firmware interface table could not be used", failed],
    6: ["dma", "protection from DMA could not be set up", failed],
    7: ["nem", "memory in the cache could not be set up", failed],
    8: ["tpm", "the TPM could not be set up", failed],
    9: ["measurement", "the initial boot block could not be measured", failed],
    11: ["me", "no connection to the ME", failed],
  }, failed),
  flag("acmDone", { low: 8, of: csme }, yesNo),
  count("timeoutCount", { low: 9, width: 7, of: csme }),
  flag("scrtm", { low: 16, of: csme }, yesNo),
  count("incrementAcm", { low: 17, width: 4, of: csmeBefore18 }),
  count("incrementKeyManifest", { low: 21, width: 4, of: csmeBefore18 }),
  count("incrementBootPolicy", { low: 25, width: 4, of: csmeBefore18 }),
  flag("txtSupported", { low: 17, of: ["csme18"] }, yesNo),
  count("bootGuardProfile", { low: 18, width: 3, of: ["csme18"] }),
  flag("cpuDebugDisabled", { low: 21, of: ["csme18"] }, yesNo),
  flag("bspInitDisabled", { low: 22, of: ["csme18"] }, yesNo),
  flag("bootPolicyExecuted", { low: 23, of: ["csme18"] }, yesNo),
  flag("tokenApplied", { low: 24, of: ["csme18"] }, yesNo),
  count("bootGuardStatus", { low: 25, width: 4, of: ["csme18"] }),
  flag("startEnforcement", { low: 31, of: csme }, yesNo, {
    on: attention("Boot Guard found a violation and is about to shut the machine down"),
  }),
];
