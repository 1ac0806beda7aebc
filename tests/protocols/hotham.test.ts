import { describe, expect, it } from "vitest";
import { fromHex } from "../../core/binary/mod.ts";
import { HothamClient } from "../../protocols/hotham/mod.ts";
import { HOTHAM } from "../../protocols/mei/known_clients.ts";
import { SimulatedMei } from "../../simulator/mei.ts";
import { scriptedFirmware } from "./scripted_firmware.ts";

/** A header with code 0x10, success, as Intel LMS HOTHAMCommand.h has it. */
const success = "00100000";
const size = (bytes: number) => success + [0, 8, 16, 24].map((shift) => hex((bytes >>> shift) & 0xff)).join("");
const hex = (byte: number) => byte.toString(16).padStart(2, "0");

function hotham(...answers: (string | undefined)[]) {
  const { me, ...firmware } = scriptedFirmware(HOTHAM, answers);
  const client = new HothamClient(new SimulatedMei(me), { answerMs: 20 });
  return { ...firmware, client, openConnections: () => me.openConnections };
}

describe("HothamClient.flashLog", () => {
  it("asks for the size with the bytes that Intel LMS sends, then for the log", async () => {
    const { client, asked, connects, openConnections } = hotham(size(4), `${success}01020304`);
    expect(await client.flashLog()).toEqual({ ok: true, data: fromHex("01020304") });
    // The first was captured from Intel LMS 2506.
    expect(asked).toEqual(["06800000", "06810000"]);
    expect(connects()).toBe(1);
    await client[Symbol.asyncDispose]();
    expect(openConnections()).toBe(0);
  });
  it("takes a size of 16 bits, as rpc-go reads it", async () => {
    await using client = hotham(`${success}0400`, `${success}01020304`).client;
    expect(await client.flashLog()).toEqual({ ok: true, data: fromHex("01020304") });
  });
  it("leaves out what fills the buffer behind the log", async () => {
    await using client = hotham(size(2), success + "0102" + "00".repeat(8190)).client;
    expect(await client.flashLog()).toEqual({ ok: true, data: fromHex("0102") });
  });
  it("does not ask for a log without bytes", async () => {
    const { client, asked } = hotham(size(0));
    await using _client = client;
    expect(await client.flashLog()).toEqual({ ok: true, data: new Uint8Array(0) });
    expect(asked).toHaveLength(1);
  });
  it("gives a log of 8192 bytes", async () => {
    await using client = hotham(size(8192), success + "5a".repeat(8192)).client;
    expect(await client.flashLog()).toMatchObject({ ok: true, data: { length: 8192 } });
  });

  it.each([8193, 0xffff_ffff])("is malformed when the firmware tells of %i bytes, and asks for none", async (bytes) => {
    const { client, asked } = hotham(size(bytes));
    await using _client = client;
    expect(await client.flashLog()).toMatchObject({
      ok: false,
      kind: "malformed",
      reason: `the firmware tells of a log of ${bytes} bytes, more than 8192`,
    });
    expect(asked).toHaveLength(1);
  });
  it.each([["a byte too few", "010203"], ["nothing", ""]])("is malformed when the log has %s", async (_, bytes) => {
    await using client = hotham(size(4), success + bytes).client;
    expect(await client.flashLog()).toMatchObject({ ok: false, kind: "malformed" });
  });
  it.each([
    ["a size of 24 bits", `${success}000100`],
    ["a size of 40 bits", `${success}0001000000`],
    ["no size", success],
    ["half a header", "0010"],
  ])("is malformed when the answer has %s, and asks again over a new connection", async (_, bytes) => {
    const { client, connects } = hotham(bytes, size(0));
    await using _client = client;
    expect(await client.flashLog()).toMatchObject({ ok: false, kind: "malformed" });
    expect(await client.flashLog()).toMatchObject({ ok: true });
    expect(connects()).toBe(2);
  });

  it("is unsupported when a bare header ends with 89, as rpc-go has it", async () => {
    await using client = hotham("06800089").client;
    expect(await client.flashLog()).toMatchObject({ ok: false, kind: "unsupported", status: 0x89 });
  });
  it("is unsupported when the answer is empty", async () => {
    await using client = hotham("").client;
    expect(await client.flashLog()).toMatchObject({ ok: false, kind: "unsupported" });
  });
  it.each([["the size", ["00110000"]], ["the log", [size(4), "0011000000"]]])(
    "is refused when the answer to %s has another code",
    async (_, answers) => {
      await using client = hotham(...answers).client;
      expect(await client.flashLog()).toMatchObject({
        ok: false,
        kind: "refused",
        status: 0x11,
        reason: "the firmware refuses (code 11)",
      });
    },
  );
  it.each([["the size", [undefined, size(0)]], ["the log", [size(4), undefined, size(0)]]])(
    "is silent when no answer to %s comes, and asks again over a new connection",
    async (_, answers) => {
      const { client, connects } = hotham(...answers);
      await using _client = client;
      expect(await client.flashLog()).toMatchObject({ ok: false, kind: "silent" });
      expect(await client.flashLog()).toMatchObject({ ok: true });
      expect(connects()).toBe(2);
    },
  );
});
