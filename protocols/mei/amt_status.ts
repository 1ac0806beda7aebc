/**
 * The status's name, such as `INVALID_AMT_MODE`, without Intel's prefixes; `undefined` for one that is in no public
 * table. Source: Intel LMS StatusCodeDefinitions.h.
 */
export function amtStatusName(status: number): string | undefined {
  return entry(status)?.[0];
}

/** The status for a person: `INVALID_AMT_MODE (0x3): AMT is not in the mode that this command needs`. */
export function amtStatusText(status: number): string {
  const number = `0x${status.toString(16)}`;
  const known = entry(status);
  return known === undefined ? `AMT status ${number}` : `${known[0]} (${number}): ${known[1]}`;
}

type Entry = readonly [name: string, meaning: string];

let table: Map<number, Entry> | undefined;

function entry(status: number): Entry | undefined {
  table ??= new Map(runs().flatMap(([first, entries]) => entries.map((each, i) => [first + i, each] as const)));
  return table.get(status);
}

/** Consecutive statuses, by the first of them. */
function runs(): [number, Entry[]][] {
  return [
    [0, [
      ["SUCCESS", "done"],
      ["INTERNAL_ERROR", "an error inside AMT"],
      ["NOT_READY", "AMT is still starting"],
      ["INVALID_AMT_MODE", "AMT is not in the mode that this command needs"],
      ["INVALID_MESSAGE_LENGTH", "AMT expects another length of this message"],
      ["TABLE_FINGERPRINT_NOT_AVAILABLE", "the table has no fingerprint"],
      ["INTEGRITY_CHECK_FAILED", "stored data is damaged"],
      ["UNSUPPORTED_ISVS_VERSION", "this version of the storage interface is unknown"],
      ["APPLICATION_NOT_REGISTERED", "the application is not registered"],
      ["INVALID_REGISTRATION_DATA", "the registration is wrong"],
      ["APPLICATION_DOES_NOT_EXIST", "there is no such application"],
      ["NOT_ENOUGH_STORAGE", "the storage is full"],
      ["INVALID_NAME", "the name is wrong"],
      ["BLOCK_DOES_NOT_EXIST", "there is no such block of storage"],
      ["INVALID_BYTE_OFFSET", "the place in the block is wrong"],
      ["INVALID_BYTE_COUNT", "the number of bytes is wrong"],
      ["NOT_PERMITTED", "AMT does not allow it"],
      ["NOT_OWNER", "it belongs to somebody else"],
      ["BLOCK_LOCKED_BY_OTHER", "somebody else has locked the block"],
      ["BLOCK_NOT_LOCKED", "the block is not locked"],
      ["INVALID_GROUP_PERMISSIONS", "the group's rights are wrong"],
      ["GROUP_DOES_NOT_EXIST", "there is no such group"],
      ["INVALID_MEMBER_COUNT", "the number of members is wrong"],
      ["MAX_LIMIT_REACHED", "there is no room for another one"],
      ["INVALID_AUTH_TYPE", "this way of authentication is unknown"],
      ["AUTHENTICATION_FAILED", "the credentials are wrong"],
      ["INVALID_DHCP_MODE", "the DHCP mode is wrong"],
      ["INVALID_IP_ADDRESS", "the IP address is wrong"],
      ["INVALID_DOMAIN_NAME", "the domain name is wrong"],
      ["UNSUPPORTED_VERSION", "this version of the interface is unknown"],
      ["REQUEST_UNEXPECTED", "the request comes out of turn"],
      ["INVALID_TABLE_TYPE", "there is no such kind of table"],
      ["INVALID_PROVISIONING_STATE", "AMT is not in the provisioning state that this needs"],
      ["UNSUPPORTED_OBJECT", "this firmware does not have what was asked for"],
      ["INVALID_TIME", "the time is wrong"],
      ["INVALID_INDEX", "the index is wrong"],
      ["INVALID_PARAMETER", "a parameter is wrong"],
      ["INVALID_NETMASK", "the network mask is wrong"],
      ["FLASH_WRITE_LIMIT_EXCEEDED", "the flash was written too often in a short time"],
      ["INVALID_IMAGE_LENGTH", "the firmware image has a wrong length"],
      ["INVALID_IMAGE_SIGNATURE", "the firmware image is not signed right"],
      ["PROPOSE_ANOTHER_VERSION", "AMT wants another version of the interface"],
      ["INVALID_PID_FORMAT", "the provisioning id is malformed"],
      ["INVALID_PPS_FORMAT", "the provisioning passphrase is malformed"],
      ["BIST_COMMAND_BLOCKED", "the self test cannot run now"],
      ["CONNECTION_FAILED", "the connection could not be made"],
      ["CONNECTION_TOO_MANY", "there are too many connections"],
      ["RNG_GENERATION_IN_PROGRESS", "the random seed is being made"],
      ["RNG_NOT_READY", "there is no random seed yet"],
      ["CERTIFICATE_NOT_READY", "there is no certificate yet"],
    ]],
    [0x200, [
      ["REMOTE_ACCESS_NOT_GRANTED", "access over this network is not granted"],
      ["HOST_VPN_IS_DISABLED", "access over the host's VPN is switched off"],
      ["REMOTE_ACCESS_GRANTED_WITHOUT_DDNS", "access is granted, without dynamic DNS"],
      ["REMOTE_ACCESS_GRANTED_WITH_DDNS", "access is granted, with dynamic DNS"],
    ]],
    [0x400, [["DISABLED_BY_POLICY", "a policy has switched it off"]]],
    [0x800, [
      ["NETWORK_IF_ERROR_BASE", "an error of the network interface"],
      ["UNSUPPORTED_OEM_NUMBER", "the OEM number is unknown"],
      ["UNSUPPORTED_BOOT_OPTION", "this firmware does not have this boot option"],
      ["INVALID_COMMAND", "the remote control command is wrong"],
      ["INVALID_SPECIAL_COMMAND", "the special command is wrong"],
      ["INVALID_HANDLE", "there is nothing with this handle"],
      ["INVALID_PASSWORD", "the password is not strong enough or has characters that are not allowed"],
      ["INVALID_REALM", "there is no such realm"],
      ["STORAGE_ACL_ENTRY_IN_USE", "the entry of the storage access list is in use"],
      ["DATA_MISSING", "there is no such data"],
      ["DUPLICATE", "it is there already"],
      ["EVENTLOG_FROZEN", "the event log is frozen"],
      ["PKI_MISSING_KEYS", "a key pair is missing"],
      ["PKI_GENERATING_KEYS", "a key pair is being made"],
      ["INVALID_KEY", "the key is wrong"],
      ["INVALID_CERT", "the certificate is wrong"],
      ["CERT_KEY_NOT_MATCH", "the certificate and the key do not belong together"],
      ["MAX_KERB_DOMAIN_REACHED", "there is no room for another Kerberos domain"],
      ["UNSUPPORTED", "this firmware does not support it"],
      ["INVALID_PRIORITY", "the priority is wrong"],
      ["NOT_FOUND", "there is no such thing"],
      ["INVALID_CREDENTIALS", "the credentials are wrong"],
      ["INVALID_PASSPHRASE", "the passphrase is wrong"],
    ]],
    [0x818, [["NO_ASSOCIATION", "the two are not connected with each other"]]],
    [0x81b, [
      ["AUDIT_FAIL", "it could not be written to the audit log"],
      ["BLOCKING_COMPONENT", "another component, such as the auditor, prevents it"],
    ]],
    [2500, [
      ["IPV6_INTERFACE_DISABLED", "IPv6 is switched off on this interface"],
      ["INTERFACE_DOES_NOT_EXIST", "there is no such network interface"],
    ]],
    // From here on no word of the firmware's: libraries give them to their callers.
    [0x1000, [
      ["PTSDK_INTERNAL", "an error inside Intel's library"],
      ["PTSDK_NOT_INITIALIZED", "Intel's library was not started"],
      ["PTSDK_LIB_VERSION", "this version of Intel's library is too old or too new"],
      ["PTSDK_INVALID_PARAM", "a parameter of Intel's library is wrong"],
      ["PTSDK_RESOURCES", "Intel's library lacks memory or the like"],
      ["PTSDK_HARDWARE_ACCESS", "Intel's library cannot reach the hardware"],
      ["PTSDK_REQUESTOR_NOT_REGISTERED", "the program is not registered with Intel's library"],
      ["PTSDK_NETWORK", "Intel's library met an error of the network"],
      ["PTSDK_PARAM_BUFFER_TOO_SHORT", "the buffer given to Intel's library is too short"],
      ["PTSDK_COM_THREAD", "COM is not started in this thread"],
      ["PTSDK_URL_REQUIRED", "Intel's library needs an address"],
    ]],
    [0x4000, [["EMPTY_RESPONSE", "the answer was empty: AMT is disabled or does not know the command"]]],
  ];
}
