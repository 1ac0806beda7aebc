import { choice, count, type Field, flag, note, yesNo } from "./field.ts";
import { csme, csmeBefore18 } from "./generation.ts";

/**
 * HFSTS3, PCI configuration space 0x60. Source: fwupd libfwupdplugin/fu-intel-me.rs, which reads CSME 11 to 17 alike;
 * SKU 0 and 6 from Linux drivers/misc/mei/hw-me.c. No public source describes it for TXE and ME 6 to 10.
 */
export const hfsts3: readonly Field[] = [
  count("chunks", { low: 0, width: 4, of: csmeBefore18 }),
  choice("sku", { low: 4, width: 3, of: csme }, {
    0: ["ignition", "ignition (server), or not told"],
    2: ["consumer", "consumer", note("Consumer firmware has no AMT: only corporate (vPro) firmware has it")],
    3: ["corporate", "corporate"],
    5: ["lite", "lite", note("Lite firmware, as Chromebooks have it, has no AMT")],
    6: ["sps", "server (SPS)", note("Server firmware has no AMT; the board's BMC manages it")],
  }),
  flag("encryptionKeyCheckFailed", { low: 7, of: csmeBefore18 }, yesNo),
  flag("pchConfigurationChanged", { low: 8, of: csmeBefore18 }, yesNo),
  flag("ibbVerified", { low: 9, of: csmeBefore18 }, yesNo),
  flag("ibbVerificationDone", { low: 10, of: csmeBefore18 }, yesNo),
  count("ibbSize", { low: 14, width: 14, of: csmeBefore18 }),
  count("chunkCount", { low: 28, width: 2, of: csmeBefore18 }),
  flag("encryptionKeyOverridden", { low: 30, of: csmeBefore18 }, yesNo),
  flag("powerDownMitigation", { low: 31, of: csmeBefore18 }, yesNo),
  flag("transactionalState", { low: 7, of: ["csme18"] }, yesNo),
  flag("storageProxyPresent", { low: 8, of: ["csme18"] }, yesNo),
  count("rpmcStatus", { low: 11, width: 4, of: ["csme18"] }),
  count("rpmcDeviceStatus", { low: 15, width: 3, of: ["csme18"] }),
  count("biosRpmcStatus", { low: 18, width: 4, of: ["csme18"] }),
  count("biosRpmcDeviceStatus", { low: 22, width: 3, of: ["csme18"] }),
];
