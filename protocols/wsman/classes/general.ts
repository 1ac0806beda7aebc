import { capabilities, requestStateChange, scopedKeys, service, settingData } from "./base.ts";
import { bool, list, octets, text, uint16, uint32, wsmanClass } from "./declare.ts";

/** AMT as a whole: its name, its clock, its pages. */
export const classes = [
  wsmanClass("AMT_GeneralSettings", {
    keys: ["InstanceID"],
    fields: {
      ...settingData,
      NetworkInterfaceEnabled: bool,
      DigestRealm: text,
      IdleWakeTimeout: uint32,
      HostName: text,
      DomainName: text,
      PingResponseEnabled: bool,
      WsmanOnlyMode: bool,
      PreferredAddressFamily: uint32,
      DHCPv6ConfigurationTimeout: uint32,
      DDNSUpdateEnabled: bool,
      DDNSUpdateByDHCPServerEnabled: bool,
      SharedFQDN: bool,
      HostOSFQDN: text,
      DDNSTTL: uint32,
      AMTNetworkEnabled: uint32,
      RmcpPingResponseEnabled: bool,
      DDNSPeriodicUpdateInterval: uint32,
      PresenceNotificationInterval: uint32,
      PrivacyLevel: uint32,
      PowerSource: uint32,
      ThunderboltDockEnabled: uint32,
      OemID: uint32,
    },
    readOnly: [
      "NetworkInterfaceEnabled",
      "DigestRealm",
      "HostOSFQDN",
      "AMTNetworkEnabled",
      "PrivacyLevel",
      "PowerSource",
      "OemID",
    ],
    methods: {
      AMTAuthenticate: {
        input: { MC_Nonce: octets },
        output: {
          Nonce: octets,
          UUID: octets,
          FQDN: text,
          FWVersion: text,
          AMTSVN: uint32,
          SignatureMechanism: uint32,
          Signature: octets,
          LengthOfCertificates: list(uint16),
          Certificates: octets,
        },
      },
    },
    single: true,
  }),
  wsmanClass("AMT_TimeSynchronizationService", {
    keys: scopedKeys,
    fields: { ...service, LocalTimeSyncEnabled: uint32, TimeSource: uint32 },
    readOnly: ["LocalTimeSyncEnabled", "TimeSource"],
    methods: {
      GetLowAccuracyTimeSynch: { output: { Ta0: uint32 } },
      SetHighAccuracyTimeSynch: { input: { Ta0: uint32, Tm1: uint32, Tm2: uint32 } },
      EnableLocalTimeSync: { input: { Enable: bool } },
    },
    single: true,
  }),
  wsmanClass("AMT_WebUIService", {
    keys: scopedKeys,
    fields: service,
    methods: { RequestStateChange: requestStateChange },
    single: true,
  }),
  wsmanClass("AMT_CryptographicCapabilities", {
    keys: ["InstanceID"],
    fields: { ...capabilities, HardwareAcceleration: uint16 },
    single: true,
  }),
];
