import { describe, expect, it } from "vitest";
import { toHex } from "../../core/binary/mod.ts";
import { ApfSession } from "../../protocols/apf/mod.ts";
import { ManualClock } from "../fakes/clock.ts";
import { greeted, LmeFirmware, opened, settled } from "./lme_firmware.ts";

function hex(text: string): string {
  return toHex(new TextEncoder().encode(text));
}

/** With a channel whose number is 1 on our side, 0 on the firmware's, and whose windows are 65392 and 4096 bytes. */
const bad: [what: string, message: string, field: string | undefined][] = [
  ["data whose length is beyond the frame", "5e0000000100000004616263", "<channelData>.data"],
  ["data whose length is 4 GiB", "5e00000001ffffffff616263", "<channelData>.data"],
  ["data that is longer than it says", "5e0000000100000002616263", ""],
  ["a head of data that is cut off", "5e00000001", "<channelData>.data"],
  ["a window that would not fit 32 bits", "5d00000001fffff000", "<channelWindowAdjust>.bytesToAdd"],
  ["a window adjustment that is cut off", "5d000000010000", "<channelWindowAdjust>.bytesToAdd"],
  ["a CLOSE that is cut off", "610000", "<channelClose>.recipient"],
  ["a confirmation that is cut off", "5b000000010000000000", "<channelOpenConfirmation>.windowBytes"],
  ["a refusal that is cut off", "5c0000000100000001", "<channelOpenFailure>.unused"],
  ["a version that is cut off", "c0000000010000", "<protocolVersion>.minor"],
  ["a type of 2049 bytes", `5a00000801${"61".repeat(2049)}`, "<channelOpen>.type"],
  ["a type that runs out", "5a0000000c6469", "<channelOpen>.type"],
  [
    "an address of 257 bytes",
    `5a0000000161${"00".repeat(12)}00000101${"61".repeat(257)}`,
    "<channelOpen>.address",
  ],
  ["a service of 19 bytes", `0500000013${"61".repeat(19)}`, "<serviceRequest>.service"],
  ["a user of 2049 bytes", `3200000801${"61".repeat(2049)}`, "<userauthRequest>.user"],
  [
    "a forward whose address runs out",
    `500000000d${hex("tcpip-forward")}0100000010616d74`,
    "<globalRequest>.request<tcpipForward>.address",
  ],
  [
    "a forward without its port",
    `500000000d${hex("tcpip-forward")}0100000003616d74`,
    "<globalRequest>.request<tcpipForward>.port",
  ],
  [
    "a datagram that runs out",
    `5000000019${hex("udp-send-to@amt.intel.com")}0000000000000000010000000000000001000005dc00`,
    "<globalRequest>.request<udpSendTo>.data",
  ],
  ["a DISCONNECT that is cut off", "0100000002", "<disconnect>.unused"],
  ["a keep-alive that is cut off", "d00000", "<keepaliveRequest>.cookie"],
  ["a keep-alive that runs on", "d00000000100", ""],
];

describe("ApfSession, given what no firmware should say", () => {
  it.each(bad)("ends with DISCONNECT 2 for %s, and names the field", async (_, message, field) => {
    const both = await greeted();
    const { firmware, session, clock } = both;
    const channel = await opened(both);
    const read = channel.read();
    firmware.say(message, "5e0000000100000001ff");
    expect(await firmware.hear("disconnect")).toMatchObject({ reason: 2 });
    const expected = { code: "firmware.protocol", details: { field } };
    await expect(read).rejects.toMatchObject(expected);
    await expect(channel.closed).rejects.toMatchObject(expected);
    await clock.advance(200);
    expect(await session.ended).toMatchObject(expected);
    expect(firmware.isClosed).toBe(true);
    expect(firmware.unheard()).toEqual([]);
    expect(clock.sleepers).toBe(0);
  });

  it("ends with DISCONNECT 2 for data beyond the window, and gives what came within it", async () => {
    const both = await greeted({ windowMessages: 2 });
    const { firmware, session, clock } = both;
    const channel = await opened(both);
    for (const length of [4087, 4000, 88]) {
      firmware.say({ kind: "channelData", recipient: channel.id, data: new Uint8Array(length) });
    }
    expect(await firmware.hear("disconnect")).toMatchObject({ reason: 2 });
    expect((await channel.read())!.length).toBe(4087);
    expect((await channel.read())!.length).toBe(4000);
    const details = { field: "<channelData>.data", offset: 5 };
    await expect(channel.read()).rejects.toMatchObject({ code: "firmware.protocol", details });
    await clock.advance(200);
    expect(await session.ended).toMatchObject({ message: expect.stringContaining("88 bytes, and the window has 87") });
  });
  it("takes a window of exactly 2^32-1 bytes", async () => {
    const both = await greeted();
    await using _session = both.session;
    const channel = await opened(both);
    both.firmware.say("5d00000001ffffefff");
    await settled();
    expect(channel.stats().sendWindowBytes).toBe(0xffff_ffff);
  });
  it("takes any number of data and credit of no bytes, and keeps none", async () => {
    const both = await greeted();
    await using _session = both.session;
    const channel = await opened(both);
    for (let i = 0; i < 100; i++) both.firmware.say("5e0000000100000000", "5d0000000100000000");
    await settled();
    expect(channel.stats()).toMatchObject({ messagesReceived: 100, unreadBytes: 0, sendWindowBytes: 4096 });
  });

  it.each([
    ["serviceRequest", "05000000127066776440616d742e696e74656c2e636f6d"],
    ["globalRequest", `500000000d${hex("tcpip-forward")}0100000003616d7400004260`],
    ["userauthRequest", "320000000161000000016200000008706173737764203100"],
    ["channelData", "5e0000000000000001ff"],
    ["channelWindowAdjust", "5d0000000000000001"],
    ["channelOpen", `5a0000000161${"00".repeat(28)}`],
    ["channelOpenConfirmation", "5b000000010000000000001000ffffffff"],
    ["channelOpenFailure", "5c00000001000000010000000000000000"],
    ["keepaliveRequest", "d000000001"],
    ["requestSuccess", "51"],
  ])("ends with DISCONNECT 2 for %s before the firmware told its version", async (kind, message) => {
    const firmware = new LmeFirmware();
    const clock = new ManualClock();
    const session = new ApfSession(firmware.connection, { clock });
    firmware.say(message);
    expect(await firmware.hear("disconnect")).toMatchObject({ reason: 2 });
    await clock.advance(200);
    const message_ = `LME: ${kind} before the firmware told its version`;
    expect(await session.ended).toMatchObject({ code: "firmware.protocol", message: message_ });
  });

  it("closes the connection when DISCONNECT does not leave in 200 ms", async () => {
    const { firmware, session, clock } = await greeted();
    firmware.take(false);
    firmware.say("610000");
    await settled();
    expect(firmware.isClosed).toBe(false);
    await clock.advance(200);
    expect(await session.ended).toMatchObject({ code: "firmware.protocol" });
    expect(firmware.isClosed).toBe(true);
  });
  it("closes the connection as soon as the firmware has taken DISCONNECT and ended it", async () => {
    const { firmware, session, clock } = await greeted();
    firmware.onMessage = (message) => message.kind === "disconnect" && firmware.reset();
    firmware.say("610000");
    expect(await session.ended).toMatchObject({ code: "firmware.protocol" });
    expect(clock.sleepers).toBe(0);
  });
});
