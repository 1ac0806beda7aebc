import { describe, expect, it } from "vitest";
import { AmtError } from "../../core/errors/mod.ts";
import { greeted, opened, pattern, quiet, settled } from "./lme_firmware.ts";

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
  it("rejects when the firmware restarts while the driver has the message", async () => {
    const both = await greeted();
    const channel = await opened(both);
    both.firmware.take(false);
    const written = quiet(channel.write(Uint8Array.of(1)));
    await settled();
    expect(channel.stats().unsentBytes).toBe(0);
    both.firmware.reset();
    await expect(written).rejects.toMatchObject({ code: "mei.reset" });
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
  it("gives all in order to a reader that is always behind", async () => {
    const both = await greeted();
    const { firmware, session } = both;
    await using _session = session;
    const channel = await opened(both);
    const said = (i: number) => pattern(4000, 4000 * i);
    const say = (i: number) => firmware.say({ kind: "channelData", recipient: channel.id, data: said(i) });
    say(0);
    for (let i = 0; i < 200; i++) {
      say(i + 1);
      await settled();
      // Bun takes milliseconds to compare two long arrays item by item.
      expect(Buffer.compare((await channel.read())!, said(i))).toBe(0);
    }
  });
  it("gives small messages that waited together, and keeps no object for each", async () => {
    const both = await greeted();
    const { firmware, session } = both;
    await using _session = session;
    const channel = await opened(both);
    const { receiveWindowBytes } = channel.stats();
    for (let at = 0; at < receiveWindowBytes; at++) {
      firmware.say({ kind: "channelData", recipient: channel.id, data: pattern(1, at) });
    }
    await settled();
    expect(channel.stats().unreadBytes).toBe(receiveWindowBytes);
    let [chunks, at] = [0, 0];
    for (; at < receiveWindowBytes; chunks++) {
      const chunk = (await channel.read())!;
      expect(chunk).toEqual(pattern(chunk.length, at));
      at += chunk.length;
    }
    expect(chunks).toBe(Math.ceil(receiveWindowBytes / 4096));
  });
  it("lets the firmware send 256 KiB ahead at most, however long its messages are", async () => {
    for (const [maxMessageLength, windowBytes] of [[8192, 16 * 8183], [32_768, 8 * 32_759], [1 << 20, 262_144]]) {
      const both = await greeted({}, maxMessageLength);
      await using _session = both.session;
      const opening = quiet(both.session.open(16992));
      const { sender, windowBytes: told } = await both.firmware.hear("channelOpen");
      expect(told).toBe(windowBytes);
      both.firmware.say({ kind: "channelOpenConfirmation", recipient: sender, sender: 0, windowBytes: 1 });
      const channel = await opening;
      both.firmware.say({ kind: "channelData", recipient: channel.id, data: pattern(told / 2) });
      await channel.read();
      quiet(channel.read());
      const { bytesToAdd } = await both.firmware.hear("channelWindowAdjust");
      expect(bytesToAdd).toBe(told / 2);
    }
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
