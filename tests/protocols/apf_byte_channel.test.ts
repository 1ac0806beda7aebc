import { describe, expect, it } from "vitest";
import { greeted, opened, settled } from "./lme_firmware.ts";

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
