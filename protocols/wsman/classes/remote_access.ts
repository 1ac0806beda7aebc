import {
  capabilities,
  credential,
  credentialContext,
  credentialContextKeys,
  policyRule,
  policyRuleKeys,
  remoteServiceAccessPoint,
  requestStateChange,
  scopedKeys,
  service,
} from "./base.ts";
import { bool, list, octets, reference, secret, text, uint16, uint32, uint8, wsmanClass } from "./declare.ts";

/** Connections that AMT itself opens to a management presence server, and the proxies on the way. */
export const classes = [
  wsmanClass("AMT_RemoteAccessService", {
    keys: scopedKeys,
    fields: { ...service, IsRemoteTunnelConnected: bool, RemoteTunnelKeepAliveTimeout: uint32 },
    readOnly: ["IsRemoteTunnelConnected"],
    methods: {
      AddMpServer: {
        input: {
          AccessInfo: text,
          InfoFormat: uint16,
          Port: uint16,
          AuthMethod: uint32,
          Certificate: reference,
          Username: text,
          Password: secret(text),
          CN: text,
        },
        output: { MpServer: reference },
      },
      AddRemoteAccessPolicyRule: {
        input: {
          Trigger: uint16,
          TunnelLifeTime: uint32,
          ExtendedData: octets,
          MpServer: list(reference),
          InternalMpServer: list(reference),
        },
        output: { PolicyRule: reference },
      },
      CloseRemoteAccessConnection: {},
    },
    single: true,
  }),
  wsmanClass("AMT_RemoteAccessCapabilities", {
    keys: ["InstanceID"],
    fields: {
      ...capabilities,
      MaxTotalMpServers: uint32,
      MaxTotalPolicies: uint32,
      MaxMpsPerPolicy: uint32,
      MaxTotalProxyEntryPoints: uint32,
    },
  }),
  wsmanClass("AMT_RemoteAccessPolicyRule", {
    keys: policyRuleKeys,
    fields: { ...policyRule, Trigger: uint16, TunnelLifeTime: uint32, ExtendedData: octets },
  }),
  wsmanClass("AMT_RemoteAccessPolicyAppliesToMPS", {
    keys: ["ManagedElement", "PolicySet"],
    fields: { PolicySet: reference, ManagedElement: reference, OrderOfAccess: uint16, MpsType: uint16 },
  }),
  wsmanClass("AMT_RemoteAccessCredentialContext", { keys: credentialContextKeys, fields: credentialContext }),
  wsmanClass("AMT_ManagementPresenceRemoteSAP", {
    keys: scopedKeys,
    fields: { ...remoteServiceAccessPoint, Port: uint32, CN: text },
  }),
  wsmanClass("AMT_MPSUsernamePassword", {
    keys: ["InstanceID"],
    fields: { ...credential, RemoteID: text, Secret: secret(text), Algorithm: text, Protocol: text },
  }),
  wsmanClass("AMT_UserInitiatedConnectionService", {
    keys: scopedKeys,
    fields: { ...service, LastConnectionReason: text },
    methods: { RequestStateChange: requestStateChange },
    single: true,
  }),
  wsmanClass("IPS_HTTPProxyService", {
    keys: scopedKeys,
    fields: { ...service, SyncEnabled: bool },
    methods: {
      AddProxyAccessPoint: {
        input: { AccessInfo: text, InfoFormat: uint16, Port: uint16, NetworkDnsSuffix: text },
        output: { ProxyAccessPoint: reference },
      },
    },
    single: true,
  }),
  wsmanClass("IPS_HTTPProxyAccessPoint", {
    keys: scopedKeys,
    fields: { ...remoteServiceAccessPoint, Type: uint8, Port: uint16, NetworkDnsSuffix: text, Priority: uint32 },
    methods: { UpdatePriority: {} },
  }),
];
