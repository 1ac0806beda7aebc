import {
  collection,
  credential,
  credentialContext,
  credentialContextKeys,
  protocolEndpoint,
  requestStateChange,
  scopedKeys,
  service,
  settingData,
} from "./base.ts";
import { bool, list, octets, reference, secret, text, uint32, wsmanClass } from "./declare.ts";

/** Certificates and keys, and TLS, which uses them. */
export const classes = [
  wsmanClass("AMT_PublicKeyCertificate", {
    keys: ["InstanceID"],
    fields: {
      ...credential,
      X509Certificate: octets,
      // The schema spells it so.
      TrustedRootCertficate: bool,
      Issuer: text,
      Subject: text,
      ReadOnlyCertificate: bool,
    },
    readOnly: ["Issuer", "Subject", "ReadOnlyCertificate"],
  }),
  wsmanClass("AMT_PublicPrivateKeyPair", {
    keys: ["InstanceID"],
    // The public half; the other never leaves the firmware.
    fields: { ...credential, DERKey: octets },
  }),
  wsmanClass("AMT_CRL", { keys: ["InstanceID"], fields: { ...settingData, Url: text, SerialNumbers: list(text) } }),
  wsmanClass("AMT_PublicKeyManagementService", {
    keys: scopedKeys,
    fields: service,
    methods: {
      RequestStateChange: requestStateChange,
      AddCRL: { input: { Url: text, SerialNumbers: list(text) }, output: { CRL: reference } },
      ResetCRLList: {},
      AddCertificate: { input: { CertificateBlob: octets }, output: { CreatedCertificate: reference } },
      AddTrustedRootCertificate: { input: { CertificateBlob: octets }, output: { CreatedCertificate: reference } },
      AddKey: { input: { KeyBlob: secret(octets) }, output: { CreatedKey: reference } },
      GeneratePKCS10RequestEx: {
        input: { KeyPair: reference, SigningAlgorithm: uint32, NullSignedCertificateRequest: octets },
        output: { SignedCertificateRequest: octets },
      },
      GenerateKeyPair: { input: { KeyAlgorithm: uint32, KeyLength: uint32 }, output: { KeyPair: reference } },
    },
    single: true,
  }),
  wsmanClass("AMT_TLSSettingData", {
    keys: ["InstanceID"],
    fields: {
      ...settingData,
      MutualAuthentication: bool,
      Enabled: bool,
      TrustedCN: list(text),
      X509IssuerName: text,
      X509SerialNumber: octets,
      AcceptNonSecureConnections: bool,
      NonSecureConnectionsSupported: bool,
    },
    dropOnPut: ["NonSecureConnectionsSupported"],
  }),
  wsmanClass("AMT_TLSCredentialContext", { keys: credentialContextKeys, fields: credentialContext }),
  wsmanClass("AMT_TLSProtocolEndpoint", { keys: scopedKeys, fields: protocolEndpoint }),
  wsmanClass("AMT_TLSProtocolEndpointCollection", { keys: ["ElementName"], fields: collection }),
];
