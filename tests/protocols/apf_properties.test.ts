import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Play, step } from "./apf_play.ts";
import { FORWARD_16992, PFWD, settled, VERSION } from "./lme_firmware.ts";

/** How it ends: all channels are brought to their end, or the firmware restarts. */
const run = fc.record({
  steps: fc.array(step, { minLength: 10, maxLength: 120 }),
  /** Channels that are open at the start; more can follow. */
  channels: fc.integer({ min: 1, max: 3 }),
  firstWindow: fc.constantFrom(0, 1, 50, 100, 101, 1000),
  ending: fc.constantFrom("complete", "complete", "reset"),
});

describe("ApfSession, whatever happens in whatever order", () => {
  it("keeps credit, bytes and closes right", async () => {
    const seen = { completed: 0, clean: 0, read: 0, sent: 0, resets: 0 };
    await fc.assert(
      fc.asyncProperty(run, async ({ steps, channels, firstWindow, ending }) => {
        const play = new Play(firstWindow);
        const { firmware, session } = play;
        firmware.say(VERSION, PFWD, FORWARD_16992);
        await turns(50);
        for (let i = 0; i < channels; i++) {
          play.open();
          await turns(50);
          play.confirm();
          await turns(50);
        }
        for (const each of steps) {
          await play.step(each);
          await turns(each.amount % 12);
        }
        await turns(50);
        if (ending === "reset") await resetIn(play);
        else await complete(play);
        // Whatever is confirmed too late is closed at once.
        if (ending === "complete") expect(play.all.every(({ hostCloses }) => hostCloses === 1)).toBe(true);
        expect(play.broken).toEqual([]);
        expect(play.opened.filter(({ isMisread }) => isMisread)).toEqual([]);
        for (const both of play.opened) {
          seen.read += both.read;
          seen.sent += both.arrived;
          if (ending === "reset") continue;
          seen.completed++;
          if (both.error === undefined) seen.clean++;
          expect(both.hostCloses).toBe(1);
          if (both.error === undefined) expect(both.read).toBe(both.said);
          if (both.unsentWrites === 0) expect(both.arrived).toBe(both.written);
        }
        if (ending === "reset") seen.resets++;
        await session[Symbol.asyncDispose]();
        expect(session.stats()).toMatchObject({ channels: 0, opening: 0, waiting: 0 });
        expect(play.clock.sleepers).toBe(0);
      }),
      { numRuns: 300 },
    );

    expect(seen.completed).toBeGreaterThan(200);
    expect(seen.clean).toBeGreaterThan(150);
    expect(seen.resets).toBeGreaterThan(30);
    expect(seen.read).toBeGreaterThan(30_000);
    expect(seen.sent).toBeGreaterThan(30_000);
  });
});

/** Both sides come to their end in good order. */
async function complete(play: Play): Promise<void> {
  for (const both of play.opened) {
    play.credit(both, 1_000_000);
    void both.readOn(Infinity);
    void both.channel!.close().catch(() => {});
  }
  for (let i = 0; i < 30 && play.opened.some(({ hostCloses }) => hostCloses === 0); i++) {
    await turns(10);
    for (const both of play.opened) {
      both.creditGiven += 1000;
      if (!both.firmwareClosed) {
        play.firmware.say({ kind: "channelWindowAdjust", recipient: both.id, bytesToAdd: 1000 });
      }
    }
  }
  await turns(100);
  for (const both of play.opened) play.firmwareClose(both);
  await turns(100);
  await settled();
  for (const both of play.opened) {
    await until(() => !both.reading);
    await both.readOn(Infinity);
    expect(both.finished).toBe(true);
    const code = (both.error as { code?: string } | undefined)?.code;
    expect([undefined, ...(both.aborted ? ["mei.closed"] : []), "timeout"]).toContain(code);
  }
}

/** The firmware restarts: whoever reads is told, after all that came before. */
async function resetIn(play: Play): Promise<void> {
  const open = play.opened.filter((both) => !both.firmwareClosed && !both.aborted && !both.finished);
  play.firmware.reset();
  await play.session.ended;
  for (const both of open) {
    await until(() => !both.reading);
    await both.readOn(Infinity);
    expect(both.finished).toBe(true);
    expect(["mei.reset", "timeout"]).toContain((both.error as { code?: string } | undefined)?.code);
    expect(both.read).toBeLessThanOrEqual(both.said);
  }
}

async function until(isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 1000 && !isSo(); i++) await turns(10);
  expect(isSo()).toBe(true);
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await Promise.resolve();
}
