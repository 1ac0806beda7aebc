import { namespaces } from "../../../../protocols/wsman/namespaces.ts";
import { computer, del, invoke, type OracleCase, refer, stateChange } from "./case.ts";

/** Every call of the CIM classes but Get, Enumerate and Pull, by its place in the package. */
export const cimCases: Record<string, OracleCase> = {
  "CIM.BootConfigSetting.ChangeBootOrder": invoke("ChangeBootOrder", ["Intel(r) AMT: Force PXE Boot"], {
    Source: refer(namespaces.addressing, "CIM_BootSourceSetting", { InstanceID: "Intel(r) AMT: Force PXE Boot" }),
  }),
  "CIM.BootService.RequestStateChange": stateChange(32769),
  "CIM.BootService.SetBootConfigRole": invoke("SetBootConfigRole", ["Intel(r) AMT: Boot Configuration 0", 1], {
    BootConfigSetting: refer(namespaces.addressing, "CIM_BootConfigSetting", {
      InstanceID: "Intel(r) AMT: Boot Configuration 0",
    }),
    Role: 1,
  }),
  "CIM.KVMRedirectionSAP.RequestStateChange": stateChange(2),
  "CIM.PowerManagementService.RequestPowerStateChange": invoke("RequestPowerStateChange", [8], {
    PowerState: 8,
    ManagedElement: computer,
  }),
  "CIM.WiFiEndpointSettings.Delete": del("InstanceID", "Intel(r) AMT:WiFi Endpoint Settings home"),
  "CIM.WiFiPort.RequestStateChange": stateChange(32769),
};
