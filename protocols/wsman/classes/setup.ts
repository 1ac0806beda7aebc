import { credential, log, managedElement, requestStateChange, scopedKeys, service } from "./base.ts";
import { bool, datetime, type Fields, list, octets, secret, text, uint16, uint32, uint8 } from "./declare.ts";
import { wsmanClass } from "./declare.ts";

const administrator: Fields = { NetAdminPassEncryptionType: uint8, NetworkAdminPassword: secret(text) };
const signed: Fields = { SigningAlgorithm: uint8, DigitalSignature: octets };

const auditRecord: Fields = {
  ...managedElement,
  InstanceID: text,
  RecordFormat: text,
  RecordData: text,
  Locale: text,
  PerceivedSeverity: uint16,
  LogInstanceID: text,
  LogName: text,
  RecordID: text,
  CreationTimeStamp: datetime,
};

const trust: Fields = {
  PkiTrustMethod: uint8,
  SecureDNS: bool,
  SelectedHashType: uint8,
  SelectedHashData: octets,
  CaCertificateSerials: text,
  AdditionalCaSerialNums: bool,
  HashIsOemDefault: bool,
};

/** Activation, deactivation, and the record of who did it. */
export const classes = [
  wsmanClass("AMT_SetupAndConfigurationService", {
    keys: scopedKeys,
    fields: {
      ...service,
      ProvisioningMode: uint8,
      ProvisioningState: uint8,
      ZeroTouchConfigurationEnabled: bool,
      ProvisioningServerOTP: secret(octets),
      ConfigurationServerFQDN: text,
      PasswordModel: uint8,
      DhcpDNSSuffix: text,
      TrustedDNSSuffix: text,
    },
    readOnly: ["ProvisioningMode", "ProvisioningState", "PasswordModel", "DhcpDNSSuffix", "TrustedDNSSuffix"],
    methods: {
      CommitChanges: {},
      Unprovision: { input: { ProvisioningMode: uint32 } },
      PartialUnprovision: {},
      ExtendProvisioningPeriod: { input: { Duration: uint32 } },
      SetMEBxPassword: { input: { Password: secret(text) } },
      GetUuid: { output: { UUID: octets } },
      GetUnprovisionBlockingComponents: { output: { Component: list(uint32) } },
    },
    single: true,
  }),
  wsmanClass("IPS_HostBasedSetupService", {
    keys: scopedKeys,
    fields: {
      ...service,
      CurrentControlMode: uint32,
      AllowedControlModes: list(uint32),
      ConfigurationNonce: octets,
      CertChainStatus: uint32,
    },
    readOnly: ["CurrentControlMode", "AllowedControlModes", "ConfigurationNonce", "CertChainStatus"],
    methods: {
      Setup: { input: { ...administrator, McNonce: octets, Certificate: octets, ...signed } },
      AddNextCertInChain: { input: { NextCertificate: octets, IsLeafCertificate: bool, IsRootCertificate: bool } },
      AdminSetup: { input: { ...administrator, McNonce: octets, ...signed } },
      UpgradeClientToAdmin: { input: { McNonce: octets, ...signed } },
      DisableClientControlMode: {},
    },
    single: true,
  }),
  wsmanClass("AMT_ProvisioningCertificateHash", {
    keys: ["InstanceID"],
    fields: { ...credential, IsDefault: bool, HashType: uint8, HashData: octets, Enabled: bool },
    readOnly: ["IsDefault"],
  }),
  wsmanClass("IPS_ProvisioningRecordLog", {
    keys: ["InstanceID"],
    fields: { ...log, InstanceID: text },
    methods: { RequestStateChange: requestStateChange, ClearLog: {} },
    single: true,
  }),
  wsmanClass("IPS_ProvisioningAuditRecord", { keys: ["InstanceID"], fields: auditRecord }),
  wsmanClass("IPS_ManualProvisioningRecord", { keys: ["InstanceID"], fields: auditRecord }),
  wsmanClass("IPS_ClientProvisioningRecord", { keys: ["InstanceID"], fields: auditRecord }),
  wsmanClass("IPS_DALProvisioningRecord", { keys: ["InstanceID"], fields: auditRecord }),
  wsmanClass("IPS_AdminProvisioningRecord", {
    keys: ["InstanceID"],
    fields: { ...auditRecord, ...trust, CertificateCN: text, EHBCState: uint8 },
  }),
  wsmanClass("IPS_TLSProvisioningRecord", {
    keys: ["InstanceID"],
    fields: {
      ...auditRecord,
      ...trust,
      ProvisioningTLSMode: uint8,
      HostInitiated: bool,
      ProvServerFQDN: text,
      IsTimeValid: bool,
      ProvServerIP: text,
    },
  }),
];
