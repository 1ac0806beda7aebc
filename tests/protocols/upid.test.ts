import { describe, expect, it } from "vitest";
import { fromHex } from "../../core/binary/mod.ts";
import { UPID } from "../../protocols/mei/known_clients.ts";
import { GetFeatureState, GetPlatformId, platformIdText, UpidClient } from "../../protocols/upid/mod.ts";
import { SimulatedMei } from "../../simulator/mei.ts";
import { scriptedFirmware } from "./scripted_firmware.ts";

const oem = "aa".repeat(32);
const csme = "bb".repeat(32);
/** The answer in rpc-go's own test (pkg/upid/commands_test.go). */
const answer = `000548000000000001000000${oem}${csme}`;

function upid(...answers: (string | undefined)[]) {
  const { me, ...firmware } = scriptedFirmware(UPID, answers);
  const client = new UpidClient(new SimulatedMei(me), { answerMs: 20 });
  return { ...firmware, client, openConnections: () => me.openConnections };
}

describe("UpidClient.call", () => {
  it("gives the platform id, and ends its connection", async () => {
    const { client, asked, openConnections } = upid(answer, "000105000000000000");
    expect(await client.call(GetPlatformId)).toEqual({
      ok: true,
      data: { type: "binary", oemId: fromHex(oem), csmeId: fromHex(csme) },
    });
    expect(await client.call(GetFeatureState)).toEqual({ ok: true, data: { state: "disabled" } });
    expect(asked).toEqual(["00050000", "00010000"]);
    await client[Symbol.asyncDispose]();
    expect(openConnections()).toBe(0);
  });

  it("is unsupported when the status says that the feature is not", async () => {
    await using client = upid("0005040001000000").client;
    expect(await client.call(GetPlatformId)).toMatchObject({ ok: false, kind: "unsupported", status: 1 });
  });
  it.each([
    ["0005040007000000", "the firmware's state does not allow it, or the platform id is switched off (status 7)"],
    ["000504002a000000", "status 42"],
    // rpc-go's test of a machine that was not provisioned: success, and nothing behind it.
    ["0005040000000000", "this machine was not given one"],
  ])("is refused when the firmware answers %s", async (bytes, reason) => {
    await using client = upid(bytes).client;
    expect(await client.call(GetPlatformId)).toMatchObject({ ok: false, kind: "refused", reason });
  });
  it("is unsupported when the answer is empty", async () => {
    await using client = upid("").client;
    expect(await client.call(GetPlatformId)).toMatchObject({ ok: false, kind: "unsupported" });
  });

  it.each([
    ["to another command", answer.replace("0005", "0001")],
    ["of another feature", answer.replace("0005", "0105")],
    ["whose length is more than there is", answer.replace("4800", "4900")],
    ["whose length is less than there is", answer.replace("4800", "4700")],
    ["that ends inside the id", `000547000000000001000000${oem}${csme.slice(2)}`],
    ["with bytes after the id", `000549000000000001000000${oem}${csme}00`],
    ["without a status", "000500000000"],
    ["half a header long", "0005"],
  ])("is malformed when the answer is one %s, and asks again over a new connection", async (_, bytes) => {
    const { client, connects } = upid(bytes, answer);
    await using _client = client;
    expect(await client.call(GetPlatformId)).toMatchObject({ ok: false, kind: "malformed" });
    expect(await client.call(GetPlatformId)).toMatchObject({ ok: true });
    expect(connects()).toBe(2);
  });
  it("is silent when no answer comes, and asks again over a new connection", async () => {
    const { client, connects } = upid(undefined, answer);
    await using _client = client;
    expect(await client.call(GetPlatformId)).toMatchObject({ ok: false, kind: "silent" });
    expect(await client.call(GetPlatformId)).toMatchObject({ ok: true });
    expect(connects()).toBe(2);
  });
});

describe("platformIdText", () => {
  const csmeId = fromHex("123456789abcdef01122334455667788aabbccddeeff00112233445566778899");
  const padded = (text: string) => Uint8Array.from({ length: 32 }, (_, i) => text.charCodeAt(i) || 0);

  // The three ids of rpc-go's own tests, with what it prints of them.
  it("leaves the manufacturer's part empty when it is zero", () => {
    expect(platformIdText({ type: "notSet", oemId: new Uint8Array(32), csmeId })).toEqual({
      oemId: "",
      csmeId: "123456789ABCDEF01122334455667788AABBCCDDEEFF00112233445566778899",
    });
  });
  it("gives upper-case hex when the part is binary", () => {
    const oemId = Uint8Array.of(0xab, ...new Uint8Array(31));
    expect(platformIdText({ type: "binary", oemId, csmeId }).oemId).toBe("AB" + "00".repeat(31));
  });
  it("gives hex when the part is said to be a text and cannot be printed", () => {
    const oemId = fromHex("abcdef0123456789fedcba9876543210112233445566778899aabbccddeeff00");
    expect(platformIdText({ type: "text", oemId, csmeId }).oemId).toBe(
      "ABCDEF0123456789FEDCBA9876543210112233445566778899AABBCCDDEEFF00",
    );
  });

  it("gives the text when the part is one", () => {
    expect(platformIdText({ type: "text", oemId: padded("ACME-0042"), csmeId }).oemId).toBe("ACME-0042");
  });
  it("gives the text when it fills the field", () => {
    expect(platformIdText({ type: "text", oemId: padded("x".repeat(32)), csmeId }).oemId).toBe("x".repeat(32));
  });
  it.each(["a\u0000b", "a\u001b[31m"])("gives hex when a control character is in the text", (text) => {
    expect(platformIdText({ type: "text", oemId: padded(text), csmeId }).oemId).toMatch(/^61[0-9A-F]{62}$/);
  });
  it("gives hex when the type is one without a name", () => {
    expect(platformIdText({ type: 3, oemId: padded("ACME"), csmeId }).oemId).toMatch(/^41434D45(00){28}$/);
  });
});
