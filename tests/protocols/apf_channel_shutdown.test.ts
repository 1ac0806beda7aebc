import { describe, expect, it } from "vitest";
import { drained, greeted, opened, quiet, settled } from "./lme_firmware.ts";

describe("ApfChannel.shutdown", () => {
  it("sends no CLOSE while the answer comes, and ends when the firmware closes", async () => {
    const both = await greeted();
    const { firmware, session, clock } = both;
    await using _session = session;
    const channel = await opened(both);
    await channel.write(Uint8Array.of(1));
    channel.shutdown();
    await firmware.hear("channelData");
    for (let i = 0; i < 4; i++) {
      await clock.advance(29_000);
      firmware.say({ kind: "channelData", recipient: channel.id, data: Uint8Array.of(i) });
      await settled();
    }
    expect(firmware.unheard()).toEqual([]);
    firmware.say({ kind: "channelClose", recipient: channel.id });
    expect(await drained(channel)).toEqual(Uint8Array.of(0, 1, 2, 3));
    await firmware.hear("channelClose");
    await channel.closed;
  });
  it("closes the channel when nothing has come for 30 s after an answer", async () => {
    const both = await greeted();
    const { firmware, session, clock } = both;
    await using _session = session;
    const channel = await opened(both);
    await channel.write(Uint8Array.of(1));
    await firmware.hear("channelData");
    firmware.say({ kind: "channelData", recipient: channel.id, data: Uint8Array.of(2) });
    await settled();
    channel.shutdown();
    await clock.advance(29_500);
    expect(firmware.unheard()).toEqual([]);
    await clock.advance(500);
    await firmware.hear("channelClose");
    firmware.say({ kind: "channelClose", recipient: channel.id });
    expect(await drained(channel)).toEqual(Uint8Array.of(2));
    await channel.closed;
  });
  it("ends with timeout when nothing answered, so that an empty answer is not taken for one", async () => {
    const both = await greeted();
    const { firmware, session, clock } = both;
    await using _session = session;
    const channel = await opened(both);
    await channel.write(Uint8Array.of(1));
    channel.shutdown();
    await firmware.hear("channelData");
    await clock.advance(30_000);
    await firmware.hear("channelClose");
    firmware.say({ kind: "channelClose", recipient: channel.id });
    await expect(channel.read()).rejects.toMatchObject({ code: "timeout" });
    await expect(channel.closed).rejects.toMatchObject({ code: "timeout" });
  });
  it("ends with timeout also when the firmware's CLOSE crosses ours", async () => {
    const both = await greeted();
    const { firmware, session, clock } = both;
    await using _session = session;
    const channel = await opened(both);
    await channel.write(Uint8Array.of(1));
    await firmware.hear("channelData");
    channel.shutdown();
    await clock.advance(29_000);
    firmware.take(false);
    await clock.advance(1000);
    firmware.say({ kind: "channelClose", recipient: channel.id });
    await expect(channel.read()).rejects.toMatchObject({ code: "timeout" });
    firmware.take(true);
    await expect(channel.closed).rejects.toMatchObject({ code: "timeout" });
    expect(firmware.all("channelClose")).toHaveLength(1);
  });
  it("gives an answer that comes between both CLOSE", async () => {
    const both = await greeted();
    const { firmware, session, clock } = both;
    await using _session = session;
    const channel = await opened(both);
    await channel.write(Uint8Array.of(1));
    channel.shutdown();
    await clock.advance(30_000);
    await firmware.hear("channelData");
    await firmware.hear("channelClose");
    firmware.say(
      { kind: "channelData", recipient: channel.id, data: Uint8Array.of(2) },
      { kind: "channelClose", recipient: channel.id },
    );
    expect(await drained(channel)).toEqual(Uint8Array.of(2));
    await channel.closed;
  });
  it("aborts the channel when the firmware takes nothing for 30 s", async () => {
    const both = await greeted();
    const { firmware, session, clock } = both;
    await using _session = session;
    const channel = await opened(both, { windowBytes: 1 });
    const written = quiet(channel.write(new Uint8Array(2)));
    channel.shutdown();
    await clock.advance(30_000);
    await expect(written).rejects.toMatchObject({ code: "timeout" });
    await firmware.hear("channelData");
    await firmware.hear("channelClose");
    firmware.say({ kind: "channelClose", recipient: channel.id });
    await expect(channel.closed).rejects.toMatchObject({ code: "timeout" });
  });
});

