import { describe, expect, it } from "vitest";
import { encode, toHex } from "../../core/binary/mod.ts";
import { ApfMessage, ApfSession, type OpenWait } from "../../protocols/apf/mod.ts";
import { ManualClock } from "../fakes/clock.ts";
import { vectors } from "../vectors/load.ts";
import { FORWARD_16992, greeted, LmeFirmware, opened, PFWD, quiet, settled, VERSION } from "./lme_firmware.ts";

/** The next open is refused for `reason`. */
async function refuse(firmware: LmeFirmware, reason: number): Promise<void> {
  const { sender } = await firmware.hear("channelOpen");
  firmware.say({ kind: "channelOpenFailure", recipient: sender, reason });
  await settled();
}

describe("ApfSession.open", () => {
  it("sends what lms8 sends", async () => {
    // With these, 2 whole messages are lms8's window of 4096 bytes.
    const { firmware, session } = await greeted({ windowMessages: 2 }, 2057);
    await using _session = session;
    const opening = quiet(session.open(16992, { address: "::1", originator: { address: "::1", port: 0x8c9c } }));
    const sent = await firmware.hear("channelOpen");
    expect(toHex(encode(ApfMessage, sent))).toBe(vectors("apf").find(({ name }) => name === "apf/ChannelOpen")!.hex);
    firmware.reset();
    await expect(opening).rejects.toMatchObject({ code: "mei.reset" });
  });
  it("names the port as its originator when none is given", async () => {
    const { firmware, session } = await greeted();
    await using _session = session;
    quiet(session.open(623));
    const loopback = { address: "127.0.0.1", port: 623, originatorAddress: "127.0.0.1", originatorPort: 623 };
    expect(await firmware.hear("channelOpen")).toMatchObject(loopback);
  });
  it("gives data to the channel that comes right behind the confirmation", async () => {
    const { firmware, session } = await greeted();
    await using _session = session;
    const opening = session.open(16992);
    const { sender } = await firmware.hear("channelOpen");
    firmware.say(
      { kind: "channelOpenConfirmation", recipient: sender, sender: 0, windowBytes: 1 },
      { kind: "channelData", recipient: sender, data: Uint8Array.of(1) },
      { kind: "channelClose", recipient: sender },
    );
    const channel = await opening;
    expect(await channel.read()).toEqual(Uint8Array.of(1));
    expect(await channel.read()).toBeUndefined();
    await channel.closed;
  });
  it("waits for the first forward, of this port or one of the usual", async () => {
    const firmware = new LmeFirmware();
    await using session = new ApfSession(firmware.connection, { clock: new ManualClock() });
    quiet(session.open(623));
    firmware.say(VERSION, PFWD);
    await firmware.hear("protocolVersion");
    await firmware.hear("serviceAccept");
    await settled();
    expect(firmware.unheard()).toEqual([]);
    firmware.say(FORWARD_16992);
    await firmware.hear("requestSuccess");
    await firmware.hear("channelOpen");
  });
  it("does not wait for a forward that the firmware took back", async () => {
    const { firmware, session } = await greeted();
    await using _session = session;
    firmware.say({
      kind: "globalRequest",
      request: { kind: "cancelTcpipForward", wantReply: true, address: "amt1.example.com", port: 16992 },
    });
    await firmware.hear("requestSuccess");
    // Firmware does that when it is idle, and registers its ports anew for the next open (rpc-go).
    quiet(session.open(16992));
    await firmware.hear("channelOpen");
  });
  it.each([0, -1, 65_536, 1.5, NaN])("rejects port %s", async (port) => {
    const { firmware, session } = await greeted();
    await using _session = session;
    await expect(session.open(port)).rejects.toMatchObject({ code: "usage" });
    expect(firmware.unheard()).toEqual([]);
  });
  it("rejects with what the session ended with", async () => {
    const { firmware, session } = await greeted();
    firmware.reset();
    await session.ended;
    await expect(session.open(16992)).rejects.toMatchObject({ code: "mei.reset" });
  });
  it("uses no number twice", async () => {
    const both = await greeted();
    await using _session = both.session;
    for (let id = 1; id <= 5; id++) {
      const channel = await opened(both);
      expect(channel.id).toBe(id);
      void channel.close();
      await both.firmware.hear("channelClose");
      both.firmware.say({ kind: "channelClose", recipient: id });
      await channel.closed;
    }
  });
  it("ends the session when the firmware gives the number of an open channel away", async () => {
    const both = await greeted();
    const { firmware, session, clock } = both;
    const first = await opened(both, { remote: 3 });
    const second = quiet(opened(both, { remote: 3 }));
    await firmware.hear("disconnect");
    await clock.advance(200);
    const details = { field: "<channelOpenConfirmation>.sender" };
    await expect(second).rejects.toMatchObject({ code: "firmware.protocol", details });
    await expect(first.read()).rejects.toMatchObject({ code: "firmware.protocol" });
    await session.ended;
  });
  it("ends a channel that we have closed when the firmware gives its number away", async () => {
    const both = await greeted();
    await using _session = both.session;
    const first = await opened(both, { remote: 3 });
    const closed = first.close();
    await both.firmware.hear("channelClose");
    await opened(both, { remote: 3 });
    await expect(closed).rejects.toMatchObject({ code: "firmware.protocol" });
  });
});

