import { capabilities, deviceKeys, lanEndpoint, networkPort, requestStateChange, scopedKeys } from "./base.ts";
import { service, settingData } from "./base.ts";
import { bool, embedded, list, octets, reference, secret, text, uint16, uint32, uint8 } from "./declare.ts";
import { type Fields, wsmanClass } from "./declare.ts";
import { CIM_IEEE8021xSettings } from "./ieee8021x.ts";

const endpointSettings = wsmanClass("CIM_WiFiEndpointSettings", {
  keys: ["InstanceID"],
  fields: {
    ...settingData,
    Priority: uint8,
    SSID: text,
    BSSType: uint16,
    EncryptionMethod: uint16,
    OtherEncryptionMethod: text,
    AuthenticationMethod: uint16,
    OtherAuthenticationMethod: text,
    Keys: list(secret(text)),
    KeyIndex: uint8,
    PSKValue: secret(octets),
    PSKPassPhrase: secret(text),
  },
});

const profile: Fields = {
  WiFiEndpointSettingsInput: embedded(endpointSettings),
  IEEE8021xSettingsInput: embedded(CIM_IEEE8021xSettings),
  ClientCredential: reference,
  CACredential: reference,
};

/** Wireless networks: the port, and the profiles that it may use. */
export const classes = [
  endpointSettings,
  wsmanClass("AMT_WiFiPortConfigurationService", {
    keys: scopedKeys,
    fields: {
      ...service,
      localProfileSynchronizationEnabled: uint32,
      LastConnectedSsidUnderMeControl: text,
      NoHostCsmeSoftwarePolicy: uint32,
      UEFIWiFiProfileShareEnabled: bool,
    },
    readOnly: ["LastConnectedSsidUnderMeControl"],
    methods: {
      AddWiFiSettings: {
        input: { WiFiEndpoint: reference, ...profile },
        output: { WiFiEndpointSettings: reference, IEEE8021xSettings: reference },
      },
      UpdateWiFiSettings: {
        input: { WiFiEndpointSettings: reference, ...profile },
        output: { IEEE8021xSettings: reference },
      },
      DeleteAllITProfiles: {},
      DeleteAllUserProfiles: {},
    },
    single: true,
  }),
  wsmanClass("CIM_WiFiPort", {
    keys: deviceKeys,
    fields: networkPort,
    methods: { RequestStateChange: requestStateChange },
  }),
  wsmanClass("CIM_WiFiEndpoint", { keys: scopedKeys, fields: { ...lanEndpoint, Role: uint16 } }),
  wsmanClass("CIM_WiFiPortCapabilities", {
    keys: ["InstanceID"],
    fields: { ...capabilities, SupportedPortTypes: list(uint16), OtherSupportedPortTypes: list(text) },
  }),
  wsmanClass("CIM_WiFiEndpointCapabilities", {
    keys: ["InstanceID"],
    fields: {
      ...capabilities,
      SupportedAuthenticationMethods: list(uint16),
      OtherSupportedAuthenticationMethods: list(text),
      SupportedEncryptionMethods: list(uint16),
      OtherSupportedEncryptionMethods: list(text),
    },
  }),
];
