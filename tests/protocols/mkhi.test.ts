import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Codec, decode, encode, fromHex, toHex } from "../../core/binary/mod.ts";
import { MKHI, MKHI_FIXED } from "../../protocols/mei/known_clients.ts";
import {
  EndOfPost,
  featureBitmap,
  featureNames,
  GetBootState,
  GetCapableFeatures,
  GetFirmwareVersion,
  GetImageFirmwareVersion,
  GetPlatformType,
  hasFeature,
  machinesOf,
  MkhiClient,
  mkhiRequest,
  mkhiResponse,
  mkhiResultText,
  PlatformType,
  SetFirmwareUpdateState,
} from "../../protocols/mkhi/mod.ts";
import { SimulatedMei } from "../../simulator/mei.ts";
import { scriptedFirmware } from "./scripted_firmware.ts";

/** Captured from an ME 11.8.50: the answer to rule 0. */
const capable = "03820000000000000440111031";

function mkhi(...answers: (string | undefined)[]) {
  const { me, ...firmware } = scriptedFirmware(MKHI, answers);
  const client = new MkhiClient(new SimulatedMei(me), { answerMs: 20 });
  return { ...firmware, client, openConnections: () => me.openConnections };
}

describe("MkhiClient.call", () => {
  it("gives the data of several answers over one connection, which it ends", async () => {
    const { client, asked, connects, openConnections } = mkhi(capable, "ff82000008000b00610d3200");
    expect(await client.call(GetCapableFeatures, {})).toEqual({ ok: true, data: 0x31101140 });
    expect(await client.call(GetFirmwareVersion, {})).toMatchObject({ ok: true, data: { versions: [{ major: 11 }] } });
    expect(asked).toEqual(["0302000000000000", "ff020000"]);
    expect(connects()).toBe(1);
    await client[Symbol.asyncDispose]();
    expect(openConnections()).toBe(0);
  });

  it.each([["0382008d", 0x8d], ["03820089", 0x89], ["0382000b", 0x0b], ["0382008d0000000000", 0x8d]])(
    "is unsupported when the firmware answers %s",
    async (answer, status) => {
      await using client = mkhi(answer).client;
      expect(await client.call(GetCapableFeatures, {})).toMatchObject({ ok: false, kind: "unsupported", status });
    },
  );
  it.each([["03820088", "the firmware is not ready (result 88)"], ["03820077", "result 77"]])(
    "is refused when the firmware answers %s",
    async (answer, reason) => {
      await using client = mkhi(answer).client;
      expect(await client.call(GetCapableFeatures, {})).toMatchObject({ ok: false, kind: "refused", reason });
    },
  );
  it("is unsupported when the answer is empty", async () => {
    await using client = mkhi("").client;
    expect(await client.call(GetCapableFeatures, {})).toMatchObject({ ok: false, kind: "unsupported" });
  });

  it.each([
    ["to another command", "ff82000008000b00610d3200"],
    ["that is a request", "0302000000000000"],
    ["to another rule", "03820000200000000440111031"],
    ["half a header long", "0382"],
    ["without data", "03820000"],
    ["whose length is more than there is", "03820000000000000840111031"],
    ["whose length is less than there is", "03820000000000000240111031"],
    ["with bytes after its end", `${capable}00`],
  ])("is malformed when the answer is one %s, and asks again over a new connection", async (_, answer) => {
    const { client, connects } = mkhi(answer, capable);
    await using _client = client;
    expect(await client.call(GetCapableFeatures, {})).toMatchObject({ ok: false, kind: "malformed" });
    expect(await client.call(GetCapableFeatures, {})).toEqual({ ok: true, data: 0x31101140 });
    expect(connects()).toBe(2);
  });
  it("names the field and the byte when an answer is malformed", async () => {
    await using client = mkhi("ff8a000003000000").client;
    expect(await client.call(GetBootState, {})).toHaveProperty(
      "reason",
      "the firmware's answer does not fit: .data.padding: needs 4 bytes, 0 left at byte 8",
    );
  });
  it("is malformed when a list runs on past the message", async () => {
    await using client = mkhi("ff9c0000ffffffff" + "00".repeat(88)).client;
    const outcome = await client.call(GetImageFirmwareVersion, { partition: 0 });
    expect(outcome).toMatchObject({ ok: false, kind: "malformed", reason: expect.stringContaining("partitions[1]") });
  });

  it("is silent when no answer comes, and asks again over a new connection", async () => {
    const { client, connects } = mkhi(undefined, capable);
    await using _client = client;
    expect(await client.call(GetBootState, {})).toMatchObject({ ok: false, kind: "silent" });
    expect(await client.call(GetCapableFeatures, {})).toMatchObject({ ok: true });
    expect(connects()).toBe(2);
  });
  it.each([["SetFirmwareUpdateState", SetFirmwareUpdateState, "enabled"], ["EndOfPost", EndOfPost, {}]] as const)(
    "rejects with indeterminate when the answer to %s is lost",
    async (_, message, request) => {
      await using client = mkhi(undefined).client;
      await expect(client.call<typeof request, unknown>(message, request)).rejects.toMatchObject({
        code: "indeterminate",
      });
    },
  );
  it("rejects with cancelled when the signal ends the wait", async () => {
    const { me } = scriptedFirmware(MKHI, []);
    await using client = new MkhiClient(new SimulatedMei(me), { answerMs: 60_000 });
    const stop = new AbortController();
    const outcome = client.call(GetBootState, {}, { signal: stop.signal });
    stop.abort();
    await expect(outcome).rejects.toMatchObject({ code: "cancelled" });
    expect(me.openConnections).toBe(0);
  });
});

