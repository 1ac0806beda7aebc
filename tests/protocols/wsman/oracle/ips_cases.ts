import { putRequest } from "../../../../protocols/wsman/operations.ts";
import { computer, del, invoke, type OracleCase, put } from "./case.ts";

const accessPoint = { AccessInfo: "proxy.example.com", InfoFormat: 201, Port: 8080, NetworkDnsSuffix: "example.com" };

/** Every call of the IPS classes but Get, Enumerate and Pull, by its place in the package. */
export const ipsCases: Record<string, OracleCase> = {
  "IPS.AlarmClockOccurrence.Delete": del("InstanceID", "wake"),
  "IPS.HostBasedSetupService.AddNextCertInChain": invoke("AddNextCertInChain", ["Y2VydA==", true, false], {
    NextCertificate: "Y2VydA==",
    IsLeafCertificate: true,
    IsRootCertificate: false,
  }),
  "IPS.HostBasedSetupService.AdminSetup": invoke("AdminSetup", [2, "hash", "bm9uY2U=", 2, "c2ln"], {
    NetAdminPassEncryptionType: 2,
    NetworkAdminPassword: "hash",
    McNonce: "bm9uY2U=",
    SigningAlgorithm: 2,
    DigitalSignature: "c2ln",
  }),
  "IPS.HostBasedSetupService.Setup": invoke("Setup", [2, "hash"], {
    NetAdminPassEncryptionType: 2,
    NetworkAdminPassword: "hash",
  }),
  "IPS.HostBasedSetupService.UpgradeClientToAdmin": invoke("UpgradeClientToAdmin", ["bm9uY2U=", 2, "c2ln"], {
    McNonce: "bm9uY2U=",
    SigningAlgorithm: 2,
    DigitalSignature: "c2ln",
  }),
  "IPS.HTTPProxyAccessPoint.Delete": del("Name", "proxy"),
  "IPS.HTTPProxyAccessPoint.UpdatePriority": invoke("UpdatePriority", [3], { Priority: 3 }),
  "IPS.HTTPProxyService.AddProxyAccessPoint": invoke("AddProxyAccessPoint", [accessPoint], accessPoint),
  "IPS.IEEE8021xSettings.Put": put({ ElementName: "x", Enabled: 2, InstanceID: "x" }),
  "IPS.IEEE8021xSettings.SetCertificates": invoke("SetCertificates", ["issuer", "client"], {
    ServerCertificateIssuer: "issuer",
    ClientCertificate: "client",
  }),
  "IPS.KVMRedirectionSettingData.Put": put({ Is5900PortEnabled: false, OptInPolicy: true, SessionTimeout: 3 }),
  "IPS.OptInService.CancelOptIn": invoke("CancelOptIn", []),
  "IPS.OptInService.Put": {
    args: [{ IPS_OptInService: { OptInRequired: 0, OptInCodeTimeout: 120 } }],
    ours: (className) => putRequest(className, { OptInRequired: 0, OptInCodeTimeout: 120 }),
  },
  "IPS.OptInService.SendOptInCode": invoke("SendOptInCode", [123456], { OptInCode: 123456 }),
  "IPS.OptInService.StartOptIn": invoke("StartOptIn", []),
  "IPS.PowerManagementService.RequestOSPowerSavingStateChange": invoke("RequestOSPowerSavingStateChange", [2], {
    OSPowerSavingState: 2,
    ManagedElement: computer,
  }),
};
