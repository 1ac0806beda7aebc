/**
 * What running peers were seen to do wrong, and ours must not. Source: traces of MicroLMS (MeshCmd), lms8 and Intel LMS
 * on a rig with a simulated firmware.
 */

import { describe, expect, it } from "vitest";
import { encode, fromHex, toHex } from "../../core/binary/mod.ts";
import { ApfMessage } from "../../protocols/apf/mod.ts";
import { LME } from "../../protocols/mei/known_clients.ts";
import { vectors } from "../vectors/load.ts";
import { hasTraces, messagesOf, whySkipped } from "../vectors/peer_traces.ts";
import { drained, greeted, opened, pattern, settled } from "./lme_firmware.ts";

const event = vectors("apf").find(({ name }) => name === "apf/ChannelOpenEvent")!.hex;

describe("ApfSession", () => {
  it("delivers the answer to a client that has shut down, which MicroLMS loses (microlms-halfclose)", async () => {
    const both = await greeted();
    const { firmware, session } = both;
    await using _session = session;
    const channel = await opened(both);
    await channel.write(new TextEncoder().encode("GET /half HTTP/1.1\r\nHost: x\r\n\r\n"));
    channel.shutdown();
    await firmware.hear("channelData");
    await settled();
    expect(firmware.unheard()).toEqual([]);
    const answer = pattern(145);
    firmware.say(
      { kind: "channelData", recipient: channel.id, data: answer },
      { kind: "channelClose", recipient: channel.id },
    );
    expect(await drained(channel)).toEqual(answer);
  });

  it("delivers what comes after its own CLOSE, as lms8 does (lms8-halfclose)", async () => {
    const both = await greeted();
    await using _session = both.session;
    const channel = await opened(both);
    void channel.close();
    await both.firmware.hear("channelClose");
    both.firmware.say(
      { kind: "channelData", recipient: channel.id, data: pattern(145) },
      { kind: "channelClose", recipient: channel.id },
    );
    expect(await drained(channel)).toEqual(pattern(145));
  });

  it.each([["the host", "microlms-http", true], ["the firmware", "microlms-http-close", false]])(
    "sends one CLOSE when %s closes first, where MicroLMS sends two (%s)",
    async (_, __, hostFirst) => {
      const both = await greeted();
      const { firmware, session } = both;
      await using _session = session;
      const channel = await opened(both);
      if (hostFirst) void channel.close();
      else firmware.say({ kind: "channelClose", recipient: channel.id });
      await firmware.hear("channelClose");
      if (hostFirst) firmware.say({ kind: "channelClose", recipient: channel.id });
      await channel.closed;
      void channel.close();
      channel.abort();
      // The firmware's second one finds nothing, and nothing answers it.
      firmware.say({ kind: "channelClose", recipient: channel.id }, "d000000001");
      await firmware.hear("keepaliveReply");
      expect(firmware.all("channelClose")).toHaveLength(1);
    },
  );

  it("closes the event's channel, where MicroLMS closes channel 0, whoever has it (microlms-event)", async () => {
    const both = await greeted({ onIncoming: () => (channel) => void channel.close() });
    const { firmware, session } = both;
    await using _session = session;
    const other = await opened(both, { remote: 0 });
    firmware.say(event);
    await firmware.hear("channelOpenConfirmation");
    expect(await firmware.hear("channelClose")).toMatchObject({ recipient: 20 });
    await other.write(Uint8Array.of(1));
    expect(await firmware.hear("channelData")).toMatchObject({ recipient: 0 });
  });

  it("returns credit for events, and answers their CLOSE, where lms8 does neither (lms8-event)", async () => {
    const both = await greeted({
      windowMessages: 2,
      onIncoming: () => async (channel) => {
        for (let chunk = await channel.read(); chunk !== undefined;) chunk = await channel.read();
      },
    }, 1024);
    const { firmware, session } = both;
    await using _session = session;
    firmware.say(event);
    const { sender, windowBytes } = await firmware.hear("channelOpenConfirmation");
    let credit = windowBytes;
    firmware.onMessage = (message) => {
      if (message.kind === "channelWindowAdjust") credit += message.bytesToAdd;
    };
    for (let left = 10_000; left > 0; left -= 500) {
      expect(credit).toBeGreaterThanOrEqual(500);
      credit -= 500;
      firmware.say({ kind: "channelData", recipient: sender, data: new Uint8Array(500) });
      await settled();
    }
    firmware.say({ kind: "channelClose", recipient: sender });
    await settled();
    expect(firmware.all("channelClose")).toEqual([{ kind: "channelClose", recipient: 20 }]);
  });

  it("delivers a message of 4096 bytes, which Intel LMS drops without a word", async () => {
    const both = await greeted({}, 8192);
    const { firmware, session } = both;
    await using _session = session;
    const channel = await opened(both);
    for (const length of [2000, 4095, 4096, 8183, 3]) {
      firmware.say({ kind: "channelData", recipient: channel.id, data: pattern(length, length) });
    }
    firmware.say({ kind: "channelClose", recipient: channel.id });
    const lengths = [2000, 4095, 4096, 8183, 3];
    expect(await drained(channel)).toEqual(Uint8Array.from(lengths.flatMap((length) => [...pattern(length, length)])));
  });

  it("holds credit back from a firmware that is faster than its client, where Intel LMS loses bytes", async () => {
    const both = await greeted();
    const { firmware, session } = both;
    await using _session = session;
    const channel = await opened(both);
    const window = channel.stats().receiveWindowBytes;
    for (let sent = 0; sent < window; sent += 4087) {
      firmware.say({ kind: "channelData", recipient: channel.id, data: pattern(4087, sent) });
    }
    await settled();
    expect(firmware.all("channelWindowAdjust")).toEqual([]);
    firmware.say({ kind: "channelClose", recipient: channel.id });
    expect(await drained(channel)).toEqual(pattern(window));
  });

  it("answers a keep-alive and outlives an unknown type, by both of which lms8 loses its session", async () => {
    const { firmware, session } = await greeted();
    await using _session = session;
    firmware.say("d000000042", "c800000042", "d000000043");
    expect(await firmware.hear("keepaliveReply")).toMatchObject({ cookie: 0x42 });
    expect(await firmware.hear("keepaliveReply")).toMatchObject({ cookie: 0x43 });
  });

  it("answers a request to authenticate, which MicroLMS leaves open (microlms-auth-late)", async () => {
    const { firmware, session } = await greeted();
    await using _session = session;
    firmware.say(vectors("apf").find(({ name }) => name === "apf/UserauthRequest")!.hex);
    await firmware.hear("userauthSuccess");
  });

  it("sends whole messages into a window of 4096 bytes, where others send 4095, 1, 4095, 1", async () => {
    const both = await greeted({}, 4104);
    const { firmware, session } = both;
    await using _session = session;
    const channel = await opened(both, { windowBytes: 4096 });
    firmware.onMessage = (message) => {
      if (message.kind !== "channelData") return;
      firmware.say({ kind: "channelWindowAdjust", recipient: channel.id, bytesToAdd: message.data.length });
    };
    await channel.write(new Uint8Array(10 * 4095));
    expect(firmware.all("channelData").map(({ data }) => data.length)).toEqual(Array(10).fill(4095));
  });
  it("sends the rest of a window after 20 ms to a firmware that adds nothing before it has all", async () => {
    const both = await greeted({}, 4104);
    const { firmware, session, clock } = both;
    await using _session = session;
    const channel = await opened(both, { windowBytes: 4096 });
    const written = channel.write(new Uint8Array(4200));
    await firmware.hear("channelData");
    await clock.advance(19);
    expect(firmware.unheard()).toEqual([]);
    await clock.advance(1);
    expect((await firmware.hear("channelData")).data.length).toBe(1);
    firmware.say({ kind: "channelWindowAdjust", recipient: channel.id, bytesToAdd: 4096 });
    await written;
  });

  it.skipIf(!hasTraces)(`splits by a window of 300 bytes as lms8 does (lms8-smallwin)${whySkipped}`, async () => {
    const both = await greeted();
    const { firmware, session } = both;
    await using _session = session;
    const posted = messagesOf(LME, "lms8-smallwin").filter(({ dir, hex }) =>
      dir === "host->fw" && hex.startsWith("5e")
    );
    expect(posted).toHaveLength(9);
    const channel = await opened(both, { remote: 0, windowBytes: 300 });
    firmware.onMessage = (message) => {
      if (message.kind !== "channelData") return;
      firmware.say({ kind: "channelWindowAdjust", recipient: channel.id, bytesToAdd: message.data.length });
    };
    await channel.write(Uint8Array.from(posted.flatMap(({ hex }) => [...fromHex(hex).subarray(9)])));
    expect(firmware.all("channelData").map((message) => toHex(encode(ApfMessage, message)))).toEqual(
      posted.map(({ hex }) => hex),
    );
  });
});
