import { toHex } from "../../../core/binary/mod.ts";
import { fixedState, serviceFields, serviceKeys, type WsmanClass } from "../class.ts";
import type { Incoming } from "../incoming.ts";
import type { AmtMachine } from "../machine.ts";
import { base64ToBytes } from "../text.ts";
import type { Outputs } from "../value.ts";

const returns = { done: 0, invalidName: 12, invalidIndex: 35, invalidHandle: 2053, invalidPassword: 2054 } as const;
const LONGEST_NAME = 16;
const HA1_LENGTH = 16;
/** The account of local programs, and its realm "local system". */
const LOCAL_HANDLE = 1;
const LOCAL_REALM = 24;

/** AMT_AuthorizationService: who may do what. There is the administrator, and the account of local programs. */
export const authorizationService: WsmanClass = {
  name: "AMT_AuthorizationService",
  keys: serviceKeys,
  instances: ({ major }) => [{
    ...serviceFields("AMT_AuthorizationService", "Intel(r) AMT Authorization Service"),
    ...fixedState,
    AllowHttpQopAuthOnly: major >= 14 ? 1 : undefined,
  }],
  methods: {
    GetAdminAclEntry: ({ accounts }) => ({ Username: accounts.admin, ReturnValue: returns.done }),
    GetAdminAclEntryStatus: () => ({ IsDefault: false, ReturnValue: returns.done }),
    GetAdminNetAclEntryStatus: () => ({ IsDefault: false, ReturnValue: returns.done }),
    SetAdminAclEntryEx,
    EnumerateUserAclEntries,
    GetUserAclEntryEx: ({ state }, input) =>
      input.number("Handle") !== LOCAL_HANDLE ? returns.invalidHandle : {
        DigestUsername: state.account.user,
        AccessPermission: 0,
        Realms: [LOCAL_REALM],
        ReturnValue: returns.done,
      },
  },
};

/** The digest is base64 of 16 bytes. It counts from the next request on. */
function SetAdminAclEntryEx({ accounts }: AmtMachine, input: Incoming): number {
  const name = input.text("Username");
  const ha1 = base64ToBytes(input.text("DigestPassword"));
  if (name === "" || name.length > LONGEST_NAME || name.startsWith("$$")) return returns.invalidName;
  if (ha1?.length !== HA1_LENGTH) return returns.invalidPassword;
  accounts.setAdmin(name, toHex(ha1));
  return returns.done;
}

function EnumerateUserAclEntries(_: AmtMachine, input: Incoming): Outputs | number {
  if (input.number("StartIndex") !== 1) return returns.invalidIndex;
  return { TotalCount: 1, HandlesCount: 1, Handles: [LOCAL_HANDLE], ReturnValue: returns.done };
}
