import { namespaces, resourceUri } from "../../../../protocols/wsman/namespaces.ts";
import { createRequest, invokeRequest, putRequest } from "../../../../protocols/wsman/operations.ts";
import { toElements, type WsmanInstance } from "../../../../protocols/wsman/values.ts";
import { type XmlElement, xmlElement } from "../../../../protocols/wsman/xml/element.ts";
import { del, invoke, type OracleCase, put, refer, stateChange } from "./case.ts";

const wsman = "/wsman";
const anonymous = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous";

const wifi: WsmanInstance = {
  ElementName: "home",
  InstanceID: "Intel(r) AMT:WiFi Endpoint Settings home",
  AuthenticationMethod: 6,
  EncryptionMethod: 4,
  SSID: "home",
  Priority: 1,
  PSKPassPhrase: `pass&<>"'word`,
};
const ieee8021x: WsmanInstance = { ElementName: "home", AuthenticationProtocol: 0, Username: "me" };
const certificate = (id: string) => refer("default", "AMT_PublicKeyCertificate", { InstanceID: id });
const endpoint = refer(wsman, "CIM_WiFiEndpoint", { Name: "WiFi Endpoint 0" });

/** An alarm, as elements: its fields stand in the namespace of their own class. */
function alarm(): readonly XmlElement[] {
  const occurrence = resourceUri("IPS_AlarmClockOccurrence");
  const cim = namespaces.cim;
  return [
    xmlElement(resourceUri("AMT_AlarmClockService"), "AlarmTemplate", [
      xmlElement(occurrence, "InstanceID", "wake"),
      xmlElement(occurrence, "ElementName", "wake up"),
      xmlElement(occurrence, "StartTime", [xmlElement(cim, "Datetime", "2030-01-02T03:04:00Z")]),
      xmlElement(occurrence, "Interval", [xmlElement(cim, "Interval", "P1DT2H3M")]),
      xmlElement(occurrence, "DeleteOnCompletion", "true"),
    ]),
  ];
}

/** A Wi-Fi profile with 802.1x, as elements. */
function wifiInput(): readonly XmlElement[] {
  const service = resourceUri("AMT_WiFiPortConfigurationService");
  return [
    ...toElements(service, { WiFiEndpoint: endpoint }),
    xmlElement(service, "WiFiEndpointSettingsInput", toElements(resourceUri("CIM_WiFiEndpointSettings"), wifi)),
    xmlElement(service, "IEEE8021xSettingsInput", toElements(resourceUri("CIM_IEEE8021xSettings"), ieee8021x)),
    ...toElements(service, { ClientCredential: certificate("client"), CACredential: certificate("ca") }),
  ];
}

const boot: WsmanInstance = {
  BIOSPause: false,
  BIOSSetup: true,
  BootMediaIndex: 0,
  ElementName: "Intel(r) AMT Boot Configuration Settings",
  InstanceID: "Intel(r) AMT:BootSettingData 0",
  UefiBootParametersArray: "",
};
const detection: WsmanInstance = {
  DetectionAlgorithm: 0,
  DetectionStrings: ["one.example.com", "two.example.com"],
  ElementName: "Intel(r) AMT Environment Detection Settings",
  InstanceID: "Intel(r) AMT Environment Detection Settings",
};
const mpServer = {
  AccessInfo: "192.168.0.1",
  InfoFormat: 3,
  Port: 4433,
  AuthMethod: 2,
  Username: "mps",
  Password: "P@ssw0rd",
};
const acl = { AccessPermission: 2, Realms: [2, 3, 5] };

