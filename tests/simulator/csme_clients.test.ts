import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/binary/mod.ts";
import { GetPlatformId, UpidClient } from "../../protocols/upid/mod.ts";
import { HothamClient } from "../../protocols/hotham/mod.ts";
import { HOTHAM, MCHI, UPID } from "../../protocols/mei/known_clients.ts";
import { hotham, mchi, upid } from "../../simulator/clients/answering.ts";
import type { UpidState } from "../../simulator/clients/upid.ts";
import type { FirmwareClient } from "../../simulator/firmware_client.ts";
import { createSimulator, profileNames } from "../../simulator/mod.ts";

/** What the client sends when these messages come one after another. */
async function answers(client: FirmwareClient, ...messages: string[]): Promise<string[]> {
  const sent: string[] = [];
  const session = client.open({ send: (message) => void sent.push(toHex(message)), disconnect: () => {} });
  for (const message of messages) await session.message(fromHex(message));
  return sent;
}

describe("UPID", () => {
  const state: UpidState = {
    enabled: true,
    osControl: false,
    id: { type: "binary", oemId: fromHex("aa".repeat(32)), csmeId: fromHex("bb".repeat(32)) },
  };
  it("answers the platform id with the 76 bytes of rpc-go's test", async () => {
    const answer = `000548000000000001000000${"aa".repeat(32)}${"bb".repeat(32)}`;
    expect(await answers(upid(state), "00050000")).toEqual([answer]);
  });
  it.each([["00000000", "000005000000000003"], ["00010000", "000105000000000001"], ["00030000", "000305000000000000"]])(
    "answers %s with one byte behind the status",
    async (request, answer) => expect(await answers(upid(state), request)).toEqual([answer]),
  );
  it("refuses the platform id with status 7 when it is switched off", async () => {
    expect(await answers(upid({ ...state, enabled: false }), "00050000", "00010000")).toEqual([
      "0005040007000000",
      "000105000000000000",
    ]);
  });
  it.each([
    ["a command that it does not know", "00090000", "0009040001000000"],
    ["a length that is not there", "00050100", "0005040002000000"],
    ["bytes that the length leaves out", "0005000000", "0005040002000000"],
    ["half a header", "0005", ""],
    ["nothing", "", ""],
  ])("refuses %s", async (_, request, answer) => expect(await answers(upid(state), request)).toEqual([answer]));
});

describe("HOTHAM", () => {
  const client = hotham("log\n");
  it("has the sizes of the client of an ME 11.8.50", () => {
    expect(client.properties).toMatchObject({ protocolVersion: 0, maxMessageLength: 8196, maxConnections: 1 });
  });
  it("answers what Intel LMS sends with code 10 and a size that LMS and rpc-go can read", async () => {
    expect(await answers(client, "06800000")).toEqual(["0010000004000000"]);
  });
  it("answers the log behind a header", async () => {
    expect(await answers(client, "06810000")).toEqual(["001000006c6f670a"]);
  });
  it.each([["06900000", "06900089"], ["0680", ""], ["", ""]])("answers %s at once too", async (request, answer) => {
    expect(await answers(client, request)).toEqual([answer]);
  });
});

describe("MCHI", async () => {
  // Requests captured by fwupd; there too the first two files are the same and the third is 48 zeros.
  const [first, second, third] = await answers(
    mchi(),
    "0a0a000000230040000000004000000000",
    "0a0a0000005b0040000000004000000000",
    "0a0a0000005c0040000000004000000000",
  );
  it("answers the three files of fwupd's capture with 48 bytes", () => {
    expect(first).toMatch(/^0a8a000030000000[0-9a-f]{96}$/);
    expect(second).toBe(first);
    expect(third).toBe("0a8a000030000000" + "00".repeat(48));
  });
  it.each([
    ["the part of the file that is there", "0a0a0000002300402e0000004000000000", "0a8a0000020000002f30"],
    ["nothing of a file behind its end", "0a0a000000230040ffffffffffffffff00", "0a8a000000000000"],
    ["no file that there is not", "0a0a000001000000000000000100000000", "0a8a0003"],
    ["no other command", "0a020000", "0a82008d"],
    ["no request with bytes missing", "0a0a00000023004000000000400000", "0a8a008d"],
    ["less than a header with an empty message", "0a0a", ""],
  ])("answers %s", async (_, request, answer) => expect(await answers(mchi(), request)).toEqual([answer]));
});

describe("a profile", () => {
  it.each(profileNames)("%s offers UPID and MCHI where the firmware is CSME, and HOTHAM with AMT 19", (name) => {
    const { me } = createSimulator(name);
    expect(me.client(UPID) !== undefined).toBe(name !== "legacy");
    expect(me.client(MCHI) !== undefined).toBe(name !== "legacy");
    expect(me.client(HOTHAM) !== undefined).toBe(name === "tls-only");
  });
  it.each([["activated", "binary"], ["no-amt", "notSet"], ["tls-only", "text"]])(
    "%s has a platform id whose type is %s",
    async (name, type) => {
      await using client = new UpidClient(createSimulator(name).mei);
      expect(await client.call(GetPlatformId)).toMatchObject({ ok: true, data: { type } });
    },
  );
  it("tls-only tells its flash log", async () => {
    await using client = new HothamClient(createSimulator("tls-only").mei);
    const log = await client.flashLog();
    expect(log.ok && new TextDecoder().decode(log.data)).toBe("SIMU19 flash log 0001 0002 0003\n");
  });
});