describe("ApfChannel.ending", () => {
  it("aborts a channel whose last bytes the firmware does not take for 30 s, though their write is not over", async () => {
    const both = await greeted();
    const { firmware, session, clock } = both;
    await using _session = session;
    const channel = await opened(both, { windowBytes: 1 });
    const written = quiet(channel.write(new Uint8Array(2)));
    channel.ending();
    await clock.advance(29_900);
    await firmware.hear("channelData");
    expect(firmware.unheard()).toEqual([]);
    await clock.advance(100);
    await expect(written).rejects.toMatchObject({ code: "timeout" });
    await firmware.hear("channelClose");
  });
  it("takes what is still written before the shutdown", async () => {
    const both = await greeted();
    const { firmware, session } = both;
    await using _session = session;
    const channel = await opened(both);
    channel.ending();
    await channel.write(Uint8Array.of(1));
    channel.shutdown();
    expect(await firmware.hear("channelData")).toMatchObject({ data: Uint8Array.of(1) });
    expect(firmware.unheard()).toEqual([]);
  });
});

describe("ApfChannel.orphan", () => {
  it("closes a channel at once when something has answered and no more is to be sent", async () => {
    const both = await greeted();
    const { firmware, session } = both;
    await using _session = session;
    const channel = await opened(both);
    await channel.write(Uint8Array.of(1));
    await firmware.hear("channelData");
    firmware.say({ kind: "channelData", recipient: channel.id, data: Uint8Array.of(2) });
    await settled();
    channel.orphan();
    await settled();
    expect(firmware.unheard()).toEqual([]);
    channel.shutdown();
    await firmware.hear("channelClose");
    firmware.say({ kind: "channelClose", recipient: channel.id });
    await channel.closed;
  });
  it("gives the firmware its full time to answer while no other connection waits", async () => {
    const both = await greeted();
    const { firmware, session, clock } = both;
    await using _session = session;
    const channel = await opened(both);
    await channel.write(Uint8Array.of(1));
    channel.shutdown();
    channel.orphan();
    await firmware.hear("channelData");
    await clock.advance(29_900);
    expect(firmware.unheard()).toEqual([]);
    await clock.advance(100);
    await firmware.hear("channelClose");
  });
  it("gives the firmware a second to answer when another one wants the slot", async () => {
    const both = await greeted({ slots: 1 });
    const { firmware, session, clock } = both;
    await using _session = session;
    const channel = await opened(both);
    quiet(session.open(16992));
    await channel.write(Uint8Array.of(1));
    channel.shutdown();
    channel.orphan();
    await firmware.hear("channelData");
    await clock.advance(900);
    expect(firmware.unheard()).toEqual([]);
    await clock.advance(100);
    await firmware.hear("channelClose");
  });
  it("gives the firmware five seconds to take what is left when another one wants the slot", async () => {
    const both = await greeted({ slots: 1 });
    const { firmware, session, clock } = both;
    await using _session = session;
    const channel = await opened(both, { windowBytes: 1 });
    quiet(session.open(16992));
    const written = quiet(channel.write(new Uint8Array(3)));
    channel.orphan();
    await firmware.hear("channelData");
    await clock.advance(4900);
    firmware.say({ kind: "channelWindowAdjust", recipient: channel.id, bytesToAdd: 1 });
    await firmware.hear("channelData");
    await clock.advance(4900);
    expect(firmware.unheard()).toEqual([]);
    await clock.advance(200);
    await firmware.hear("channelClose");
    await expect(written).rejects.toMatchObject({ code: "timeout" });
  });
});