describe("ApfSession.open, refused", () => {
  it("asks three times more, 250 ms apart, when it is prohibited", async () => {
    const { firmware, clock, session } = await greeted();
    await using _session = session;
    const opening = quiet(session.open(16992));
    for (let retry = 0; retry < 3; retry++) {
      await refuse(firmware, 1);
      await clock.advance(249);
      expect(firmware.unheard()).toEqual([]);
      await clock.advance(1);
    }
    await refuse(firmware, 1);
    await expect(opening).rejects.toMatchObject({
      code: "net.connect",
      message: expect.stringContaining("ADMINISTRATIVELY_PROHIBITED"),
      details: { port: 16992, reason: 1, reasonName: "ADMINISTRATIVELY_PROHIBITED" },
    });
    expect(new Set(firmware.all("channelOpen").map(({ sender }) => sender)).size).toBe(4);
  });
  it("opens when it is allowed the second time", async () => {
    const both = await greeted();
    await using _session = both.session;
    const opening = both.session.open(16992);
    await refuse(both.firmware, 1);
    await both.clock.advance(250);
    const { sender } = await both.firmware.hear("channelOpen");
    both.firmware.say({ kind: "channelOpenConfirmation", recipient: sender, sender: 0, windowBytes: 1 });
    expect(await opening).toMatchObject({ id: 2, port: 16992 });
  });
  it.each([[2, "CONNECT_FAILED"], [3, "UNKNOWN_CHANNEL_TYPE"], [99, "reason 99"]])(
    "rejects at once for reason %i",
    async (reason, text) => {
      const { firmware, session } = await greeted();
      await using _session = session;
      const opening = quiet(session.open(16992));
      await refuse(firmware, reason);
      await expect(opening).rejects.toMatchObject({ code: "net.connect", message: expect.stringContaining(text) });
      await opened({ firmware, session });
    },
  );
  it("waits when the firmware has no channel, says so, and asks again when one of ours has ended", async () => {
    const both = await greeted();
    const { firmware, session } = both;
    await using _session = session;
    const first = await opened(both);
    const waits: OpenWait[] = [];
    const opening = session.open(16992, { onWait: (why) => waits.push(why) });
    await refuse(firmware, 4);
    expect(waits).toEqual(["firmware"]);
    expect(session.stats().waiting).toBe(1);
    firmware.say({ kind: "channelClose", recipient: first.id });
    await firmware.hear("channelClose");
    const { sender } = await firmware.hear("channelOpen");
    firmware.say({ kind: "channelOpenConfirmation", recipient: sender, sender: 1, windowBytes: 1 });
    await opening;
    expect(session.stats().waiting).toBe(0);
  });
  it("asks a firmware without channels each second, for a minute", async () => {
    const { firmware, clock, session } = await greeted();
    await using _session = session;
    const opening = quiet(session.open(16992));
    for (let second = 0; second < 60; second++) {
      await refuse(firmware, 4);
      await clock.advance(1000);
    }
    await refuse(firmware, 4);
    await expect(opening).rejects.toMatchObject({
      code: "net.connect",
      message: expect.stringContaining("RESOURCE_SHORTAGE"),
    });
  });
});

describe("ApfSession.open, not answered", () => {
  it("rejects with timeout after 20 s, and closes the channel when it is confirmed after all", async () => {
    const { firmware, clock, session } = await greeted();
    await using _session = session;
    const opening = quiet(session.open(16992));
    const { sender } = await firmware.hear("channelOpen");
    await clock.advance(20_000);
    await expect(opening).rejects.toMatchObject({ code: "timeout" });
    firmware.say({ kind: "channelOpenConfirmation", recipient: sender, sender: 5, windowBytes: 1 });
    expect(await firmware.hear("channelClose")).toMatchObject({ recipient: 5 });
    firmware.say({ kind: "channelClose", recipient: sender });
    await settled();
    expect(firmware.unheard()).toEqual([]);
    expect(session.stats()).toMatchObject({ channels: 0, opening: 0 });
  });
  it("rejects with cancelled when it is interrupted, and keeps the slot until the firmware has answered", async () => {
    const both = await greeted({ slots: 1 });
    const { firmware, session } = both;
    await using _session = session;
    const abort = new AbortController();
    const opening = quiet(session.open(16992, { signal: abort.signal }));
    const { sender } = await firmware.hear("channelOpen");
    abort.abort();
    await expect(opening).rejects.toMatchObject({ code: "cancelled" });
    const next = session.open(16992);
    await settled();
    expect(firmware.unheard()).toEqual([]);
    firmware.say({ kind: "channelOpenConfirmation", recipient: sender, sender: 5, windowBytes: 1 });
    expect(await firmware.hear("channelClose")).toMatchObject({ recipient: 5 });
    const second = await firmware.hear("channelOpen");
    firmware.say({ kind: "channelOpenConfirmation", recipient: second.sender, sender: 6, windowBytes: 1 });
    expect(await next).toMatchObject({ id: second.sender });
  });
  it.each([["refuses", true], ["never answers", false]])(
    "gives the slot back when it is interrupted and the firmware %s",
    async (_, answers) => {
      const both = await greeted({ slots: 1 });
      const { firmware, session, clock } = both;
      await using _session = session;
      const abort = new AbortController();
      quiet(session.open(16992, { signal: abort.signal }));
      const { sender } = await firmware.hear("channelOpen");
      abort.abort();
      await settled();
      if (answers) firmware.say({ kind: "channelOpenFailure", recipient: sender, reason: 2 });
      await clock.advance(20_000);
      await opened(both);
      // Once only.
      quiet(session.open(16992));
      await settled();
      expect(session.stats().waiting).toBe(1);
    },
  );
  it("takes no slot when it is interrupted before", async () => {
    const both = await greeted({ slots: 1 });
    await using _session = both.session;
    await expect(both.session.open(16992, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "cancelled",
    });
    await opened(both);
  });
});
