import { describe, expect, it } from "vitest";
import { CodecError, decode, encode, fromHex, toHex } from "../../core/binary/mod.ts";
import { ApfMessage } from "../../protocols/apf/mod.ts";
import { LME } from "../../protocols/mei/known_clients.ts";
import { vectors } from "../vectors/load.ts";
import { hasTraces, messagesOf, whySkipped } from "../vectors/peer_traces.ts";

/** Those that are not ours byte for byte, and why. */
const exceptions: [start: string, ours: string, reason: string][] = [
  ["5a0000000f666f727761726465642d7463706970........000010007fffffff", "7fffffff", "MeshCmd's unused word"],
];

const traced = [...new Set(messagesOf(LME).map(({ hex }) => hex))].sort();
const excepted = (hex: string) => exceptions.find(([start]) => new RegExp(`^${start}`).test(hex));

describe.skipIf(!hasTraces)(`ApfMessage and all that went over LME${whySkipped}`, () => {
  it("has many messages to be held against", () => expect(traced.length).toBeGreaterThan(90));

  it.each(traced)("is the same again after decoding %s", (hex) => {
    const [, unused] = excepted(hex) ?? [];
    const expected = unused === undefined ? hex : hex.replace(unused, "ffffffff");
    expect(toHex(encode(ApfMessage, decode(ApfMessage, fromHex(hex))))).toBe(expected);
  });
  it.each(exceptions)("still has to except %s (%s: %s)", (start) => {
    expect(traced.some((hex) => new RegExp(`^${start}`).test(hex))).toBe(true);
  });
});

describe("ApfMessage", () => {
  const withVector = vectors("apf").map(({ hex }) => hex.slice(0, 2));
  const types = Array.from({ length: 256 }, (_, type) => type).filter(isKnown);
  it("knows 21 types", () => expect(types).toHaveLength(21));
  it.each(types.map((type) => type.toString(16).padStart(2, "0")))("has a vector for its type %s", (type) => {
    expect(withVector).toContain(type);
  });

  it("keeps a message of a type that it does not know", () => {
    const message = fromHex("c800000042");
    const value = decode(ApfMessage, message);
    expect(value).toEqual({ kind: "unknown", type: 200, body: fromHex("00000042") });
    expect(encode(ApfMessage, value)).toEqual(message);
  });
  it("keeps a global request whose name it does not know", () => {
    const message = fromHex("500000000f6e6f2d737563682d7265717565737401000001");
    const value = decode(ApfMessage, message);
    expect(value).toEqual({
      kind: "globalRequest",
      request: { kind: "other", name: "no-such-request", wantReply: true, body: fromHex("000001") },
    });
    expect(encode(ApfMessage, value)).toEqual(message);
  });
  it("keeps an authentication method that it does not know", () => {
    const message = fromHex("3200000001610000000162000000097075626c69636b657901");
    const value = decode(ApfMessage, message);
    expect(value).toEqual({
      kind: "userauthRequest",
      user: "a",
      service: "b",
      method: { kind: "other", name: "publickey", body: fromHex("01") },
    });
    expect(encode(ApfMessage, value)).toEqual(message);
  });
  it("does not copy the bytes of channelData", () => {
    const message = fromHex("5e0000000300000003616263");
    const value = decode(ApfMessage, message);
    expect(value.kind === "channelData" && value.data.buffer === message.buffer).toBe(true);
  });

  it.each(
    [
      ["an empty message", "", "short", "", 0],
      ["data that says more than there is", "5e0000000300000004616263", "short", "<channelData>.data", 9],
      ["data that says less than there is", "5e0000000300000002616263", "trailing", "", 11],
      ["data whose length is 4 GiB", "5e00000003ffffffff616263", "short", "<channelData>.data", 9],
      ["a service of 19 bytes", `0500000013${"61".repeat(19)}`, "value", "<serviceRequest>.service", 1],
      ["a service that runs out", "050000001270667764", "short", "<serviceRequest>.service", 5],
      [
        "an address of 257 bytes",
        `500000000d${hex("tcpip-forward")}0100000101${"61".repeat(257)}00004260`,
        "value",
        "<globalRequest>.request<tcpipForward>.address",
        19,
      ],
      [
        "a request's name of 2049 bytes",
        `5000000801${"61".repeat(2049)}00`,
        "value",
        "<globalRequest>.request.name",
        1,
      ],
      ["a channel's type of 2049 bytes", `5a00000801${"61".repeat(2049)}`, "value", "<channelOpen>.type", 1],
      [
        "an originator that runs out",
        `5a0000000161${"00".repeat(12)}00000000000000000000000561`,
        "short",
        "<channelOpen>.originatorAddress",
        30,
      ],
      ["a version that is cut off", "c00000000100000000", "short", "<protocolVersion>.triggerReason", 9],
      ["three bytes of a port", "51000042", "short", "<requestSuccess>.port", 1],
      ["a byte after userauthSuccess", "3400", "trailing", "", 1],
    ] as const,
  )("refuses %s, and names the field", (_, message, reason, path, offset) => {
    let refusal: unknown;
    try {
      decode(ApfMessage, fromHex(message));
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(CodecError);
    expect(refusal).toMatchObject({ reason, path, offset });
  });
  it("does not write a string over its limit", () => {
    expect(() => encode(ApfMessage, { kind: "serviceAccept", service: "a".repeat(19) })).toThrow(CodecError);
  });
});

function isKnown(type: number): boolean {
  try {
    return decode(ApfMessage, Uint8Array.of(type)).kind !== "unknown";
  } catch {
    return true;
  }
}

function hex(text: string): string {
  return toHex(new TextEncoder().encode(text));
}
