import { describe, expect, it } from "vitest";
import type { ApfChannel } from "../../protocols/apf/mod.ts";
import { greeted } from "./lme_firmware.ts";

describe("ApfSession.onIncoming", () => {
  const event = "5a0000000c6469726563742d74637069700000001400001000ffffffff000000096c6f63616c686f7374" +
    "00000000000000096c6f63616c686f737400000000";
  it("refuses all when there is none", async () => {
    const { firmware, session } = await greeted();
    await using _session = session;
    firmware.say(event);
    expect(await firmware.hear("channelOpenFailure")).toMatchObject({ recipient: 20, reason: 1 });
  });
  it("is told where it shall lead, and can refuse", async () => {
    const asked: unknown[] = [];
    const { firmware, session } = await greeted({ onIncoming: (request) => void asked.push(request) });
    await using _session = session;
    firmware.say(event);
    expect(await firmware.hear("channelOpenFailure")).toMatchObject({ recipient: 20, reason: 1 });
    expect(asked).toEqual([{ address: "localhost", port: 0, originatorAddress: "localhost", originatorPort: 0 }]);
  });
  it("gets the channel when it accepts", async () => {
    const taken: ApfChannel[] = [];
    const { firmware, session } = await greeted({ onIncoming: () => (channel) => void taken.push(channel) });
    await using _session = session;
    firmware.say(event);
    const { sender, recipient } = await firmware.hear("channelOpenConfirmation");
    expect(recipient).toBe(20);
    firmware.say({ kind: "channelData", recipient: sender, data: Uint8Array.of(1, 2) });
    expect(await taken[0]!.read()).toEqual(Uint8Array.of(1, 2));
    await taken[0]!.write(Uint8Array.of(3));
    expect(await firmware.hear("channelData")).toMatchObject({ recipient: 20, data: Uint8Array.of(3) });
  });
  it("is not asked for another type than direct-tcpip", async () => {
    const { firmware, session } = await greeted({ onIncoming: () => () => {} });
    await using _session = session;
    firmware.say(event.replace("0000000c6469726563742d7463706970", "0000000773657373696f6e"));
    expect(await firmware.hear("channelOpenFailure")).toMatchObject({ recipient: 20, reason: 3 });
  });
  it("is not asked for the 33rd at a time", async () => {
    const { firmware, session } = await greeted({ onIncoming: () => () => {} });
    await using _session = session;
    for (let i = 0; i < 32; i++) {
      firmware.say(event);
      await firmware.hear("channelOpenConfirmation");
    }
    firmware.say(event);
    expect(await firmware.hear("channelOpenFailure")).toMatchObject({ reason: 4 });
    firmware.say({ kind: "channelClose", recipient: 1 });
    await firmware.hear("channelClose");
    firmware.say(event);
    await firmware.hear("channelOpenConfirmation");
  });
});
