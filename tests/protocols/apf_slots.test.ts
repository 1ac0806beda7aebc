import { describe, expect, it } from "vitest";
import type { OpenWait } from "../../protocols/apf/mod.ts";
import { greeted, opened, openEight, quiet, settled } from "./lme_firmware.ts";

describe("ApfSession.open, with eight slots", () => {
  it("lets the ninth wait, says so, and opens it when one of the eight has ended", async () => {
    const both = await greeted();
    const { firmware, session } = both;
    await using _session = session;
    const [first] = await openEight(both);
    const waits: OpenWait[] = [];
    const ninth = session.open(16992, { onWait: (why) => waits.push(why) });
    await settled();
    expect(waits).toEqual(["slots"]);
    expect(session.stats()).toMatchObject({ channels: 8, opening: 0, waiting: 1 });
    expect(firmware.unheard()).toEqual([]);
    void first!.close();
    await firmware.hear("channelClose");
    await settled();
    expect(firmware.unheard()).toEqual([]);
    firmware.say({ kind: "channelClose", recipient: first!.id });
    const { sender } = await firmware.hear("channelOpen");
    firmware.say({ kind: "channelOpenConfirmation", recipient: sender, sender: 0, windowBytes: 1 });
    await ninth;
    expect(session.stats()).toMatchObject({ channels: 8, waiting: 0 });
  });
  it("rejects with mei.busy when 128 wait already", async () => {
    const both = await greeted();
    await using _session = both.session;
    await openEight(both);
    for (let i = 0; i < 128; i++) quiet(both.session.open(16992));
    await expect(both.session.open(16992)).rejects.toMatchObject({ code: "mei.busy" });
    expect(both.session.stats().waiting).toBe(128);
  });
  it("rejects with timeout when none ends in a minute, and with cancelled when it is interrupted", async () => {
    const both = await greeted();
    await using _session = both.session;
    await openEight(both);
    const abort = new AbortController();
    const late = quiet(both.session.open(16992));
    const interrupted = quiet(both.session.open(16992, { signal: abort.signal }));
    await settled();
    abort.abort();
    await expect(interrupted).rejects.toMatchObject({ code: "cancelled" });
    await both.clock.advance(60_000);
    await expect(late).rejects.toMatchObject({ code: "timeout" });
    expect(both.session.stats().waiting).toBe(0);
  });
  it("closes a channel after a second of silence behind its shutdown when another one wants the slot", async () => {
    const both = await greeted({ slots: 1 });
    const { firmware, session, clock } = both;
    await using _session = session;
    const first = await opened(both);
    first.shutdown();
    await clock.advance(5000);
    expect(firmware.unheard()).toEqual([]);
    quiet(session.open(16992));
    await clock.advance(1000);
    await firmware.hear("channelClose");
    firmware.say({ kind: "channelClose", recipient: first.id });
    await firmware.hear("channelOpen");
    expect(await first.read()).toBeUndefined();
  });
  it("closes a channel that was quiet long enough as soon as another one wants the slot", async () => {
    const both = await greeted({ slots: 1 });
    const { firmware, session, clock } = both;
    await using _session = session;
    const first = await opened(both);
    first.shutdown();
    await clock.advance(5000);
    quiet(session.open(16992));
    await clock.advance(100);
    await firmware.hear("channelClose");
    firmware.say({ kind: "channelClose", recipient: first.id });
    await firmware.hear("channelOpen");
  });
  it("gives one whose request is not answered its full time though another one wants the slot", async () => {
    const both = await greeted({ slots: 1 });
    const { firmware, session, clock } = both;
    await using _session = session;
    const first = await opened(both);
    await first.write(Uint8Array.of(1));
    await firmware.hear("channelData");
    first.shutdown();
    quiet(session.open(16992));
    await clock.advance(29_500);
    expect(firmware.unheard()).toEqual([]);
    await clock.advance(500);
    await firmware.hear("channelClose");
  });
  it("opens and closes 1000 channels, and leaks no slot, channel or timer", async () => {
    const both = await greeted();
    const { firmware, session, clock } = both;
    const idle = clock.sleepers;
    for (let i = 0; i < 1000; i++) {
      const channel = await opened(both, { remote: i % 8 });
      if (i % 2 === 0) void channel.close();
      else firmware.say({ kind: "channelClose", recipient: channel.id });
      expect(await firmware.hear("channelClose")).toMatchObject({ recipient: i % 8 });
      if (i % 2 === 0) firmware.say({ kind: "channelClose", recipient: channel.id });
      await channel.closed;
    }
    await settled();
    expect(session.stats()).toMatchObject({ channels: 0, opening: 0, waiting: 0, ignored: { unknownChannel: 0 } });
    expect(clock.sleepers).toBe(idle);
    await openEight(both);
    await session[Symbol.asyncDispose]();
    expect(clock.sleepers).toBe(0);
  });
});
