import { describe, expect, it } from "vitest";
import { type Codec, decode, fromHex, toHex } from "../../core/binary/mod.ts";
import type { Guid } from "../../core/guid.ts";
import * as amthi from "../../protocols/amthi/mod.ts";
import { AMTHI, MKHI, MKHI_FIXED } from "../../protocols/mei/known_clients.ts";
import { GetFirmwareVersion, mkhiResponse } from "../../protocols/mkhi/mod.ts";
import { createSimulator } from "../../simulator/mod.ts";
import type { MeiConnection } from "../../transport/mei.ts";
import { hasTraces, sentTo, whySkipped } from "../vectors/peer_traces.ts";
import { HbmHost } from "./hbm_host.ts";

const withClients = sentTo([AMTHI, MKHI, MKHI_FIXED]);
const withHbm = sentTo(["hbm"]);

const isMessage = (value: unknown): value is amthi.AmthiMessage<unknown, unknown> =>
  typeof value === "object" && value !== null && "command" in value;

/** Layouts of the answers, by the first bytes of the request. */
const layouts: [start: string, layout: Codec<unknown>][] = [
  ...Object.values<unknown>(amthi).filter(isMessage).map((message): [string, Codec<unknown>] => {
    const { command } = message;
    const start = toHex(Uint8Array.of(1, 1, 0, 0, command, command >>> 8, command >>> 16, command >>> 24));
    return [start, amthi.amthiResponse(message)];
  }),
  ["ff020000", mkhiResponse(GetFirmwareVersion)],
];

/** Starts of requests that AMT refuses when it is set up: StartConfiguration and StopConfiguration. */
const refused = ["0101000029000004", "010100005e000004"];

describe.skipIf(!hasTraces)(`the simulator answers what programs sent${whySkipped}`, () => {
  it("finds the traces", () => {
    expect(withClients.length).toBeGreaterThan(30);
    expect(withHbm.length).toBeGreaterThan(30);
  });

  it.each(withClients)("$trace", async ({ lines }) => {
    const { mei } = createSimulator();
    const connections = new Map<string, MeiConnection>();
    for (const { guid, hex } of lines) {
      const connection = connections.get(guid) ?? await mei.connect(guid as Guid);
      connections.set(guid, connection);
      await connection.send(fromHex(hex));
      const answer = await connection.receive({ signal: AbortSignal.timeout(5000) });
      const layout = layouts.find(([start]) => hex.startsWith(start))?.[1];
      if (layout === undefined) continue;
      const isRefused = refused.some((start) => hex.startsWith(start));
      expect(decode(layout, answer)).toMatchObject(isRefused ? { status: 3 } : { data: expect.anything() });
    }
    for (const connection of connections.values()) await connection[Symbol.asyncDispose]();
  });
});

describe.skipIf(!hasTraces)(`HbmFirmware answers what the Linux driver sent${whySkipped}`, () => {
  it.each(withHbm)("$trace", ({ lines }) => {
    const bus = new HbmHost(createSimulator().me);
    for (const { hex } of lines) {
      const payload = fromHex(hex);
      const [answer] = bus.send(toHex(Uint8Array.of(0, 0, payload.length, 0x80, ...payload)));
      // The same message with bit 7 of the command set; the last byte is the status.
      const expected = toHex(Uint8Array.of(payload[0]! | 0x80, payload[1]!, payload[2]!));
      expect(answer?.slice(8, 14)).toBe(expected);
    }
    expect(bus.firmware.counts.ignored).toBe(0);
  });
});
