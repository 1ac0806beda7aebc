import { describe, expect, it } from "vitest";
import { AmtError } from "../../core/errors/mod.ts";
import { drained, greeted, opened, pattern, settled } from "./lme_firmware.ts";

function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

describe("ApfChannel.write", () => {
  it("sends what fits a message and the firmware's window, and waits for more credit", async () => {
    const both = await greeted();
    const { firmware, session } = both;
    await using _session = session;
    const channel = await opened(both, { remote: 7, windowBytes: 10_000 });
    const bytes = pattern(12_000);
    let isDone = false;
    const written = channel.write(bytes).then(() => isDone = true);
    await settled();
    expect(isDone).toBe(false);
    expect(channel.stats()).toMatchObject({ bytesSent: 8174, sendWindowBytes: 1826, unsentBytes: 3826 });
    firmware.say({ kind: "channelWindowAdjust", recipient: channel.id, bytesToAdd: 8174 });
    await written;
    const sent = firmware.all("channelData");
    expect(sent.map(({ recipient, data }) => [recipient, data.length])).toEqual([[7, 4087], [7, 4087], [7, 3826]]);
    expect(Uint8Array.from(sent.flatMap(({ data }) => [...data]))).toEqual(bytes);
    expect(channel.stats()).toMatchObject({ bytesSent: 12_000, messagesSent: 3, unsentBytes: 0 });
  });
  it("puts small writes that wait for credit into one message", async () => {
    const both = await greeted();
    await using _session = both.session;
    const channel = await opened(both, { windowBytes: 0 });
    const written = Promise.all([1, 2, 3].map((byte) => channel.write(Uint8Array.of(byte))));
    both.firmware.say({ kind: "channelWindowAdjust", recipient: channel.id, bytesToAdd: 10 });
    await written;
    expect(both.firmware.all("channelData").map(({ data }) => [...data])).toEqual([[1, 2, 3]]);
  });
  it("sends nothing for no bytes", async () => {
    const both = await greeted();
    await using _session = both.session;
    const channel = await opened(both, { windowBytes: 0 });
    await channel.write(new Uint8Array());
    expect(both.firmware.unheard()).toEqual([]);
  });
  it("lets channels take turns, message by message", async () => {
    const both = await greeted();
    const { firmware, session } = both;
    await using _session = session;
    const a = await opened(both, { remote: 0, windowBytes: 1_000_000 });
    const b = await opened(both, { remote: 1, windowBytes: 1_000_000 });
    firmware.take(false);
    // Its first message is with the driver, and its second next, before the other one has anything.
    void a.write(new Uint8Array(4087 * 4));
    void b.write(new Uint8Array(4087 * 4));
    firmware.take(true);
    await settled();
    expect(firmware.all("channelData").map(({ recipient }) => recipient)).toEqual([0, 0, 1, 0, 1, 0, 1, 1]);
  });
  it("is not held up by a channel without credit, or one that nobody reads", async () => {
    const both = await greeted();
    const { firmware, session } = both;
    await using _session = session;
    const stuck = await opened(both, { remote: 0, windowBytes: 0 });
    const free = await opened(both, { remote: 1 });
    quiet(stuck.write(new Uint8Array(100)));
    for (let i = 0; i < 16; i++) {
      firmware.say({ kind: "channelData", recipient: stuck.id, data: new Uint8Array(4087) });
    }
    await free.write(Uint8Array.of(1));
    firmware.say({ kind: "channelData", recipient: free.id, data: Uint8Array.of(2) });
    expect(await free.read()).toEqual(Uint8Array.of(2));
    expect(stuck.stats()).toMatchObject({ receiveWindowBytes: 0, unreadBytes: 16 * 4087 });
  });
  it("aborts the channel when its signal fires, since the rest would be missing", async () => {
    const both = await greeted();
    await using _session = both.session;
    const channel = await opened(both, { windowBytes: 10 });
    const abort = new AbortController();
    const written = quiet(channel.write(new Uint8Array(20), { signal: abort.signal }));
    abort.abort();
    await expect(written).rejects.toMatchObject({ code: "cancelled" });
    await both.firmware.hear("channelData");
    await both.firmware.hear("channelClose");
    await expect(channel.write(Uint8Array.of(1))).rejects.toMatchObject({ code: "cancelled" });
  });
  it("rejects after shutdown and after close", async () => {
    const both = await greeted();
    await using _session = both.session;
    const first = await opened(both, { remote: 0 });
    const second = await opened(both, { remote: 1 });
    first.shutdown();
    void second.close();
    await expect(first.write(Uint8Array.of(1))).rejects.toMatchObject({ code: "usage" });
    await expect(second.write(Uint8Array.of(1))).rejects.toMatchObject({ code: "usage" });
  });
});

