import type { WsmanClassDeclaration } from "./declare.ts";

interface Subject {
  readonly names: string;
  readonly load: () => Promise<{ readonly classes: readonly WsmanClassDeclaration[] }>;
}

/** Which file declares what, so that a class is found without loading the others. */
const subjects: readonly Subject[] = [
  {
    names: `CIM_AssociatedPowerManagementService CIM_PowerManagementService CIM_PowerManagementCapabilities
      IPS_PowerManagementService AMT_SystemPowerScheme CIM_ElementSettingData IPS_HostBootReason`,
    load: () => import("./power.ts"),
  },
  {
    names: `AMT_BootCapabilities AMT_BootSettingData CIM_BootService CIM_BootConfigSetting CIM_BootSourceSetting
      CIM_OrderedComponent`,
    load: () => import("./boot.ts"),
  },
  {
    names: `AMT_RedirectionService CIM_RedirectionService CIM_KVMRedirectionSAP IPS_KVMRedirectionSettingData
      IPS_OptInService IPS_ScreenConfigurationService IPS_ScreenSettingData IPS_SecIOService`,
    load: () => import("./redirection.ts"),
  },
  {
    names: "AMT_GeneralSettings AMT_TimeSynchronizationService AMT_WebUIService AMT_CryptographicCapabilities",
    load: () => import("./general.ts"),
  },
  {
    names: `AMT_SetupAndConfigurationService IPS_HostBasedSetupService AMT_ProvisioningCertificateHash
      IPS_ProvisioningRecordLog IPS_ProvisioningAuditRecord IPS_ManualProvisioningRecord IPS_ClientProvisioningRecord
      IPS_DALProvisioningRecord IPS_AdminProvisioningRecord IPS_TLSProvisioningRecord`,
    load: () => import("./setup.ts"),
  },
  { names: "AMT_AuthorizationService AMT_KerberosSettingData", load: () => import("./authorization.ts") },
  { names: "AMT_MessageLog AMT_EventLogEntry AMT_AuditLog AMT_AuditPolicyRule", load: () => import("./logs.ts") },
  {
    names: `AMT_PublicKeyCertificate AMT_PublicPrivateKeyPair AMT_CRL AMT_PublicKeyManagementService AMT_TLSSettingData
      AMT_TLSCredentialContext AMT_TLSProtocolEndpoint AMT_TLSProtocolEndpointCollection`,
    load: () => import("./certificates.ts"),
  },
  {
    names: `AMT_EthernetPortSettings IPS_IPv6PortSettings IPS_HostIPSettings IPS_LANEndpoint CIM_EthernetPort
      AMT_EnvironmentDetectionSettingData`,
    load: () => import("./network.ts"),
  },
  {
    names: `CIM_IEEE8021xSettings IPS_IEEE8021xSettings AMT_8021XProfile AMT_8021xCredentialContext
      IPS_8021xCredentialContext`,
    load: () => import("./ieee8021x.ts"),
  },
  {
    names: `CIM_WiFiEndpointSettings AMT_WiFiPortConfigurationService CIM_WiFiPort CIM_WiFiEndpoint
      CIM_WiFiPortCapabilities CIM_WiFiEndpointCapabilities`,
    load: () => import("./wifi.ts"),
  },
  {
    names: `AMT_RemoteAccessService AMT_RemoteAccessCapabilities AMT_RemoteAccessPolicyRule
      AMT_RemoteAccessPolicyAppliesToMPS AMT_RemoteAccessCredentialContext AMT_ManagementPresenceRemoteSAP
      AMT_MPSUsernamePassword AMT_UserInitiatedConnectionService IPS_HTTPProxyService IPS_HTTPProxyAccessPoint`,
    load: () => import("./remote_access.ts"),
  },
  { names: "IPS_AlarmClockOccurrence AMT_AlarmClockService", load: () => import("./alarm_clock.ts") },
  {
    names: `AMT_Hdr8021Filter AMT_IPHeadersFilter AMT_NetworkFilter AMT_SystemDefensePolicy AMT_SystemDefenseService
      AMT_InterfacePolicy AMT_NetworkPortSystemDefensePolicy AMT_NetworkPortDefaultSystemDefensePolicy
      AMT_EnvironmentDetectionInterfacePolicy AMT_GeneralSystemDefenseCapabilities
      AMT_NetworkPortSystemDefenseCapabilities AMT_ActiveFilterStatistics`,
    load: () => import("./system_defense.ts"),
  },
  {
    names: `AMT_AgentPresenceWatchdog AMT_AgentPresenceWatchdogAction AMT_StateTransitionCondition
      AMT_AgentPresenceCapabilities AMT_AgentPresenceInterfacePolicy AMT_AgentPresenceService IPS_WatchDogAction`,
    load: () => import("./agent_presence.ts"),
  },
  {
    names: "AMT_ThirdPartyDataStorageService AMT_ThirdPartyDataStorageAdministrationService",
    load: () => import("./storage.ts"),
  },
  {
    names: `CIM_Chassis CIM_Card CIM_PhysicalPackage CIM_Chip CIM_PhysicalMemory CIM_SystemPackaging
      CIM_ComputerSystemPackage AMT_AssetTableService AMT_AssetTable`,
    load: () => import("./physical.ts"),
  },
  {
    names: `CIM_ComputerSystem CIM_Processor CIM_MediaAccessDevice CIM_Battery CIM_Sensor CIM_NumericSensor CIM_Fan
      CIM_PowerSupply AMT_PCIDevice`,
    load: () => import("./devices.ts"),
  },
  {
    names: "CIM_SoftwareIdentity CIM_InstalledSoftwareIdentity CIM_BIOSElement CIM_BIOSFeature",
    load: () => import("./software.ts"),
  },
  {
    names: `CIM_FilterCollection CIM_FilterCollectionSubscription CIM_ListenerDestinationWSManagement
      AMT_EventManagerService CIM_AlertIndication`,
    load: () => import("./events.ts"),
  },
  {
    names: `CIM_ConcreteDependency CIM_HostedService CIM_Realizes CIM_CredentialContext CIM_ServiceAvailableToElement
      CIM_ElementCapabilities CIM_MemberOfCollection CIM_SystemDevice CIM_ConcreteComponent`,
    load: () => import("./associations.ts"),
  },
];

/**
 * The declaration of a class, by its name in any case or by its ResourceURI; its `name` is the exact one. `undefined`
 * for a class that is not declared, which firmware may have all the same. Loads the file of its subject alone.
 */
export async function findClass(name: string): Promise<WsmanClassDeclaration | undefined> {
  const wanted = name.slice(name.lastIndexOf("/") + 1).toLowerCase();
  const subject = subjects.find(({ names }) => listed(names).some((each) => each.toLowerCase() === wanted));
  const { classes } = await subject?.load() ?? { classes: [] };
  return classes.find((declaration) => declaration.name.toLowerCase() === wanted);
}

/** The names of all declared classes, in alphabetical order; loads none of them. */
export function classNames(): Promise<string[]> {
  return Promise.resolve(subjects.flatMap(({ names }) => listed(names)).sort());
}

function listed(names: string): string[] {
  return names.split(/\s+/);
}
