import { credentialContext, credentialContextKeys, settingData } from "./base.ts";
import { bool, type Fields, octets, reference, secret, text, uint16, uint32, wsmanClass } from "./declare.ts";

const profile: Fields = {
  AuthenticationProtocol: uint16,
  RoamingIdentity: text,
  ServerCertificateName: text,
  ServerCertificateNameComparison: uint16,
  Username: text,
  Password: secret(text),
  Domain: text,
  ProtectedAccessCredential: secret(octets),
  PACPassword: secret(text),
};

/** A profile of 802.1x for a Wi-Fi network; Wi-Fi takes it embedded. */
export const CIM_IEEE8021xSettings = wsmanClass("CIM_IEEE8021xSettings", {
  keys: ["InstanceID"],
  fields: { ...settingData, ...profile, PSK: secret(octets) },
});

/** 802.1x: who the machine says that it is, on the wire and in the air. */
export const classes = [
  CIM_IEEE8021xSettings,
  wsmanClass("IPS_IEEE8021xSettings", {
    keys: ["InstanceID"],
    fields: {
      ...settingData,
      ...profile,
      PSK: secret(octets),
      Enabled: uint32,
      PxeTimeout: uint32,
      AvailableInS0: bool,
    },
    methods: { SetCertificates: { input: { ServerCertificateIssuer: reference, ClientCertificate: reference } } },
    single: true,
  }),
  wsmanClass("AMT_8021XProfile", {
    keys: ["InstanceID"],
    fields: {
      ...settingData,
      Enabled: bool,
      ActiveInS0: bool,
      ...profile,
      ClientCertificate: reference,
      ServerCertificateIssuer: reference,
      PxeTimeout: uint32,
    },
  }),
  wsmanClass("AMT_8021xCredentialContext", { keys: credentialContextKeys, fields: credentialContext }),
  wsmanClass("IPS_8021xCredentialContext", { keys: credentialContextKeys, fields: credentialContext }),
];
