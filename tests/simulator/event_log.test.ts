import { describe, expect, it } from "vitest";
import { EventLog } from "../../simulator/event_log.ts";

const event = (offset: number) => ({
  deviceAddress: 0xff,
  sensorType: 18,
  eventType: 0x6f,
  offset,
  sourceType: 0x68,
  severity: 16,
  sensorNumber: 0xff,
  entity: 38,
  entityInstance: 0,
  data: new Uint8Array(8),
});

describe("EventLog", () => {
  it("has whole seconds since 1970 with each entry, the oldest first", () => {
    let now = 1_700_000_000_999;
    const log = new EventLog(() => now);
    log.write(event(1));
    now += 1;
    log.write(event(2));
    expect(log.entries).toEqual([
      { timeSeconds: 1_700_000_000, ...event(1) },
      { timeSeconds: 1_700_000_001, ...event(2) },
    ]);
  });
  it("makes room by the oldest entry when it is full", () => {
    const log = new EventLog(() => 0);
    for (let i = 0; i < 392; i++) log.write(event(i));
    expect(log.entries).toHaveLength(390);
    expect(log.entries[0]!.offset).toBe(2);
    expect(log.entries.at(-1)!.offset).toBe(391);
  });
  it("tells a listener each new entry until it is taken off", () => {
    const log = new EventLog(() => 0);
    const seen: number[] = [];
    const takeOff = log.onEntry(({ offset }) => seen.push(offset));
    log.write(event(1));
    takeOff();
    log.write(event(2));
    expect(seen).toEqual([1]);
  });
});
