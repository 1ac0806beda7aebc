import { scopedKeys, service, settingData } from "./base.ts";
import { bool, type Fields, list, octets, secret, text, uint16, uint32, wsmanClass } from "./declare.ts";

const entry: Fields = {
  DigestUsername: text,
  DigestPassword: secret(octets),
  KerberosUserSid: octets,
  AccessPermission: uint32,
  Realms: list(uint32),
};

/** Who may do what: the access control list, and Kerberos. */
export const classes = [
  wsmanClass("AMT_AuthorizationService", {
    keys: scopedKeys,
    fields: { ...service, AllowHttpQopAuthOnly: uint32 },
    methods: {
      AddUserAclEntryEx: { input: entry, output: { Handle: uint32 } },
      EnumerateUserAclEntries: {
        input: { StartIndex: uint32 },
        output: { TotalCount: uint32, HandlesCount: uint32, Handles: list(uint32) },
      },
      GetUserAclEntryEx: { input: { Handle: uint32 }, output: entry },
      UpdateUserAclEntryEx: { input: { Handle: uint32, ...entry } },
      RemoveUserAclEntry: { input: { Handle: uint32 } },
      SetAdminAclEntryEx: { input: { Username: text, DigestPassword: secret(octets) } },
      GetAdminAclEntry: { output: { Username: text } },
      GetAdminAclEntryStatus: { output: { IsDefault: bool } },
      GetAdminNetAclEntryStatus: { output: { IsDefault: bool } },
      SetAclEnabledState: { input: { Handle: uint32, Enabled: bool } },
      GetAclEnabledState: { input: { Handle: uint32 }, output: { Enabled: bool } },
    },
    single: true,
  }),
  wsmanClass("AMT_KerberosSettingData", {
    keys: ["InstanceID"],
    fields: {
      ...settingData,
      RealmName: text,
      ServicePrincipalName: list(text),
      ServicePrincipalProtocol: list(uint16),
      KeyVersion: uint32,
      EncryptionAlgorithm: uint16,
      MasterKey: secret(octets),
      MaximumClockTolerance: uint32,
      KrbEnabled: bool,
      Passphrase: secret(text),
      Salt: text,
      IterationCount: uint32,
      SupportedEncryptionAlgorithms: list(uint16),
      ConfiguredEncryptionAlgorithms: list(uint16),
    },
    dropOnPut: ["SupportedEncryptionAlgorithms"],
    dropWhenEmpty: ["MasterKey", "Passphrase"],
    methods: {
      GetCredentialCacheState: { output: { Enabled: bool } },
      SetCredentialCacheState: { input: { Enable: bool } },
    },
    single: true,
  }),
];
