import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/binary/mod.ts";
import { amthi } from "../../simulator/clients/amthi.ts";
import { mkhi } from "../../simulator/clients/mkhi.ts";
import { csmeClients, lme } from "../../simulator/clients/quiet.ts";
import { watchdog } from "../../simulator/clients/watchdog.ts";
import type { FirmwareClient } from "../../simulator/firmware_client.ts";

/** What the client sends when these messages come one after another. */
function answers(client: FirmwareClient, ...messages: string[]): string[] {
  const sent: string[] = [];
  const session = client.open({ send: (message) => void sent.push(toHex(message)), disconnect: () => {} });
  for (const message of messages) session.message(fromHex(message));
  return sent;
}

describe("AMTHI", () => {
  const client = amthi({
    codeVersions: { bios: "B", versions: [{ name: "AMT", version: "1.2.3" }] },
    provisioningState: "in",
    controlMode: "client",
  });
  it("answers GetProvisioningState as hardware does, with its own state", () => {
    // ME 11.8.93 answered 0101000011008004080000000000000000000000 when it was not set up.
    expect(answers(client, "010100001100000400000000")).toEqual(["0101000011008004080000000000000001000000"]);
  });
  it("answers GetCodeVersions with the length of its entries", () => {
    const [answer] = answers(client, "010100001a00000400000000");
    expect(answer).toHaveLength(2 * (12 + 4 + 65 + 4 + 44));
    expect(answer!.slice(0, 32)).toBe("010100001a0080047500000000000000");
  });
  it("goes by the length field when bytes follow it", () => {
    expect(answers(client, "010100001100000400000000" + "ffffff")).toEqual(answers(client, "010100001100000400000000"));
  });
  it.each([
    ["a command that it does not know", "010100005b00000400000000"],
    ["less data than the header says", "010100001100000404000000"],
    ["half a header", "0101000011"],
    ["nothing", ""],
  ])("answers %s with an empty message", (_, message) => expect(answers(client, message)).toEqual([""]));
});

describe("MKHI", () => {
  const client = mkhi([{ major: 11, minor: 8, hotfix: 50, build: 3425, platform: 0 }]);
  it("answers the firmware version in the order minor, major, build, hotfix", () => {
    // One block of the answer of an ME 11.8.50.
    expect(answers(client, "ff020000")).toEqual(["ff820000" + "08000b00610d3200"]);
  });
  it("answers other commands with result 8D, invalid command", () => {
    expect(answers(client, "0302000000000000")).toEqual(["0382008d"]);
  });
  it("leaves the kernel's OS version unanswered", () => {
    expect(answers(client, "0306000000001000080000000002000000")).toEqual([]);
  });
  it("answers less than a header with an empty message", () => {
    expect(answers(client, "414200")).toEqual([""]);
  });
});

describe("the watchdog", () => {
  const start = "02151310" + "7800" + "00".repeat(17);
  const stop = "02021410";
  it("acknowledges start and ping when its protocol version is 2", () => {
    // Status 0, state 0: required. Layout of Linux drivers/watchdog/mei_wdt.c.
    expect(answers(watchdog(2), start, start)).toEqual(["020483100000", "020483100000"]);
  });
  it("acknowledges the shorter start of old kernels too", () => {
    expect(answers(watchdog(2), "02121310" + "7800" + "00".repeat(14))).toHaveLength(1);
  });
  it("acknowledges nothing when its protocol version is 1", () => {
    expect(answers(watchdog(1), start, stop)).toEqual([]);
  });
  it("does not answer a stop, another command or half a message", () => {
    expect(answers(watchdog(2), stop, "05025110", "02", "")).toEqual([]);
  });
});

describe("LME", () => {
  it("has protocol version 4, which lms8 insists on, and answers nothing", () => {
    expect(lme(4104).properties).toMatchObject({ protocolVersion: 4, maxMessageLength: 4104, maxConnections: 1 });
    expect(answers(lme(4104), "c0" + "00".repeat(92))).toEqual([]);
  });
});

describe("csmeClients", () => {
  it("leaves HOTHAM out", () => {
    const guids = csmeClients().map(({ properties }) => properties.guid);
    expect(guids).not.toContain("082ee5a7-7c25-470a-9643-0c06f0466ea1");
    expect(new Set(guids).size).toBe(guids.length);
  });
});
