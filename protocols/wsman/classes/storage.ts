import { scopedKeys, service } from "./base.ts";
import { bool, type Fields, list, octets, text, uint16, uint32, wsmanClass } from "./declare.ts";

/** A handle of a session, in hexadecimal. */
const session: Fields = { SessionHandle: text };
const block: Fields = { ...session, BlockHandle: uint32 };
const group: Fields = { ...block, GroupHandle: uint32 };
const members: Fields = { ...group, MemberHandles: list(uint32) };
const entry: Fields = { Handle: uint32 };
const allocation: Fields = {
  AttrType: uint32,
  ApplicationName: text,
  VendorName: text,
  IsPartner: bool,
  TotalAllocationSize: uint32,
};

/**
 * Third-party data storage of releases 3.0 to 11.0. Source: Intel's MOF 4.0.0, as Intel LMS generated its classes from
 * it; no peer uses these calls any more.
 */
export const classes = [
  wsmanClass("AMT_ThirdPartyDataStorageService", {
    keys: scopedKeys,
    fields: service,
    methods: {
      GetMTU: { output: { Mtu: uint32 } },
      GetTimeoutValues: { output: { RegistrationTimeout: uint32, LockTimeout: uint32 } },
      GetWriteEraseLimit: { output: { WriteEraseLimit: uint32 } },
      RegisterApplication: {
        input: { CallerUUID: text, VendorName: text, ApplicationName: text, EnterpriseName: text },
        output: session,
      },
      UnregisterApplication: { input: session },
      RemoveApplication: { input: session },
      GetRegisteredApplications: { input: session, output: { AppHandles: list(uint32) } },
      GetCurrentApplicationHandle: { input: session, output: { ApplicationHandle: uint32 } },
      GetApplicationAttributes: {
        input: { ...session, ApplicationBeingRequested: uint32 },
        output: { VendorName: text, ApplicationName: text },
      },
      GetBytesAvailable: { input: session, output: { BytesAvailable: uint32 } },
      AllocateBlock: {
        input: { ...session, BytesRequested: uint32, BlockHidden: bool, BlockName: text },
        output: { BlockHandle: uint32 },
      },
      DeallocateBlock: { input: block },
      GetAllocatedBlocks: {
        input: { ...session, BlockOwnerApplication: uint32 },
        output: { BlockHandles: list(uint32) },
      },
      GetBlockAttributes: { input: block, output: { BlockSize: uint32, BlockHidden: bool, BlockName: text } },
      SetBlockName: { input: { ...block, BlockName: text } },
      SetBlockVisibility: { input: { ...block, BlockHidden: bool } },
      LockBlock: { input: block },
      UnlockBlock: { input: block },
      ReadBlock: { input: { ...block, ByteOffset: uint32, ByteCount: uint32 }, output: { Data: octets } },
      WriteBlock: { input: { ...block, ByteOffset: uint32, Data: octets }, output: { BytesWritten: uint32 } },
      AddPermissionsGroup: {
        input: { ...block, GroupPermissions: uint32, GroupName: text },
        output: { GroupHandle: uint32 },
      },
      RemovePermissionsGroup: { input: group },
      GetPermissionsGroups: { input: block, output: { GroupHandles: list(uint32) } },
      GetPermissionsGroupAttributes: { input: group, output: { Name: text, Permissions: uint32 } },
      SetPermissionsGroupName: { input: { ...group, GroupName: text } },
      SetPermissionsGroupPermissions: { input: { ...group, Permissions: uint32 } },
      GetPermissionsGroupMembers: { input: group, output: { MemberHandles: list(uint32) } },
      AddPermissionsGroupMembers: { input: members },
      RemovePermissionsGroupMembers: { input: members },
    },
    single: true,
  }),
  wsmanClass("AMT_ThirdPartyDataStorageAdministrationService", {
    keys: scopedKeys,
    fields: service,
    methods: {
      GetGlobalStorageAttributes: {
        output: {
          TotalStorage: uint32,
          TotalAllocatedStorage: uint32,
          MaxPartnerStorage: uint32,
          TotalPartnerAllocatedStorage: uint32,
          MaxNonPartnerStorage: uint32,
          MaxFpaclEntries: uint16,
          MaxAslEntries: uint16,
          MaxEaclEntries: uint16,
          MaxGroupsPerBlock: uint16,
          MaxMembersPerGroup: uint16,
          MaxNonPartnerTotalAllocationSize: uint32,
        },
      },
      SetGlobalStorageAttributes: { input: { MaxPartnerStorage: uint32, MaxNonPartnerTotalAllocationSize: uint32 } },
      AdminGetRegisteredApplications: { output: { ApplicationHandles: list(uint32) } },
      AdminGetApplicationAttributes: {
        input: entry,
        output: {
          AttrType: uint32,
          UUID: octets,
          VendorName: text,
          ApplicationName: text,
          EnterpriseName: text,
          CurrentAllocationSize: uint32,
          ActiveSession: bool,
          Partner: bool,
        },
      },
      AdminRemoveApplication: { input: entry },
      AddStorageEaclEntry: { input: { EnterpriseName: text }, output: entry },
      EnumerateStorageEaclEntries: { output: { Handles: list(uint32) } },
      GetStorageEaclEntry: { input: entry, output: { EnterpriseName: text } },
      RemoveStorageEaclEntry: { input: entry },
      AddStorageFpaclEntry: { input: allocation, output: entry },
      EnumerateStorageAllocEntries: { output: { Handles: list(uint32) } },
      GetStorageAllocEntry: { input: entry, output: allocation },
      UpdateStorageFpaclEntry: { input: { ...entry, NewAllocationSize: uint32 } },
      RemoveStorageFpaclEntry: { input: entry },
    },
    single: true,
  }),
];
