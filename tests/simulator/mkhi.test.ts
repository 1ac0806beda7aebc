import { describe, expect, it } from "vitest";
import { decode, fromHex, toHex } from "../../core/binary/mod.ts";
import { MKHI, MKHI_FIXED } from "../../protocols/mei/known_clients.ts";
import { PlatformType } from "../../protocols/mkhi/mod.ts";
import { mkhi, mkhiFixed } from "../../simulator/clients/answering.ts";
import type { MkhiState } from "../../simulator/clients/mkhi.ts";
import type { FirmwareClient } from "../../simulator/firmware_client.ts";
import { createSimulator, profileNames } from "../../simulator/mod.ts";

const state: MkhiState = {
  versions: [{ major: 11, minor: 8, hotfix: 50, build: 3425, platform: 0 }],
  capable: ["CLS", "PAVP", "MEDAL"],
  enabled: ["CLS", "MEDAL"],
  platform: decode(PlatformType, fromHex("82030000")),
  isCsme: true,
};

/** What the client sends when these messages come one after another. */
async function answers(client: FirmwareClient, ...messages: string[]): Promise<string[]> {
  const sent: string[] = [];
  const session = client.open({ send: (message) => void sent.push(toHex(message)), disconnect: () => {} });
  for (const message of messages) await session.message(fromHex(message));
  return sent;
}

describe("MKHI", () => {
  const client = mkhi(state);
  it("answers the firmware version in the order minor, major, build, hotfix", async () => {
    // One block of the answer of an ME 11.8.50.
    expect(await answers(client, "ff020000")).toEqual(["ff820000" + "08000b00610d3200"]);
  });
  it.each([
    // The ME 11.8.50 answered rule 0 with 03820000000000000440111031, of which the three named bits are here.
    ["what the platform can have", "0302000000000000", "038200000000000004" + "40101000"],
    ["what is switched on", "0302000020000000", "038200002000000004" + "40001000"],
    ["what can be used", "0302000027000000", "038200002700000004" + "40001000"],
    ["the platform type", "030200001d000000", "038200001d00000004" + "82030000"],
    ["whether the firmware may be updated", "0302000007000000", "038200000700000004" + "01000000"],
    ["how far the host has booted", "ff0a0000", "ff8a0000" + "0300000000000000"],
    ["whether the boot was measured", "ff230000", "ffa3000000"],
    ["whether the host may write the flash", "05030000", "0583000000000000"],
  ])("answers %s", async (_, request, answer) => expect(await answers(client, request)).toEqual([answer]));

  it.each(["0302000027000000", "ff0a0000", "ff1d0000", "ff230000", "05030000"])(
    "does not know %s when it is older than CSME",
    async (request) => {
      const [answer] = await answers(mkhi({ ...state, isCsme: false }), request);
      expect(answer).toMatch(/^[0-9a-f]{4}00(89|8d)$/);
    },
  );
  it.each([["ff550000", "ffd5008d"], ["ff18000000", "ff98008d"], ["030300000700000004010000", "0383008d"]])(
    "answers %s, which it does not know, with result 8D, invalid command",
    async (request, answer) => expect(await answers(client, request)).toEqual([answer]),
  );
  it.each(["0302000099000000", "03020000", "0302000000000001"])(
    "answers %s, a rule that it does not have, with result 89, not supported",
    async (request) => expect(await answers(client, request)).toEqual(["03820089"]),
  );
  it("leaves the kernel's OS version unanswered", async () => {
    expect(await answers(client, "0306000000001000080000000002000000")).toEqual([]);
  });
  it("answers less than a header with an empty message", async () => {
    expect(await answers(client, "414200", "")).toEqual(["", ""]);
  });
  it("answers the same at its fixed address", async () => {
    expect(await answers(mkhiFixed(state), "0302000000000000")).toEqual(await answers(client, "0302000000000000"));
    expect(mkhiFixed(state).properties).toMatchObject({ guid: MKHI_FIXED, fixedAddress: 7 });
  });
});

describe("a profile's MKHI", () => {
  const bitmap = async (name: string, rule: string) => {
    const [answer] = await answers(createSimulator(name).me.client(MKHI)!, `03020000${rule}`);
    return answer!.slice(18);
  };

  it.each([
    ["activated", "64103600", "64103600", "81140000"],
    ["unprovisioned", "64103600", "64103600", "81140000"],
    ["acm", "64103600", "64103600", "81140000"],
    ["disabled", "64103600", "60103000", "81140000"],
    ["no-amt", "40101000", "40101000", "82030000"],
    ["legacy", "04102600", "04102600", "81140000"],
    ["tls-only", "64103600", "64103600", "82140000"],
  ])("%s says capable %s, enabled %s, platform type %s", async (name, capable, enabled, platform) => {
    expect(await bitmap(name, "00000000")).toBe(capable);
    expect(await bitmap(name, "20000000")).toBe(enabled);
    expect(await bitmap(name, "1d000000")).toBe(platform);
  });

  it.each(profileNames)(
    "%s is capable of AMT where the firmware is not consumer's, enabled where AMT is",
    async (name) => {
      const { profile, clients } = createSimulator(name).me;
      const amt = async (rule: string) => (Number.parseInt((await bitmap(name, rule)).slice(0, 2), 16) & 4) !== 0;
      expect(await amt("00000000")).toBe(((profile.firmwareStatus[2]! >>> 4) & 7) !== 2);
      expect(await amt("20000000")).toBe(clients.some(({ properties }) => properties.guid.startsWith("12f80028")));
    },
  );
});
