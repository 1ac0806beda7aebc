import { describe, expect, it } from "vitest";
import { drained, greeted, opened, quiet, settled } from "./lme_firmware.ts";

describe("ApfChannel, closed by the firmware", () => {
  it("keeps its slot until its own CLOSE has left, and says nothing else then", async () => {
    const both = await greeted({ slots: 1, windowMessages: 2 });
    const { firmware, session } = both;
    await using _session = session;
    const channel = await opened(both);
    void quiet(session.open(16992));
    firmware.take(false);
    firmware.say("d000000001");
    for (let i = 0; i < 2; i++) {
      firmware.say({ kind: "channelData", recipient: channel.id, data: new Uint8Array(4087) });
    }
    firmware.say({ kind: "channelClose", recipient: channel.id });
    expect((await drained(channel)).length).toBe(2 * 4087);
    await settled();
    expect(session.stats()).toMatchObject({ channels: 1, waiting: 1 });
    firmware.take(true);
    await firmware.hear("keepaliveReply");
    await firmware.hear("channelClose");
    await firmware.hear("channelOpen");
    await settled();
    expect(firmware.unheard()).toEqual([]);
  });
  it("answers with one CLOSE, and gives what came before", async () => {
    const both = await greeted();
    const { firmware, session } = both;
    await using _session = session;
    const channel = await opened(both, { remote: 3 });
    firmware.say(
      { kind: "channelData", recipient: channel.id, data: Uint8Array.of(1) },
      { kind: "channelClose", recipient: channel.id },
    );
    expect(await firmware.hear("channelClose")).toMatchObject({ recipient: 3 });
    await channel.closed;
    expect(await drained(channel)).toEqual(Uint8Array.of(1));
    channel.shutdown();
    channel.abort();
    await channel.close();
    await settled();
    expect(firmware.unheard()).toEqual([]);
  });
  it("rejects writes that it did not take, and those that come later", async () => {
    const both = await greeted();
    await using _session = both.session;
    const channel = await opened(both, { windowBytes: 5 });
    const written = quiet(channel.write(new Uint8Array(12)));
    await both.firmware.hear("channelData");
    both.firmware.say({ kind: "channelClose", recipient: channel.id });
    await expect(written).rejects.toMatchObject({ code: "firmware.refused", details: { unsentBytes: 7 } });
    await expect(channel.write(Uint8Array.of(1))).rejects.toMatchObject({ code: "firmware.refused" });
    await channel.closed;
  });
  it("returns no credit any more", async () => {
    const both = await greeted({ windowMessages: 2 });
    const { firmware, session } = both;
    await using _session = session;
    const channel = await opened(both);
    for (let i = 0; i < 2; i++) {
      firmware.say({ kind: "channelData", recipient: channel.id, data: new Uint8Array(4087) });
    }
    firmware.say({ kind: "channelClose", recipient: channel.id });
    await firmware.hear("channelClose");
    expect((await drained(channel)).length).toBe(2 * 4087);
    await settled();
    expect(firmware.unheard()).toEqual([]);
  });
});