/** Every call of the AMT classes but Get, Enumerate and Pull, by its place in the package. */
export const amtCases: Record<string, OracleCase> = {
  "AMT.AlarmClockService.AddAlarm": {
    args: [{
      InstanceID: "wake",
      ElementName: "wake up",
      StartTime: new Date("2030-01-02T03:04:00Z"),
      Interval: 1440 + 2 * 60 + 3,
      DeleteOnCompletion: true,
    }],
    ours: (className) => invokeRequest(className, "AddAlarm", alarm()),
  },
  "AMT.AlarmClockService.Put": put({ ElementName: "Intel(r) AMT Alarm Clock Service", Name: "x", Enabled: false }),
  "AMT.AuditLog.ReadRecords": invoke("ReadRecords", [11], { StartIndex: 11 }),
  "AMT.AuthorizationService.AddUserAclEntryEx": invoke("AddUserAclEntryEx", [2, [2, 3, 5], "user", "aGFzaA=="], {
    DigestUsername: "user",
    DigestPassword: "aGFzaA==",
    ...acl,
  }),
  "AMT.AuthorizationService.EnumerateUserAclEntries": invoke("EnumerateUserAclEntries", [51], { StartIndex: 51 }),
  "AMT.AuthorizationService.GetAclEnabledState": invoke("GetAclEnabledState", [3], { Handle: 3 }),
  "AMT.AuthorizationService.GetAdminAclEntry": invoke("GetAdminAclEntry", []),
  "AMT.AuthorizationService.GetAdminAclEntryStatus": invoke("GetAdminAclEntryStatus", []),
  "AMT.AuthorizationService.GetAdminNetAclEntryStatus": invoke("GetAdminNetAclEntryStatus", []),
  "AMT.AuthorizationService.GetUserAclEntryEx": invoke("GetUserAclEntryEx", [3], { Handle: 3 }),
  "AMT.AuthorizationService.RemoveUserAclEntry": invoke("RemoveUserAclEntry", [3], { Handle: 3 }),
  "AMT.AuthorizationService.SetAclEnabledState": invoke("SetAclEnabledState", [3, false], {
    Handle: 3,
    Enabled: false,
  }),
  "AMT.AuthorizationService.SetAdminACLEntryEx": invoke("SetAdminAclEntryEx", ["admin", "aGFzaA=="], {
    Username: "admin",
    DigestPassword: "aGFzaA==",
  }),
  "AMT.AuthorizationService.UpdateUserAclEntryEx": invoke(
    "UpdateUserAclEntryEx",
    [3, 2, [2, 3, 5], undefined, undefined, "c2lk"],
    { Handle: 3, KerberosUserSid: "c2lk", ...acl },
  ),
  "AMT.BootSettingData.Put": put(boot),
  "AMT.EnvironmentDetectionSettingData.Put": put(detection, { InstanceID: detection["InstanceID"] as string }),
  "AMT.EthernetPortSettings.Put": put(
    { DHCPEnabled: true, InstanceID: "Intel(r) AMT Ethernet Port Settings 0", LinkPolicy: [1, 14] },
    { InstanceID: "Intel(r) AMT Ethernet Port Settings 0" },
  ),
  "AMT.EthernetPortSettings.SetLinkPreference": invoke(
    "SetLinkPreference",
    [1, 300],
    { LinkPreference: 1, Timeout: 300 },
    { InstanceID: "Intel(r) AMT Ethernet Port Settings 1" },
  ),
  "AMT.GeneralSettings.Put": put({ HostName: "host", DomainName: "example.com", SharedFQDN: true, IdleWakeTimeout: 1 }),
  "AMT.IEEE8021xProfile.Put": put({ ElementName: "x", Enabled: true, AuthenticationProtocol: 2 }),
  "AMT.KerberosSettingData.GetCredentialCacheState": invoke("GetCredentialCacheState", []),
  "AMT.ManagementPresenceRemoteSAP.Delete": del("Name", "Intel(r) AMT:Management Presence Server 0"),
  "AMT.MessageLog.GetRecords": invoke("GetRecords", [391], { IterationIdentifier: 391, MaxReadRecords: 390 }),
  "AMT.MessageLog.PositionToFirstRecord": invoke("PositionToFirstRecord", []),
  "AMT.MPSUsernamePassword.Put": put({
    InstanceID: "Intel(r) AMT:MPS Username Password 0",
    RemoteID: "r",
    Secret: "s",
  }),
  "AMT.PublicKeyCertificate.Delete": del("InstanceID", "Intel(r) AMT Certificate: Handle: 0"),
  "AMT.PublicKeyCertificate.Put": put({ ElementName: "x", InstanceID: "Intel(r) AMT Certificate: Handle: 0" }),
  "AMT.PublicKeyManagementService.AddCertificate": blob("AddCertificate", "CertificateBlob"),
  "AMT.PublicKeyManagementService.AddKey": invoke("AddKey", ["a2V5"], { KeyBlob: "a2V5" }),
  "AMT.PublicKeyManagementService.AddTrustedRootCertificate": blob("AddTrustedRootCertificate", "CertificateBlob"),
  "AMT.PublicKeyManagementService.GenerateKeyPair": invoke(
    "GenerateKeyPair",
    [{ KeyAlgorithm: 0, KeyLength: 2048 }],
    { KeyAlgorithm: 0, KeyLength: 2048 },
  ),
  "AMT.PublicKeyManagementService.GeneratePKCS10RequestEx": pkcs10(),
  "AMT.PublicPrivateKeyPair.Delete": del("InstanceID", "Intel(r) AMT Key: Handle: 0"),
  "AMT.RedirectionService.Put": put({ EnabledState: 32771, ListenerEnabled: true, Name: "x" }),
  "AMT.RedirectionService.RequestStateChange": stateChange(32771),
  "AMT.RemoteAccessPolicyAppliesToMPS.Create": created({ OrderOfAccess: 0, MpsType: 2 }),
  "AMT.RemoteAccessPolicyAppliesToMPS.Delete": del("Name", "x"),
  "AMT.RemoteAccessPolicyAppliesToMPS.Put": put({ OrderOfAccess: 0, MpsType: 2 }),
  "AMT.RemoteAccessPolicyRule.Delete": del("PolicyRuleName", "User Initiated"),
  "AMT.RemoteAccessPolicyRule.Put": put({ PolicyRuleName: "Periodic", TunnelLifeTime: 0, Trigger: 2 }),
  "AMT.RemoteAccessService.AddMPS": invoke("AddMpServer", [{ ...mpServer, CommonName: "192.168.0.1" }], {
    ...mpServer,
    CN: "192.168.0.1",
  }),
  "AMT.RemoteAccessService.AddRemoteAccessPolicyRule": invoke(
    "AddRemoteAccessPolicyRule",
    [{ Trigger: 2, TunnelLifeTime: 0, ExtendedData: "AAAAAAAAABk=" }, { name: "Name", value: "mps" }],
    {
      Trigger: 2,
      TunnelLifeTime: 0,
      ExtendedData: "AAAAAAAAABk=",
      MpServer: refer(anonymous, "AMT_ManagementPresenceRemoteSAP", { Name: "mps" }),
    },
  ),
  "AMT.SetupAndConfigurationService.CommitChanges": invoke("CommitChanges", []),
  "AMT.SetupAndConfigurationService.GetUuid": invoke("GetUuid", []),
  "AMT.SetupAndConfigurationService.Put": put({ ElementName: "x", PasswordModel: 0, ProvisioningMode: 1 }),
  "AMT.SetupAndConfigurationService.SetMEBXPassword": invoke("SetMEBxPassword", ["P@ssw0rd"], { Password: "P@ssw0rd" }),
  "AMT.SetupAndConfigurationService.Unprovision": invoke("Unprovision", [1], { ProvisioningMode: 1 }),
  "AMT.TimeSynchronizationService.GetLowAccuracyTimeSynch": invoke("GetLowAccuracyTimeSynch", []),
  "AMT.TimeSynchronizationService.SetHighAccuracyTimeSynch": invoke(
    "SetHighAccuracyTimeSynch",
    [1704586865, 1704586866, 1704586867],
    { Ta0: 1704586865, Tm1: 1704586866, Tm2: 1704586867 },
  ),
  "AMT.TLSCredentialContext.Create": {
    args: ["Intel(r) AMT Certificate: Handle: 0"],
    ours: (className) =>
      createRequest(className, {
        ElementInContext: refer(wsman, "AMT_PublicKeyCertificate", {
          InstanceID: "Intel(r) AMT Certificate: Handle: 0",
        }),
        ElementProvidingContext: refer(wsman, "AMT_TLSProtocolEndpointCollection", {
          ElementName: "TLSProtocolEndpointInstances Collection",
        }),
      }),
  },
  "AMT.TLSCredentialContext.Delete": del("Name", "TLSProtocolEndpoint Instances Collection"),
  "AMT.TLSSettingData.Put": put(
    { Enabled: true, InstanceID: "Intel(r) AMT 802.3 TLS Settings", TrustedCN: ["a.example.com", "b.example.com"] },
    { InstanceID: "Intel(r) AMT 802.3 TLS Settings" },
  ),
  "AMT.UserInitiatedConnectionService.RequestStateChange": stateChange(32771),
  "AMT.WiFiPortConfigurationService.AddWiFiSettings": {
    args: [wifi, { name: "Name", value: "WiFi Endpoint 0" }, ieee8021x, "client", "ca"],
    ours: (className) => invokeRequest(className, "AddWiFiSettings", wifiInput()),
  },
  "AMT.WiFiPortConfigurationService.Put": {
    args: [{ localProfileSynchronizationEnabled: 3, Name: "x" }, { name: "Name", value: "x" }],
    ours: (className) => putRequest(className, { localProfileSynchronizationEnabled: 3, Name: "x" }, { Name: "x" }),
  },
};

function blob(method: string, name: string): OracleCase {
  return invoke(method, [{ [name]: "Y2VydA==" }], { [name]: "Y2VydA==" });
}

function created(instance: WsmanInstance): OracleCase {
  return { args: [instance], ours: (className) => createRequest(className, instance) };
}

function pkcs10(): OracleCase {
  const key = refer(wsman, "AMT_PublicPrivateKeyPair", { InstanceID: "Intel(r) AMT Key: Handle: 0" });
  const theirs = {
    Address: key.address,
    ReferenceParameters: {
      ResourceURI: key.resourceUri,
      SelectorSet: { Selector: [{ _: "Intel(r) AMT Key: Handle: 0", $: { Name: "InstanceID" } }] },
    },
  };
  const rest = { NullSignedCertificateRequest: "Y3Ny", SigningAlgorithm: 1 };
  return invoke("GeneratePKCS10RequestEx", [{ KeyPair: theirs, ...rest }], { KeyPair: key, ...rest });
}
