import { describe, expect, it } from "vitest";
import { encode, fromHex } from "../../../core/binary/mod.ts";
import { guid } from "../../../core/guid.ts";
import * as amthi from "../../../protocols/amthi/mod.ts";
import { ApfMessage } from "../../../protocols/apf/mod.ts";
import { AMTHI, LME, MKHI, WATCHDOG } from "../../../protocols/mei/known_clients.ts";
import { shownLength } from "../../../services/trace/shown_length.ts";

const secret = "Canary-Secret-5";

function text(value: string): string {
  return value.length.toString(16).padStart(8, "0") + Buffer.from(value).toString("hex");
}

/** An AMTHI message of any command, with the secret as its data. */
function amthiMessage(command: number): Uint8Array {
  const bytes = Buffer.alloc(16 + secret.length);
  bytes.set([1, 1]);
  bytes.writeUInt32LE(command, 4);
  bytes.writeUInt32LE(4 + secret.length, 8);
  bytes.write(secret, 16);
  return bytes;
}

describe("shownLength, LME", () => {
  const hex = (bytes: string) => shownLength(LME, "toFirmware", fromHex(bytes));

  // Bytes by hand from facts/apf-lms.md A.
  it.each<[string, string, number]>([
    ["CHANNEL_DATA", `5e00000001${text(secret)}`, 9],
    ["CHANNEL_DATA with a wrong length", `5e000000010000ffff${Buffer.from(secret).toString("hex")}`, 9],
    ["CHANNEL_DATA that is cut", "5e000000", 4],
    [
      "USERAUTH_REQUEST",
      `32${text("admin")}${text("pfwd@amt.intel.com")}${text("password")}00${text(secret)}`,
      1 + 9 + 22 + 12 + 1 + 4,
    ],
    [
      "USERAUTH_REQUEST of another method",
      `32${text("admin")}${text("pfwd@amt.intel.com")}${text("token")}${text(secret)}`,
      1 + 9 + 22 + 9,
    ],
    [
      "a datagram",
      `50${text("udp-send-to@amt.intel.com")}00${text("127.0.0.1")}00000045${text("::1")}00000044${text(secret)}`,
      1 + 29 + 1 + 13 + 4 + 7 + 4 + 4,
    ],
    ["a GLOBAL_REQUEST that is not known", `50${text("x@y")}01${text(secret)}`, 1 + 7 + 1],
    ["JSON_CONTROL", `fa${text(secret)}`, 5],
    ["an unknown type", `c8${text(secret)}`, 1],
    ["CHANNEL_CLOSE with bytes after its end", `6100000000${text(secret)}`, 1],
    ["an empty message", "", 0],
  ])("leaves out the end of %s", (_, bytes, shown) => {
    expect(hex(bytes)).toBe(shown);
  });

  it("shows the whole of what carries neither payload nor password", () => {
    const messages: ApfMessage[] = [
      { kind: "channelClose", recipient: 1 },
      { kind: "serviceRequest", service: "pfwd@amt.intel.com" },
      {
        kind: "globalRequest",
        request: { kind: "tcpipForward", wantReply: true, address: "amt.example", port: 16992 },
      },
    ];
    for (const message of messages.map((each) => encode(ApfMessage, each))) {
      expect(shownLength(LME, "toFirmware", message)).toBe(message.length);
    }
  });
});

describe("shownLength, AMTHI", () => {
  it.each<[string, number, "toFirmware" | "fromFirmware", number]>([
    ["the answer of GetLocalSystemAccount", 0x0480_0067, "fromFirmware", 16],
    ["the request of SetProvisioningServerOTP", 0x0400_002a, "toFirmware", 12],
    ["a request that is not known", 0x0400_0ccc, "toFirmware", 12],
    ["an answer that is not known", 0x0480_0ccc, "fromFirmware", 16],
    ["a request that poses as an answer", 0x0480_0ccc, "toFirmware", 12],
  ])("leaves out the end of %s", (_, command, direction, shown) => {
    expect(shownLength(AMTHI, direction, amthiMessage(command))).toBe(shown);
  });
  it("shows the whole of others, and what is too short for a header", () => {
    const message = amthiMessage(0x0480_001a);
    expect(shownLength(AMTHI, "fromFirmware", message)).toBe(message.length);
    expect(shownLength(AMTHI, "fromFirmware", message.subarray(0, 7))).toBe(7);
    expect(shownLength(AMTHI, "fromFirmware", new Uint8Array())).toBe(0);
  });
  // Whoever declares a message decides here whether a trace may have it.
  it("shows the requests and answers of these commands, and no others", () => {
    const declared = Object.values(amthi).filter((each) => typeof each === "object" && "command" in each);
    const isWhole = (command: number, direction: "toFirmware" | "fromFirmware") => {
      const message = amthiMessage(command);
      return shownLength(AMTHI, direction, message) === message.length;
    };
    const shown = declared.map(({ name, command }) => {
      const request = isWhole(command, "toFirmware") ? "" : ", but its request";
      return name + request + (isWhole(command + 0x0080_0000, "fromFirmware") ? "" : ", but its answer");
    });
    expect(shown.sort()).toEqual([
      "CloseUserInitiatedConnection",
      "DisableAndClearAMT",
      "EnumerateHashHandles",
      "GenerateRngSeed",
      "GetAMTSetupAuditRecord",
      "GetAMTState",
      "GetAdminNetAclEntryStatus",
      "GetAuditLogRecords",
      "GetAuditLogSignature",
      "GetCertificateHashEntry",
      "GetCiraLog",
      "GetCodeVersions",
      "GetConfigServerData",
      "GetControlMode",
      "GetCurrentPowerPolicy",
      "GetDNSSuffixList",
      "GetEHBCState",
      "GetFQDN",
      "GetFeaturesState",
      "GetIPv6LanInterfaceStatus",
      "GetLanInterfaceSettings",
      "GetLastHostResetReason",
      "GetLocalSystemAccount, but its answer",
      "GetMESetupAuditRecord",
      "GetMacAddresses",
      "GetPID",
      "GetPkiFqdnSuffix",
      "GetProvisioningMode",
      "GetProvisioningState",
      "GetProvisioningTLSMode",
      "GetRedirectionState",
      "GetRemoteAccessConnectionStatus",
      "GetRngSeedStatus",
      "GetSecurityParameters",
      "GetTcpipParameters",
      "GetUUID",
      "GetUserInitiatedEnabledInterfaces",
      "GetZeroTouchEnabled",
      "OpenUserInitiatedConnection",
      "SetDnsSuffix",
      "SetEHBCState",
      "SetEnterpriseAccess",
      "SetHostFQDN",
      "SetProvisioningServerOTP, but its request",
      "SetZeroTouchEnabled",
      "StartConfiguration",
      "StartConfigurationEx",
      "StartConfigurationHBased",
      "StopConfiguration",
      "Unprovision",
    ]);
  });
});

describe("shownLength, other clients", () => {
  it("shows the whole where no message carries a secret, and else the beginning", () => {
    const message = new Uint8Array(40);
    for (const client of [MKHI, WATCHDOG]) expect(shownLength(client, "toFirmware", message)).toBe(40);
    expect(shownLength(guid("00000000-1111-2222-3333-444444444444"), "toFirmware", message)).toBe(12);
    expect(shownLength(guid("00000000-1111-2222-3333-444444444444"), "toFirmware", message.subarray(0, 5))).toBe(5);
  });
});
