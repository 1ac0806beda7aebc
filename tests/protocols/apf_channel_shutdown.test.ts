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
