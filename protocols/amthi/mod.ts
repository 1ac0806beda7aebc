export { AmthiClient } from "./client.ts";
export {
  AmthiHeader,
  type AmthiMessage,
  amthiRequest,
  type AmthiResponse,
  amthiResponse,
  amtStatus,
} from "./message.ts";
export {
  GetAmtSetupAuditRecord,
  GetAuditLogRecords,
  GetAuditLogSignature,
  GetMeSetupAuditRecord,
  SetupAuditRecord,
} from "./messages/audit.ts";
export {
  certificateHash,
  CertificateHashEntry,
  EnumerateHashHandles,
  GetCertificateHashEntry,
  HashAlgorithm,
} from "./messages/certificate_hashes.ts";
export { CiraLog, GetCiraLog } from "./messages/cira_log.ts";
export { CodeVersions, GetCodeVersions } from "./messages/code_versions.ts";
export { Feature, FeatureState, GetFeaturesState, GetRedirectionState } from "./messages/features.ts";
export { StartConfigurationHBased } from "./messages/host_based_setup.ts";
export { FqdnSettings, GetDnsSuffixList, GetFqdn, SetEnterpriseAccess, SetHostFqdn } from "./messages/host_name.ts";
export {
  GetIpv6LanInterfaceStatus,
  GetLanInterfaceSettings,
  GetMacAddresses,
  GetTcpipParameters,
  Ipv6LanInterfaceStatus,
  LanInterface,
  LanInterfaceSettings,
  TcpipParameters,
} from "./messages/lan.ts";
export {
  AmtState,
  GetAmtState,
  GetCurrentPowerPolicy,
  GetLastHostResetReason,
  GetUuid,
  HostResetReason,
  isJunkUuid,
  linkState,
  MeReset,
} from "./messages/platform.ts";
export {
  ControlMode,
  DisableAndClearAmt,
  GetControlMode,
  GetProvisioningMode,
  GetProvisioningState,
  GetProvisioningTlsMode,
  ProvisioningMode,
  ProvisioningState,
  ProvisioningTlsMode,
  StartConfiguration,
  StartConfigurationEx,
  StopConfiguration,
  Unprovision,
} from "./messages/provisioning.ts";
export {
  CloseUserInitiatedConnection,
  ConnectionState,
  GetRemoteAccessConnectionStatus,
  GetUserInitiatedEnabledInterfaces,
  NetworkPlace,
  OpenUserInitiatedConnection,
  RemoteAccessConnectionStatus,
  RemoteAccessTrigger,
} from "./messages/remote_access.ts";
export {
  GenerateRngSeed,
  GetConfigServerData,
  GetEhbcState,
  GetPid,
  GetPkiFqdnSuffix,
  GetRngSeedStatus,
  GetZeroTouchEnabled,
  SetDnsSuffix,
  SetEhbcState,
  SetProvisioningServerOtp,
  SetZeroTouchEnabled,
} from "./messages/remote_setup.ts";
export {
  GetAdminNetAclEntryStatus,
  GetLocalSystemAccount,
  GetSecurityParameters,
  SecurityParameters,
} from "./messages/security.ts";
export { amtStatusName, amtStatusText } from "../mei/amt_status.ts";