describe("ApfChannel.close", () => {
  it("gives what was written more time than the shutdown before it had left", async () => {
    const both = await greeted();
    const { firmware, session, clock } = both;
    await using _session = session;
    const channel = await opened(both, { windowBytes: 1 });
    const written = channel.write(new Uint8Array(2));
    channel.shutdown();
    await clock.advance(20_000);
    void quiet(channel.close());
    await clock.advance(9000);
    firmware.say({ kind: "channelWindowAdjust", recipient: channel.id, bytesToAdd: 1 });
    await written;
  });
  it("sends what was written, then one CLOSE, and gives what comes before the firmware's", async () => {
    const both = await greeted();
    const { firmware, session } = both;
    await using _session = session;
    const channel = await opened(both, { windowBytes: 3 });
    const written = channel.write(Uint8Array.of(1, 2, 3, 4, 5));
    const closed = channel.close();
    void channel.close();
    await firmware.hear("channelData");
    await settled();
    expect(firmware.unheard()).toEqual([]);
    firmware.say({ kind: "channelWindowAdjust", recipient: channel.id, bytesToAdd: 2 });
    await firmware.hear("channelData");
    await firmware.hear("channelClose");
    await written;
    firmware.say(
      { kind: "channelData", recipient: channel.id, data: Uint8Array.of(9) },
      { kind: "channelClose", recipient: channel.id },
    );
    await closed;
    expect(await drained(channel)).toEqual(Uint8Array.of(9));
    expect(firmware.unheard()).toEqual([]);
  });
  it("returns credit until the firmware's CLOSE, so that a long answer ends", async () => {
    const both = await greeted({ windowMessages: 2 });
    const { firmware, session } = both;
    await using _session = session;
    const channel = await opened(both);
    void channel.close();
    await firmware.hear("channelClose");
    for (let i = 0; i < 10; i++) {
      firmware.say({ kind: "channelData", recipient: channel.id, data: new Uint8Array(4087) });
      expect((await channel.read())!.length).toBe(4087);
    }
    expect(firmware.all("channelWindowAdjust").length).toBeGreaterThan(7);
  });
  it("rejects with timeout when the firmware does not close it in 10 s, and gives the slot back", async () => {
    const both = await greeted({ slots: 1 });
    await using _session = both.session;
    const channel = await opened(both);
    const closed = quiet(channel.close());
    await both.firmware.hear("channelClose");
    await both.clock.advance(10_000);
    await expect(closed).rejects.toMatchObject({ code: "timeout" });
    await expect(channel.read()).rejects.toMatchObject({ code: "timeout" });
    both.firmware.say({ kind: "channelClose", recipient: channel.id });
    await opened(both);
    expect(both.session.stats().ignored.unknownChannel).toBe(1);
  });
  it("is patient while data comes", async () => {
    const both = await greeted();
    const { firmware, session, clock } = both;
    await using _session = session;
    const channel = await opened(both);
    const closed = channel.close();
    await firmware.hear("channelClose");
    for (let i = 0; i < 5; i++) {
      await clock.advance(9000);
      firmware.say({ kind: "channelData", recipient: channel.id, data: Uint8Array.of(i) });
      await settled();
    }
    firmware.say({ kind: "channelClose", recipient: channel.id });
    await closed;
    expect(await drained(channel)).toEqual(Uint8Array.of(0, 1, 2, 3, 4));
  });
  it("is aborted when the firmware takes nothing more of what was written", async () => {
    const both = await greeted();
    const { firmware, session, clock } = both;
    await using _session = session;
    const channel = await opened(both, { windowBytes: 1 });
    const written = quiet(channel.write(new Uint8Array(2)));
    void quiet(channel.close());
    await clock.advance(10_000);
    await expect(written).rejects.toMatchObject({ code: "timeout" });
    await firmware.hear("channelData");
    await firmware.hear("channelClose");
  });
});

describe("ApfChannel.abort", () => {
  it("gives back what nobody read, so that the firmware can come to its end", async () => {
    const both = await greeted({ windowMessages: 2 });
    const { firmware, session } = both;
    await using _session = session;
    const channel = await opened(both);
    for (let i = 0; i < 2; i++) {
      firmware.say({ kind: "channelData", recipient: channel.id, data: new Uint8Array(4087) });
    }
    await settled();
    channel.abort();
    await expect(channel.read()).rejects.toMatchObject({ code: "mei.closed" });
    expect(await firmware.hear("channelWindowAdjust")).toMatchObject({ bytesToAdd: 2 * 4087 });
    await firmware.hear("channelClose");
  });
  it("sends CLOSE at once, drops what comes and lets the firmware send it, and rejects reads and writes", async () => {
    const both = await greeted({ windowMessages: 2 });
    const { firmware, session } = both;
    await using _session = session;
    const channel = await opened(both, { windowBytes: 1 });
    const written = quiet(channel.write(new Uint8Array(2)));
    firmware.say({ kind: "channelData", recipient: channel.id, data: new Uint8Array(4000) });
    await firmware.hear("channelData");
    await settled();
    channel.abort();
    await firmware.hear("channelClose");
    firmware.say({ kind: "channelData", recipient: channel.id, data: new Uint8Array(4087) });
    await firmware.hear("channelWindowAdjust");
    await expect(written).rejects.toMatchObject({ code: "mei.closed" });
    await expect(channel.read()).rejects.toMatchObject({ code: "mei.closed" });
    firmware.say({ kind: "channelClose", recipient: channel.id });
    await channel.closed;
    expect(firmware.all("channelClose")).toHaveLength(1);
  });
  it("is what disposal does, which waits for the firmware's CLOSE", async () => {
    const both = await greeted();
    await using _session = both.session;
    const channel = await opened(both);
    const gone = channel[Symbol.asyncDispose]();
    await both.firmware.hear("channelClose");
    expect(both.session.stats().channels).toBe(1);
    both.firmware.say({ kind: "channelClose", recipient: channel.id });
    await gone;
    expect(both.session.stats().channels).toBe(0);
  });
});
