import { bool, datetime, type Fields, interval, list, type MethodDeclaration, reference } from "./declare.ts";
import { text, uint16, uint32, uint64 } from "./declare.ts";

/**
 * Fields that classes inherit from the CIM schema. Firmware sends few of them, and which differs from class to class
 * and from release to release. Source: DMTF CIM schema 2.x, as Intel's MOF files derive from it.
 */
export const managedElement: Fields = { Caption: text, Description: text, ElementName: text };

export const settingData: Fields = { ...managedElement, InstanceID: text };
export const capabilities: Fields = settingData;
export const collection: Fields = settingData;

export const managedSystemElement: Fields = {
  ...managedElement,
  InstallDate: datetime,
  Name: text,
  OperationalStatus: list(uint16),
  StatusDescriptions: list(text),
  Status: text,
  HealthState: uint16,
  CommunicationStatus: uint16,
  DetailedStatus: uint16,
  OperatingStatus: uint16,
  PrimaryStatus: uint16,
};

export const enabledLogicalElement: Fields = {
  ...managedSystemElement,
  EnabledState: uint16,
  OtherEnabledState: text,
  RequestedState: uint16,
  EnabledDefault: uint16,
  TimeOfLastStateChange: datetime,
  AvailableRequestedStates: list(uint16),
  TransitioningToState: uint16,
};

/** The keys of what belongs to a system: its own class and name, and those of the system. */
export const scopedKeys: readonly string[] = ["CreationClassName", "Name", "SystemCreationClassName", "SystemName"];

const scoped: Fields = { SystemCreationClassName: text, SystemName: text, CreationClassName: text };

export const service: Fields = {
  ...enabledLogicalElement,
  ...scoped,
  PrimaryOwnerName: text,
  PrimaryOwnerContact: text,
  StartMode: text,
  Started: bool,
};

export const serviceAccessPoint: Fields = { ...enabledLogicalElement, ...scoped };

export const remoteServiceAccessPoint: Fields = {
  ...serviceAccessPoint,
  AccessInfo: text,
  InfoFormat: uint16,
  OtherInfoFormatDescription: text,
};

export const protocolEndpoint: Fields = {
  ...serviceAccessPoint,
  NameFormat: text,
  ProtocolType: uint16,
  ProtocolIFType: uint16,
  OtherTypeDescription: text,
};

export const lanEndpoint: Fields = {
  ...protocolEndpoint,
  LANID: text,
  LANType: uint16,
  OtherLANType: text,
  MACAddress: text,
  AliasAddresses: list(text),
  GroupAddresses: list(text),
  MaxDataSize: uint32,
};

export const deviceKeys: readonly string[] = ["CreationClassName", "DeviceID", "SystemCreationClassName", "SystemName"];

export const logicalDevice: Fields = {
  ...enabledLogicalElement,
  ...scoped,
  DeviceID: text,
  PowerManagementSupported: bool,
  PowerManagementCapabilities: list(uint16),
  Availability: uint16,
  StatusInfo: uint16,
  LastErrorCode: uint32,
  ErrorDescription: text,
  ErrorCleared: bool,
  OtherIdentifyingInfo: list(text),
  PowerOnHours: uint64,
  TotalPowerOnHours: uint64,
  IdentifyingDescriptions: list(text),
  AdditionalAvailability: list(uint16),
  MaxQuiesceTime: uint64,
};

export const networkPort: Fields = {
  ...logicalDevice,
  Speed: uint64,
  MaxSpeed: uint64,
  RequestedSpeed: uint64,
  UsageRestriction: uint16,
  PortType: uint16,
  OtherPortType: text,
  OtherNetworkPortType: text,
  PortNumber: uint16,
  LinkTechnology: uint16,
  OtherLinkTechnology: text,
  PermanentAddress: text,
  NetworkAddresses: list(text),
  FullDuplex: bool,
  AutoSense: bool,
  SupportedMaximumTransmissionUnit: uint64,
  ActiveMaximumTransmissionUnit: uint64,
};

export const log: Fields = {
  ...enabledLogicalElement,
  MaxNumberOfRecords: uint64,
  CurrentNumberOfRecords: uint64,
  OverwritePolicy: uint16,
  LogState: uint16,
};

export const policy: Fields = { ...managedElement, CommonName: text, PolicyKeywords: list(text) };

export const policyRuleKeys: readonly string[] = [
  "CreationClassName",
  "PolicyRuleName",
  "SystemCreationClassName",
  "SystemName",
];

export const policyRule: Fields = {
  ...policy,
  PolicyDecisionStrategy: uint16,
  PolicyRoles: list(text),
  Enabled: uint16,
  ...scoped,
  PolicyRuleName: text,
  ConditionListType: uint16,
  RuleUsage: text,
  Priority: uint16,
  Mandatory: bool,
  SequencedActions: uint16,
  ExecutionStrategy: uint16,
};

/** A condition or an action of a rule; its own name is `PolicyConditionName` or `PolicyActionName`. */
export const policyPart: Fields = { ...policy, ...scoped, PolicyRuleCreationClassName: text, PolicyRuleName: text };

export const credential: Fields = { ...settingData, Issued: datetime, Expires: datetime };

/** An association of a credential with what uses it. */
export const credentialContext: Fields = { ElementInContext: reference, ElementProvidingContext: reference };
export const credentialContextKeys: readonly string[] = Object.keys(credentialContext);

/** The association that most others derive from. */
export const dependency: Fields = { Antecedent: reference, Dependent: reference };
export const dependencyKeys: readonly string[] = Object.keys(dependency);

/** What a policy of System Defense is put on, a port of the network, and which; the firmware tells whether it works. */
export const interfacePolicy: Fields = { Active: bool, ...dependency };

export const requestStateChange: Partial<MethodDeclaration> = {
  input: { RequestedState: uint16, TimeoutPeriod: interval },
  output: { Job: reference },
};
