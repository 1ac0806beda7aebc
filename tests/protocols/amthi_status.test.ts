import { describe, expect, it } from "vitest";
import { amtStatus, amtStatusName, amtStatusText } from "../../protocols/amthi/mod.ts";

/** From Intel LMS StatusCodeDefinitions.h: the first, the last and those beside each gap of its table. */
const table: [number, string][] = [
  [0x0000, "SUCCESS"],
  [0x0001, "INTERNAL_ERROR"],
  [0x0003, "INVALID_AMT_MODE"],
  [0x0004, "INVALID_MESSAGE_LENGTH"],
  [0x000f, "INVALID_BYTE_COUNT"],
  [0x0010, "NOT_PERMITTED"],
  [0x0017, "MAX_LIMIT_REACHED"],
  [0x001f, "INVALID_TABLE_TYPE"],
  [0x0020, "INVALID_PROVISIONING_STATE"],
  [0x0021, "UNSUPPORTED_OBJECT"],
  [0x0029, "PROPOSE_ANOTHER_VERSION"],
  [0x0031, "CERTIFICATE_NOT_READY"],
  [0x0200, "REMOTE_ACCESS_NOT_GRANTED"],
  [0x0203, "REMOTE_ACCESS_GRANTED_WITH_DDNS"],
  [0x0400, "DISABLED_BY_POLICY"],
  [0x0800, "NETWORK_IF_ERROR_BASE"],
  [0x0805, "INVALID_HANDLE"],
  [0x0809, "DATA_MISSING"],
  [0x0810, "CERT_KEY_NOT_MATCH"],
  [0x0812, "UNSUPPORTED"],
  [0x0814, "NOT_FOUND"],
  [0x0816, "INVALID_PASSPHRASE"],
  [0x0818, "NO_ASSOCIATION"],
  [0x081b, "AUDIT_FAIL"],
  [0x081c, "BLOCKING_COMPONENT"],
  [2500, "IPV6_INTERFACE_DISABLED"],
  [2501, "INTERFACE_DOES_NOT_EXIST"],
  [0x1000, "PTSDK_INTERNAL"],
  [0x100a, "PTSDK_URL_REQUIRED"],
  [0x4000, "EMPTY_RESPONSE"],
];

describe("amtStatusName", () => {
  it.each(table)("names %i", (status, name) => expect(amtStatusName(status)).toBe(name));
  it.each([
    0x32,
    0x1ff,
    0x204,
    0x3ff,
    0x401,
    0x7ff,
    0x817,
    0x819,
    0x81a,
    0x81d,
    2499,
    2502,
    0x100b,
    0x4001,
    0xffff_ffff,
  ])(
    "has no name for %i",
    (status) => expect(amtStatusName(status)).toBeUndefined(),
  );
  it("agrees with the statuses that the program tells apart", () => {
    for (const [key, status] of Object.entries(amtStatus)) {
      expect(amtStatusName(status)?.replaceAll("_", "")).toBe(key.toUpperCase());
    }
  });
});

describe("amtStatusText", () => {
  it("gives the name, the number and the meaning", () => {
    expect(amtStatusText(3)).toBe("INVALID_AMT_MODE (0x3): AMT is not in the mode that this command needs");
    expect(amtStatusText(2500)).toMatch(/^IPV6_INTERFACE_DISABLED \(0x9c4\): ./);
  });
  it("gives the number of one that no table has", () => expect(amtStatusText(0x777)).toBe("AMT status 0x777"));
  it("says something of each, and ends no text with a full stop", () => {
    for (const [status] of table) expect(amtStatusText(status)).toMatch(/: \S.*[^.]$/);
  });
});
