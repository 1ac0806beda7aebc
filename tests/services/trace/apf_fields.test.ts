import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encode, fromHex } from "../../../core/binary/mod.ts";
import { ApfMessage } from "../../../protocols/apf/mod.ts";
import { LME } from "../../../protocols/mei/known_clients.ts";
import { readApf } from "../../../services/trace/apf_fields.ts";
import { shownApf } from "../../../services/trace/shown_length.ts";
import { hasTraces, messagesOf, type TraceLine, whySkipped } from "../../vectors/peer_traces.ts";

const read = (hex: string, options: Partial<Parameters<typeof readApf>[1]> = {}) =>
  readApf(fromHex(hex), { reveal: false, ...options });

const userauth: ApfMessage = {
  kind: "userauthRequest",
  user: "admin",
  service: "pfwd@amt.intel.com",
  method: { kind: "password", change: false, password: "Canary-5" },
};

describe("readApf", () => {
  it("tells payload by its length, and in hex when it is to be shown", () => {
    expect(read("5e0000000100000002abcd")).toEqual({
      message: "channelData",
      type: 94,
      length: 11,
      fields: { recipient: 1, dataLength: 2 },
      problem: null,
    });
    expect(read("5e0000000100000002abcd", { reveal: true }).fields).toMatchObject({ data: "abcd" });
  });
  it("leaves a password out, unless it is to be shown", () => {
    const bytes = encode(ApfMessage, userauth);
    const fields = { user: "admin", service: "pfwd@amt.intel.com", method: "password", change: false };
    expect(readApf(bytes, { reveal: false }).fields).toEqual(fields);
    expect(readApf(bytes, { reveal: true }).fields).toEqual({ ...fields, password: "Canary-5" });
  });
  it("flattens requests and names reasons", () => {
    const cancel = encode(ApfMessage, {
      kind: "globalRequest",
      request: { kind: "cancelTcpipForward", wantReply: true, address: "a", port: 623 },
    });
    expect(readApf(cancel, { reveal: false }).fields).toEqual({
      request: "cancelTcpipForward",
      wantReply: true,
      address: "a",
      port: 623,
    });
    expect(read("5c00000005000000040000000000000000").fields).toEqual({
      recipient: 5,
      reason: 4,
      reasonName: "RESOURCE_SHORTAGE",
    });
    expect(read("01000000020000").fields).toEqual({ reason: 2, reasonName: "PROTOCOL_ERROR" });
    expect(read("01000000630000").fields).toEqual({ reason: 0x63 });
  });
  it("takes types that it does not know", () => {
    expect(read("c8010203")).toMatchObject({ message: "unknown", type: 200, fields: { type: 200, bodyLength: 3 } });
  });
  it.each([
    ["", null, "it is empty"],
    ["61", 97, "<channelClose>.recipient needs 4 bytes, 0 left at byte 1"],
    ["610000000100", 97, "1 bytes after the end at byte 5"],
    ["5e00000001000000ffab", 94, "<channelData>.data needs 255 bytes, 1 left at byte 9"],
    ["0500000013" + "61".repeat(19), 5, "<serviceRequest>.service a string of 19 bytes, 18 are allowed at byte 1"],
  ])("says what is wrong with %j", (hex, type, problem) => {
    expect(read(hex)).toEqual({ message: "malformed", type, length: hex.length / 2, fields: {}, problem });
  });
});

describe("readApf, of a message whose end is left out", () => {
  it.each<[string, ApfMessage]>([
    ["CHANNEL_DATA", { kind: "channelData", recipient: 1, data: new Uint8Array(300).fill(7) }],
    ["USERAUTH_REQUEST", userauth],
    ["JSON_CONTROL", { kind: "jsonControl", json: new Uint8Array(9).fill(0x7b) }],
    ["an unknown type", { kind: "unknown", type: 200, body: new Uint8Array(9).fill(7) }],
    ["a datagram", {
      kind: "globalRequest",
      request: {
        kind: "udpSendTo",
        wantReply: false,
        address: "127.0.0.1",
        port: 69,
        originatorAddress: "::1",
        originatorPort: 68,
        data: new Uint8Array(5).fill(7),
      },
    }],
  ])("says the same of %s, and nothing of what is left out", (_, message) => {
    const whole = encode(ApfMessage, message);
    const { length } = whole;
    const shown = whole.subarray(0, shownApf(whole));
    expect(shown.length).toBeLessThan(length);
    expect(readApf(shown, { length, reveal: true })).toEqual(readApf(whole, { reveal: false }));
  });
  it("says of what was malformed that it was, with its own problem where it is known", () => {
    const problem = "its end is not in the trace";
    expect(read("61", { length: 90 })).toMatchObject({ message: "malformed", type: 97, length: 90, problem });
    expect(read("5a", { length: 90 })).toMatchObject({ message: "malformed", problem });
    expect(read("5e00000001000000ff", { length: 90 })).toMatchObject({
      message: "malformed",
      problem: "<channelData>.data needs 255 bytes, 81 left at byte 9",
    });
  });
  it("does not make room for a length that no message has", () => {
    expect(read("5e00000001fffffff6", { length: 0xffff_ffff })).toMatchObject({ message: "malformed" });
    expect(read("", { length: 5 })).toMatchObject({ message: "malformed", type: null });
  });
  it("takes any bytes of any length", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(200), fc.boolean(), (bytes, more, reveal) => {
      const { length } = readApf(bytes, { length: bytes.length + more, reveal });
      expect(length).toBe(bytes.length + more);
    }));
  });
});

/** How the recorder of the traces, which is none of ours, calls what ours calls otherwise. */
const theirs: Readonly<Record<string, string>> = {
  recipient: "recipient",
  sender: "sender",
  window: "windowBytes",
  add: "bytesToAdd",
  len: "dataLength",
  port: "port",
};

describe.skipIf(!hasTraces)(`readApf and the recorder of the peers' traces agree${whySkipped}`, () => {
  it("on names and numbers of all messages", () => {
    let numbers = 0;
    for (const { hex, decoded = "" } of messagesOf(LME) as (TraceLine & { decoded?: string })[]) {
      const { message, fields, problem } = read(hex);
      const name = decoded.split(" ")[0]!;
      if (problem !== null || message === "unknown" || "bodyLength" in fields) continue;
      expect(message.toUpperCase()).toBe(name.replaceAll("_", ""));
      for (const [, field, value] of decoded.matchAll(/ (recipient|sender|window|add|len|port)=(\d+)/g)) {
        expect([decoded, fields[theirs[field!]!]]).toEqual([decoded, Number(value)]);
        numbers++;
      }
    }
    expect(numbers).toBeGreaterThan(100);
  });
});
