import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/binary/mod.ts";
import { ECHO, echo, meWith } from "./echo.ts";
import { dataFrame, HbmHost } from "./hbm_host.ts";

const LIMIT = 2000;
const ADDRESS = 0x20;
const allow = "000008800820010000000000";
const credit = allow;

function connectedHost(): HbmHost {
  const bus = new HbmHost(meWith([echo({ maxMessageLength: LIMIT })]));
  bus.send("0000048006200100", allow);
  return bus;
}

function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 0xff);
}

/** The message cut at `size`, as the driver cuts it. */
function cut(message: Uint8Array, size = 508): string[] {
  const count = Math.max(1, Math.ceil(message.length / size));
  return Array.from({ length: count }, (_, i) => {
    return dataFrame(ADDRESS, 1, message.subarray(i * size, (i + 1) * size), i === count - 1);
  });
}

describe("HbmLink", () => {
  it.each([1, 4, 507, 508, 509, 1015, 1016, 1017, LIMIT - 1, LIMIT])(
    "carries a message of %i bytes both ways",
    (length) => {
      const message = pattern(length);
      const frames = connectedHost().send(...cut(message));
      expect(frames.pop()).toBe(credit);
      expect(frames).toEqual(cut(message));
    },
  );
  it("puts frames of any size together", () => {
    const message = pattern(1000);
    const frames = connectedHost().send(...cut(message, 3));
    expect(frames).toEqual([...cut(message), credit]);
  });
  it("sends an empty message as one frame", () => {
    const bus = new HbmHost(meWith([echo()], [{ kind: "empty", nth: 1, client: ECHO }]));
    bus.send("0000048006200100", allow);
    expect(bus.send(...cut(pattern(9)))).toEqual(["20010080", credit]);
  });
  it("drops a message that is longer than the client allows, and gives its credit back", () => {
    const bus = connectedHost();
    expect(bus.send(...cut(pattern(LIMIT + 1)))).toEqual([credit]);
    expect(bus.firmware.counts).toMatchObject({ received: 0, ignored: 1 });
    expect(bus.send(...cut(pattern(5)))).toEqual([...cut(pattern(5)), credit]);
  });
  it("gives credit back when a message far beyond the limit ends", () => {
    const bus = connectedHost();
    const endless = dataFrame(ADDRESS, 1, pattern(508), false);
    expect(bus.send(...Array.from({ length: 200 }, () => endless))).toEqual([]);
    expect(bus.send(dataFrame(ADDRESS, 1, pattern(1), true))).toEqual([credit]);
  });
  it("keeps two connections' fragments apart", () => {
    const bus = new HbmHost(meWith([echo({ maxConnections: 2 })]));
    bus.send("0000048006200100", "0000048006200200", allow, "000008800820020000000000");
    const frames = bus.send("20010200aaab", "20020200bbbc", "20010280acad", "20020280bdbe");
    expect(frames).toEqual(["20010480aaabacad", credit, "20020480bbbcbdbe", "000008800820020000000000"]);
  });
  it("counts whole messages", () => {
    const bus = connectedHost();
    bus.send(...cut(pattern(1200)));
    expect(bus.firmware.counts).toEqual({ received: 1, sent: 1, ignored: 0 });
  });
  it("does not keep the carrier's bytes", () => {
    const bus = connectedHost();
    const frame = fromHex("200102000102");
    bus.firmware.receive(frame);
    frame.fill(0xff);
    bus.firmware.receive(fromHex("2001028003" + "04"));
    expect(bus.take()[0]).toBe("20010480" + toHex(Uint8Array.of(1, 2, 3, 4)));
  });
});
