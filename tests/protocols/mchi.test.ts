import { describe, expect, it } from "vitest";
import { fromHex } from "../../core/binary/mod.ts";
import { MchiClient } from "../../protocols/mchi/mod.ts";
import { MCHI } from "../../protocols/mei/known_clients.ts";
import { SimulatedMei } from "../../simulator/mei.ts";
import { scriptedFirmware } from "./scripted_firmware.ts";

const part = { file: 0x4000_2300, offset: 0, size: 0x40 };
/** Captured by fwupd from a Tiger Lake-LP machine. */
const request = "0a0a000000230040000000004000000000";
const contents = "f0d15263b354b01b2f32d95c5572eb3df49f516c343b890fe1929964995a554b12c7f2699f25a8cb66d8633c3542f226";
const answer = `0a8a000030000000${contents}`;

function mchi(...answers: (string | undefined)[]) {
  const { me, ...firmware } = scriptedFirmware(MCHI, answers);
  const client = new MchiClient(new SimulatedMei(me), { answerMs: 20 });
  return { ...firmware, client, openConnections: () => me.openConnections };
}

describe("MchiClient.readFile", () => {
  it("sends the captured request and gives the data of the captured answer", async () => {
    const { client, asked, openConnections } = mchi(answer);
    expect(await client.readFile(part)).toEqual({ ok: true, data: fromHex(contents) });
    expect(asked).toEqual([request]);
    await client[Symbol.asyncDispose]();
    expect(openConnections()).toBe(0);
  });
  it.each([
    ["0a8a0003", "refused", "there is no such file (result 03)"],
    ["0a8a0012", "refused", "result 12"],
    ["0a8a008d", "unsupported", "the firmware does not know this command (result 8D)"],
    ["", "unsupported", "the firmware's answer is empty"],
  ])("tells what is wrong when the firmware answers %s", async (bytes, kind, reason) => {
    await using client = mchi(bytes).client;
    expect(await client.readFile(part)).toMatchObject({ ok: false, kind, reason });
  });
  it.each([
    ["to another command", answer.replace("0a8a", "0a82")],
    ["whose size is more than there is", answer.replace("30000000", "31000000")],
    ["whose size is less than there is", answer.replace("30000000", "2f000000")],
    ["with more than was asked for", `0a8a000041000000${"00".repeat(0x41)}`],
    ["without a size", "0a8a0000"],
  ])("is malformed when the answer is one %s, and asks again over a new connection", async (_, bytes) => {
    const { client, connects } = mchi(bytes, answer);
    await using _client = client;
    expect(await client.readFile(part)).toMatchObject({ ok: false, kind: "malformed" });
    expect(await client.readFile(part)).toMatchObject({ ok: true });
    expect(connects()).toBe(2);
  });
  it("is silent when no answer comes, and asks again over a new connection", async () => {
    const { client, connects } = mchi(undefined, answer);
    await using _client = client;
    expect(await client.readFile(part)).toMatchObject({ ok: false, kind: "silent" });
    expect(await client.readFile(part)).toMatchObject({ ok: true });
    expect(connects()).toBe(2);
  });
});
