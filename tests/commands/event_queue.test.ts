import { describe, expect, it } from "vitest";
import { EventQueue } from "../../commands/event_queue.ts";

const queue = () => new EventQueue<number>((count) => -count);

/** All that it yields. */
async function all(events: EventQueue<number>): Promise<number[]> {
  const seen: number[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe("EventQueue", () => {
  it("yields events in their order, before the iteration and during it, and then ends", async () => {
    const events = queue();
    events.push(1);
    const seen = all(events);
    await Promise.resolve();
    events.push(2);
    events.push(3);
    events.end();
    expect(await seen).toEqual([1, 2, 3]);
  });
  it("throws the error of its end after the events", async () => {
    const events = queue();
    events.push(1);
    events.end(new Error("over"));
    const iterator = events[Symbol.asyncIterator]();
    expect((await iterator.next()).value).toBe(1);
    await expect(iterator.next()).rejects.toThrow("over");
  });
  it("keeps a thousand for a reader that takes none, and tells how many it has not kept", async () => {
    const events = queue();
    for (const event of range(0, 100_000)) events.push(event);
    events.end();
    expect(await all(events)).toEqual([...range(0, 1000), -99_000]);
  });
  it("keeps on when the reader has caught up by half, and tells what is missing in its place", async () => {
    const events = queue();
    for (const event of range(0, 1500)) events.push(event);
    const iterator = events[Symbol.asyncIterator]();
    for (const event of range(0, 500)) expect((await iterator.next()).value).toBe(event);
    events.push(1500);
    await iterator.next();
    events.push(1501);
    events.end();
    const rest: number[] = [];
    for await (const event of iterator) rest.push(event);
    expect(rest).toEqual([...range(501, 1000), -501, 1501]);
  });
});