describe("mkhiResultText", () => {
  it.each([
    [0x8d, "the firmware does not know this command (result 8D)"],
    [0x02, "the message was skipped (result 02)"],
    [0x42, "result 42"],
  ])("says what %i means", (result, text) => expect(mkhiResultText(result)).toBe(text));
});

describe("featureNames", () => {
  // Captured from an ME 11.8.50 without AMT: rules 0 and 32.
  it.each([0x31101140, 0x11101140])("names the bits of a captured bitmap that have a name", (bitmap) => {
    expect(featureNames(bitmap)).toEqual(["CLS", "PAVP", "MEDAL"]);
    expect(hasFeature(bitmap, "AMT")).toBe(false);
  });
  it("takes bit 2 for AMT, and bit 31 for nothing", () => {
    expect(featureNames(0x8000_0004)).toEqual(["AMT"]);
  });
  it("names all that featureBitmap makes", () => {
    expect(featureNames(0xffff_ffff)).toHaveLength(10);
    expect(featureBitmap(featureNames(0xffff_ffff))).toBe(0x0076_5064);
  });
});

describe("PlatformType", () => {
  it.each([
    ["81140000", ["mobile"], { brand: 1, imageType: 4 }],
    ["82030000", ["desktop"], { brand: 0, imageType: 3 }],
    ["89240000", ["mobile", "workstation"], { brand: 2, imageType: 4 }],
    ["00790000", [], { brand: 7, imageType: 9 }],
  ])("reads %s", (hex, machines, numbers) => {
    const platform = decode(PlatformType, fromHex(hex));
    expect(platform).toMatchObject(numbers);
    expect(machinesOf(platform)).toEqual(machines);
  });
  it("keeps the bits without a name", () => {
    expect(toHex(encode(PlatformType, decode(PlatformType, fromHex("ffffffff"))))).toBe("ffffffff");
  });
  it("reads the rule's answer bit by bit", () => {
    const { data } = decode(mkhiResponse(GetPlatformType), fromHex("038200001d0000000481140000"));
    expect(data).toMatchObject({ mobile: 1, desktop: 0, productionSigned: 1, imageType: 4, brand: 1 });
  });
});

// deno-lint-ignore no-process-global
const fixtures = process.env.AMTCTL_FIXTURES;
const folder = fixtures === undefined ? undefined : join(fixtures, "peer-traces");
const why = folder === undefined ? " (skipped: AMTCTL_FIXTURES does not say where the traces are)" : "";

describe.skipIf(folder === undefined)(`mkhiRequest and the requests of other programs${why}`, () => {
  /** metee's tests send these 3 bytes to any client; they are no message of MKHI. */
  const noMessages = ["414200"];
  const layouts = new Map<string, Codec<unknown>>([["ff02", mkhiRequest(GetFirmwareVersion)]]);
  const requests = new Map<string, string>();
  for (const trace of folder === undefined ? [] : readdirSync(folder).filter((name) => name.endsWith(".ndjson"))) {
    for (const line of readFileSync(join(folder!, trace), "utf8").split("\n").filter((text) => text !== "")) {
      const { dir, guid, hex } = JSON.parse(line) as { dir: string; guid: string; hex: string };
      if (dir === "host->fw" && (guid === MKHI || guid === MKHI_FIXED)) requests.set(`${trace}: ${hex}`, hex);
    }
  }
  const messages = [...requests].filter(([, hex]) => !noMessages.includes(hex));

  it("find some, and nothing that is not looked at", () => {
    expect(messages.length).toBeGreaterThanOrEqual(4);
    expect(messages.filter(([, hex]) => !layouts.has(hex.slice(0, 4)))).toEqual([]);
  });
  it.each(messages)("gives the bytes of %s again", (_, hex) => {
    const layout = layouts.get(hex.slice(0, 4))!;
    expect(toHex(encode(layout, decode(layout, fromHex(hex))))).toBe(hex);
  });
});
