/** Requests that independent programs really sent, held against our layouts. */

import { describe, expect, it } from "vitest";
import { decode, encode, fromHex, toHex } from "../../core/binary/mod.ts";
import * as amthi from "../../protocols/amthi/mod.ts";
import { AMTHI } from "../../protocols/mei/known_clients.ts";
import { hasTraces, sentTo, whySkipped } from "../vectors/peer_traces.ts";

const HEADER_LENGTH = 12;

/** Those that are not ours byte for byte, by how they start, and why. */
const exceptions: [start: string, reason: string][] = [
  ["414200", "metee sends 3 bytes that are no command, to see what comes back"],
];

/** Those that end before the message does: lms8 sends its whole buffer, of which the header counts 7 bytes. */
const overlong = ["010100005b00000407000000"];

const sent = [...new Set(sentTo([AMTHI]).flatMap(({ lines }) => lines.map(({ hex }) => hex)))].sort();
const requests = sent.filter((hex) => !exceptions.some(([start]) => hex.startsWith(start)));

const messages = Object.values<unknown>(amthi).filter((value): value is amthi.AmthiMessage<unknown, unknown> =>
  typeof value === "object" && value !== null && "command" in value
);

describe.skipIf(!hasTraces)(`AMTHI requests of other programs${whySkipped}`, () => {
  it("are many", () => expect(requests.length).toBeGreaterThan(20));

  it.each(requests)("%s equals ours", (hex) => {
    const bytes = fromHex(hex);
    const isOverlong = overlong.some((start) => hex.startsWith(start));
    const { command, length } = decode(amthi.AmthiHeader, bytes.subarray(0, HEADER_LENGTH));
    const counted = isOverlong ? bytes.subarray(0, HEADER_LENGTH + length) : bytes;
    const layout = amthi.amthiRequest(messages.find((message) => message.command === command)!);
    expect(toHex(encode(layout, decode(layout, counted)))).toBe(toHex(counted));
  });

  it.each(exceptions)("%s is still there to be excepted: %s", (start) => {
    expect(sent.some((hex) => hex.startsWith(start))).toBe(true);
  });
  it.each(overlong)("%s is still longer than its header says", (start) => {
    expect(sent.find((hex) => hex.startsWith(start))!.length).toBeGreaterThan(2 * (HEADER_LENGTH + 7));
  });
});
