import { capabilities, dependencyKeys, interfacePolicy, managedElement, managedSystemElement } from "./base.ts";
import { scopedKeys, service } from "./base.ts";
import { bool, datetime, type Fields, list, octets, reference, text, uint16, uint32, uint8 } from "./declare.ts";
import { wsmanClass } from "./declare.ts";

const filter: Fields = {
  ...managedSystemElement,
  IsNegated: bool,
  SystemCreationClassName: text,
  SystemName: text,
  CreationClassName: text,
};

const filterActions: Fields = {
  FilterProfile: uint16,
  FilterDirection: uint16,
  ActionEventOnMatch: bool,
  FilterProfileData: uint32,
};

/** Filters for the host's network traffic, and what isolates the host. */
export const classes = [
  wsmanClass("AMT_Hdr8021Filter", {
    keys: scopedKeys,
    fields: {
      ...filter,
      HdrSrcMACAddr8021: octets,
      HdrSrcMACMask8021: octets,
      HdrDestMACAddr8021: octets,
      HdrDestMACMask8021: octets,
      HdrProtocolID8021: uint16,
      HdrPriorityValue8021: uint8,
      HdrVLANID8021: uint32,
      ...filterActions,
    },
  }),
  wsmanClass("AMT_IPHeadersFilter", {
    keys: scopedKeys,
    fields: {
      ...filter,
      HdrIPVersion: uint8,
      // Addresses, masks and the flow label are octets in hexadecimal.
      HdrSrcAddress: text,
      HdrSrcAddressEndOfRange: text,
      HdrSrcMask: text,
      HdrDestAddress: text,
      HdrDestAddressEndOfRange: text,
      HdrDestMask: text,
      HdrProtocolID: uint8,
      HdrSrcPortStart: uint16,
      HdrSrcPortEnd: uint16,
      HdrDestPortStart: uint16,
      HdrDestPortEnd: uint16,
      HdrDSCP: list(uint8),
      HdrFlowLabel: text,
      TCPFlagsOn: list(uint16),
      TCPFlagsOff: list(uint16),
      ...filterActions,
    },
  }),
  wsmanClass("AMT_NetworkFilter", { keys: [...scopedKeys, "OwnerID"], fields: { ...filter, OwnerID: uint32 } }),
  wsmanClass("AMT_SystemDefensePolicy", {
    keys: ["InstanceID"],
    fields: {
      ...managedElement,
      InstanceID: text,
      PolicyName: text,
      PolicyPrecedence: uint32,
      AntiSpoofingSupport: uint32,
      FilterCreationHandles: list(uint32),
      TxDefaultDrop: bool,
      TxDefaultMatchEvent: bool,
      TxDefaultCount: bool,
      RxDefaultDrop: bool,
      RxDefaultMatchEvent: bool,
      RxDefaultCount: bool,
    },
    methods: {
      GetTimeout: { output: { Timeout: uint32 } },
      SetTimeout: { input: { Timeout: uint32 } },
      UpdateStatistics: { input: { NetworkInterface: reference, ResetOnRead: bool } },
    },
  }),
  wsmanClass("AMT_SystemDefenseService", { keys: scopedKeys, fields: service, single: true }),
  wsmanClass("AMT_InterfacePolicy", { keys: dependencyKeys, fields: interfacePolicy }),
  wsmanClass("AMT_NetworkPortSystemDefensePolicy", {
    keys: dependencyKeys,
    fields: { ...interfacePolicy, Enabled: bool },
  }),
  wsmanClass("AMT_NetworkPortDefaultSystemDefensePolicy", { keys: dependencyKeys, fields: interfacePolicy }),
  wsmanClass("AMT_EnvironmentDetectionInterfacePolicy", { keys: dependencyKeys, fields: interfacePolicy }),
  wsmanClass("AMT_GeneralSystemDefenseCapabilities", {
    keys: ["InstanceID"],
    fields: { ...capabilities, GlobalMaxSupportedPolicies: uint32, GlobalMaxSupportedFilters: uint32 },
  }),
  wsmanClass("AMT_NetworkPortSystemDefenseCapabilities", {
    keys: ["InstanceID"],
    fields: {
      ...capabilities,
      IPv4_MaxTxFilters: uint16,
      IPv4_MaxTxCounters: uint16,
      IPv4_MaxRxFilters: uint16,
      IPv4_MaxRxCounters: uint16,
      IPv4_AntiSpoofingCapable: bool,
      IPv6_MaxTxFilters: uint16,
      IPv6_MaxTxCounters: uint16,
      IPv6_MaxRxFilters: uint16,
      IPv6_MaxRxCounters: uint16,
      IPv6_AntiSpoofingCapable: bool,
      IPv6_to_IPv4_Ratio: uint16,
    },
  }),
  wsmanClass("AMT_ActiveFilterStatistics", {
    keys: dependencyKeys,
    fields: {
      Antecedent: reference,
      Dependent: reference,
      ReadCount: uint32,
      FilterMatched: bool,
      ActivationTime: datetime,
      LastResetTime: datetime,
    },
  }),
];