describe("ApfChannel.read", () => {
  it("returns credit when half the window has been taken, in whole messages", async () => {
    const both = await greeted({ windowMessages: 4 });
    const { firmware, session } = both;
    await using _session = session;
    const channel = await opened(both, { remote: 5 });
    expect(channel.stats().receiveWindowBytes).toBe(4 * 4087);
    for (const length of [100, 4087, 4087, 4087]) {
      firmware.say({ kind: "channelData", recipient: channel.id, data: new Uint8Array(length) });
    }
    await channel.read();
    await channel.read();
    await channel.read();
    await settled();
    expect(firmware.unheard()).toEqual([]);
    // The bytes of the third are taken when the fourth is asked for.
    await channel.read();
    expect(await firmware.hear("channelWindowAdjust")).toMatchObject({ recipient: 5, bytesToAdd: 2 * 4087 });
    expect(channel.stats().receiveWindowBytes).toBe(4 * 4087 - 4087 - 100);
  });
  it("returns no credit for what is not read", async () => {
    const both = await greeted({ windowMessages: 4 });
    await using _session = both.session;
    const channel = await opened(both);
    for (let i = 0; i < 4; i++) {
      both.firmware.say({ kind: "channelData", recipient: channel.id, data: new Uint8Array(4087) });
    }
    await settled();
    expect(both.firmware.unheard()).toEqual([]);
    expect(channel.stats()).toMatchObject({ receiveWindowBytes: 0, unreadBytes: 4 * 4087, messagesReceived: 4 });
  });
  it("loses nothing when its signal fires", async () => {
    const both = await greeted();
    await using _session = both.session;
    const channel = await opened(both);
    const abort = new AbortController();
    const interrupted = quiet(channel.read({ signal: abort.signal }));
    both.firmware.say({ kind: "channelData", recipient: channel.id, data: Uint8Array.of(1) });
    abort.abort();
    await expect(interrupted).rejects.toMatchObject({ code: "cancelled" });
    expect(await channel.read({ signal: new AbortController().signal })).toEqual(Uint8Array.of(1));
  });
  it("rejects a second one at a time", async () => {
    const both = await greeted();
    await using _session = both.session;
    const channel = await opened(both);
    const first = channel.read();
    await expect(channel.read()).rejects.toMatchObject({ code: "usage" });
    both.firmware.say({ kind: "channelData", recipient: channel.id, data: Uint8Array.of(1) });
    expect(await first).toEqual(Uint8Array.of(1));
  });
  it("gives what came before a reset, and then rejects with mei.reset", async () => {
    const both = await greeted();
    const channel = await opened(both, { windowBytes: 5 });
    const written = quiet(channel.write(new Uint8Array(10)));
    both.firmware.say({ kind: "channelData", recipient: channel.id, data: Uint8Array.of(1, 2) });
    await settled();
    both.firmware.reset();
    await expect(written).rejects.toMatchObject({ code: "mei.reset" });
    expect(await channel.read()).toEqual(Uint8Array.of(1, 2));
    await expect(channel.read()).rejects.toMatchObject({ code: "mei.reset" });
    await expect(channel.closed).rejects.toMatchObject({ code: "mei.reset" });
    await expect(channel.write(Uint8Array.of(1))).rejects.toMatchObject({ code: "mei.reset" });
    await both.session.ended;
    expect(both.clock.sleepers).toBe(0);
  });
  it("rejects with what the session was ended with", async () => {
    const both = await greeted();
    const channel = await opened(both);
    const read = quiet(channel.read());
    await both.session.end(new AmtError("cancelled", "the computer goes to sleep"));
    await expect(read).rejects.toMatchObject({ message: "the computer goes to sleep" });
  });
});

describe("ApfChannel, closed by the firmware", () => {
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
  });
});

describe("ApfChannel.byteChannel", () => {
  it("is a channel of streams, whose writable can be closed before the answer", async () => {
    const both = await greeted();
    const { firmware, session } = both;
    await using _session = session;
    const { readable, writable, closed } = (await opened(both)).byteChannel();
    const writer = writable.getWriter();
    await writer.write(Uint8Array.of(1, 2));
    await writer.close();
    expect(await firmware.hear("channelData")).toMatchObject({ data: Uint8Array.of(1, 2) });
    firmware.say(
      { kind: "channelData", recipient: 1, data: Uint8Array.of(3) },
      { kind: "channelData", recipient: 1, data: Uint8Array.of(4) },
      { kind: "channelClose", recipient: 1 },
    );
    const chunks = [];
    for await (const chunk of readable) chunks.push(...chunk);
    expect(chunks).toEqual([3, 4]);
    await closed;
  });
  it("reads nothing from the channel before it is asked", async () => {
    const both = await greeted();
    await using _session = both.session;
    const channel = await opened(both);
    const streams = channel.byteChannel();
    both.firmware.say({ kind: "channelData", recipient: 1, data: Uint8Array.of(3) });
    await settled();
    expect(channel.stats().unreadBytes).toBe(1);
    expect(await streams.readable.getReader().read()).toMatchObject({ value: Uint8Array.of(3) });
  });
  it("errors when the firmware restarts", async () => {
    const both = await greeted();
    const { readable, writable, closed } = (await opened(both)).byteChannel();
    both.firmware.reset();
    await expect(readable.getReader().read()).rejects.toMatchObject({ code: "mei.reset" });
    await expect(writable.getWriter().write(Uint8Array.of(1))).rejects.toMatchObject({ code: "mei.reset" });
    await expect(closed).rejects.toMatchObject({ code: "mei.reset" });
  });
  it.each(["readable", "writable"] as const)("closes the channel when %s is given up", async (side) => {
    const both = await greeted();
    await using _session = both.session;
    const streams = (await opened(both)).byteChannel();
    await (side === "readable" ? streams.readable.cancel() : streams.writable.abort());
    await both.firmware.hear("channelClose");
  });
  it("closes the channel when it is disposed of", async () => {
    const both = await greeted();
    await using _session = both.session;
    const streams = (await opened(both)).byteChannel();
    const gone = streams[Symbol.asyncDispose]();
    await both.firmware.hear("channelClose");
    both.firmware.say({ kind: "channelClose", recipient: 1 });
    await gone;
  });
});
