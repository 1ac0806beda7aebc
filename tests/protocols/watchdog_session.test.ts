import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/binary/mod.ts";
import { WATCHDOG } from "../../protocols/mei/known_clients.ts";
import { WatchdogSession } from "../../protocols/watchdog/mod.ts";
import { clientProperties } from "../../simulator/clients/properties.ts";
import type { Fault } from "../../simulator/faults.ts";
import type { FirmwareClient } from "../../simulator/firmware_client.ts";
import { createSimulator, SimulatedMei } from "../../simulator/mod.ts";
import { meWith } from "../simulator/echo.ts";

/** As mei_wdt sent them, with 120 s of its own and 200 s of wdctl's. */
const start120 = "0215131078000000000000000000000000000000000000";
const start200 = "02151310c8000000000000000000000000000000000000";
const stop = "02021410";
/** As mei_wdt took them. */
const confirmed = "020483100000";
const notRequired = "020483100001";

interface Script {
  readonly version?: number;
  readonly faults?: readonly Fault[];
  readonly answerMs?: number;
}

/** A WD client that gives these answers in turn, `undefined` for none, and a session with it. */
function firmware(answers: readonly (string | undefined)[], { version = 2, faults = [], answerMs = 20 }: Script = {}) {
  const asked: string[] = [];
  const left = [...answers];
  let connects = 0;
  const wd: FirmwareClient = {
    properties: clientProperties(WATCHDOG, { version, length: 32 }),
    open(link) {
      connects++;
      return {
        message(message) {
          asked.push(toHex(message));
          const answer = left.shift();
          if (answer !== undefined) link.send(fromHex(answer));
        },
      };
    },
  };
  const me = meWith([wd], faults);
  const session = new WatchdogSession(new SimulatedMei(me), { answerMs, leaveMs: 20, busyBudgetMs: 0 });
  return { session, asked, me, connects: () => connects };
}

const unknown = { armed: "unknown", timeoutSeconds: 120 };

describe("WatchdogSession.beat", () => {
  it("sends what mei_wdt sends, over one connection, and tells each acknowledgement", async () => {
    const { session, asked, connects } = firmware([confirmed, confirmed]);
    await using _session = session;
    expect(session.protocolVersion).toBeUndefined();
    const first = await session.beat(120);
    expect(first).toEqual({ acknowledged: true, status: 0, notRequired: false, roundTripMs: expect.any(Number) });
    expect(first.roundTripMs).toBeGreaterThanOrEqual(0);
    await session.beat(200);
    expect(asked).toEqual([start120, start200]);
    expect(connects()).toBe(1);
    expect(session.protocolVersion).toBe(2);
  });
  it("tells that the firmware does not require heartbeats", async () => {
    await using session = firmware([notRequired]).session;
    expect(await session.beat(120)).toMatchObject({ acknowledged: true, status: 0, notRequired: true });
  });
  it("waits for no answer when the client's protocol version is 1", async () => {
    const { session, asked } = firmware([], { version: 1 });
    await using _session = session;
    const unconfirmed = { acknowledged: false, status: null, notRequired: false, roundTripMs: null };
    expect(await session.beat(120)).toEqual(unconfirmed);
    expect(await session.beat(120)).toEqual(unconfirmed);
    await session.stop();
    expect(asked).toEqual([start120, start120, stop]);
  });
  it("does not look at the count of bytes in the acknowledgement, as mei_wdt does not", async () => {
    await using session = firmware(["020683100000"]).session;
    expect(await session.beat(120)).toMatchObject({ acknowledged: true });
  });

  it.each([119, 0, -1, 65_536, 120.5, NaN])("rejects a timeout of %s s, and sends nothing", async (seconds) => {
    const { session, connects } = firmware([]);
    await expect(session.beat(seconds)).rejects.toMatchObject({
      code: "usage",
      message: `watchdog timeout of ${seconds} s is out of range`,
      hint: expect.stringMatching(/120.*mei_wdt.*65535.*16 bits/),
    });
    expect(connects()).toBe(0);
  });
  it("takes 65535 s", async () => {
    const { session, asked } = firmware([confirmed]);
    await using _session = session;
    await session.beat(65_535);
    expect(asked[0]!.slice(8, 12)).toBe("ffff");
  });

  it("rejects with the status when the firmware refuses, and goes on over the same connection", async () => {
    const { session, connects } = firmware(["020483100300", confirmed]);
    await using _session = session;
    await expect(session.beat(120)).rejects.toMatchObject({ code: "firmware.refused", details: { status: 3 } });
    await session.beat(120);
    expect(connects()).toBe(1);
  });
  it.each([
    ["of another command", "050483100000"],
    ["of another subcommand", "020484100000"],
    ["of another version", "020483200000"],
    ["that is short", "0204831000"],
    ["that is long", "02048310000000"],
    ["of one byte", "02"],
    ["that is empty", ""],
  ])("rejects an answer %s, and beats over a new connection", async (_, answer) => {
    const { session, connects, me } = firmware([answer, confirmed]);
    await using _session = session;
    await expect(session.beat(120)).rejects.toMatchObject({ code: "firmware.protocol", details: unknown });
    expect(me.openConnections).toBe(0);
    await session.beat(120);
    expect(connects()).toBe(2);
  });
  it.each(
    [
      ["no answer comes", undefined, undefined],
      ["the firmware restarts", "reset", "mei.reset"],
      ["the firmware disconnects", "disconnect", "mei.reset"],
    ] as const,
  )("is indeterminate when %s, and beats over a new connection", async (_, kind, cause) => {
    const { session, connects, me } = firmware(kind === undefined ? [undefined, confirmed] : [confirmed], {
      faults: kind === undefined ? [] : [{ kind, nth: 1 }],
    });
    await using _session = session;
    const lost = session.beat(120);
    await expect(lost).rejects.toMatchObject({ code: "indeterminate", details: unknown });
    if (cause !== undefined) await expect(lost).rejects.toMatchObject({ cause: { code: cause } });
    expect(me.openConnections).toBe(0);
    expect(await session.beat(120)).toMatchObject({ acknowledged: true });
    expect(connects()).toBe(2);
  });
  it("is indeterminate when it is interrupted after it was sent", async () => {
    const { session, asked } = firmware([], { answerMs: 10_000 });
    await using _session = session;
    const abort = new AbortController();
    const beat = session.beat(120, { signal: abort.signal });
    await expect.poll(() => asked).toEqual([start120]);
    abort.abort();
    await expect(beat).rejects.toMatchObject({ code: "indeterminate", cause: { code: "cancelled" } });
  });
  it("rejects with mei.reset when the connection ended between two, and then connects again", async () => {
    const { session, me, connects } = firmware([confirmed, confirmed]);
    await using _session = session;
    await session.beat(120);
    me.reset();
    await expect(session.beat(120)).rejects.toMatchObject({ code: "mei.reset" });
    await session.beat(120);
    expect(connects()).toBe(2);
  });
  it("rejects with mei.busy while another one has the client", async () => {
    await using session = firmware([], { faults: [{ kind: "busy", nth: 1, onwards: true }] }).session;
    await expect(session.beat(120)).rejects.toMatchObject({ code: "mei.busy" });
  });
  it("rejects with mei.clientNotOffered where the firmware has no watchdog", async () => {
    await using session = new WatchdogSession(createSimulator("disabled").mei);
    await expect(session.beat(120)).rejects.toMatchObject({ code: "mei.clientNotOffered" });
  });
});

describe("WatchdogSession.stop", () => {
  it.each([["nothing", undefined], ["an empty message", ""]])("is done when %s follows", async (_, answer) => {
    const { session, asked, connects } = firmware([confirmed, answer, confirmed]);
    await using _session = session;
    await session.beat(120);
    await session.stop();
    await session.beat(120);
    expect(asked).toEqual([start120, stop, start120]);
    expect(connects()).toBe(1);
  });
  it("leaves an empty message that comes late out of the next beat's answer", async () => {
    const { session } = firmware(["", confirmed], { faults: [{ kind: "slow", nth: 1, delayMs: 40 }] });
    await using _session = session;
    await session.stop();
    expect(await session.beat(120)).toMatchObject({ acknowledged: true });
  });
  it("can be the first that is said", async () => {
    const { session, asked } = firmware([]);
    await using _session = session;
    await session.stop();
    expect(asked).toEqual([stop]);
  });
  it("rejects when something else follows", async () => {
    const { session, me } = firmware([confirmed]);
    await expect(session.stop()).rejects.toMatchObject({ code: "firmware.protocol", details: { armed: "unknown" } });
    expect(me.openConnections).toBe(0);
  });
  it("is indeterminate when the firmware restarts with it", async () => {
    const { session } = firmware([], { faults: [{ kind: "reset", nth: 1 }] });
    await expect(session.stop()).rejects.toMatchObject({ code: "indeterminate", details: { armed: "unknown" } });
  });
});

describe("WatchdogSession disposal", () => {
  it("closes the connection and sends nothing", async () => {
    const { session, asked, me } = firmware([confirmed]);
    await session.beat(120);
    await session[Symbol.asyncDispose]();
    expect(asked).toEqual([start120]);
    expect(me.openConnections).toBe(0);
  });
  it("lets a start that nothing acknowledges leave first", async () => {
    const { session, asked, me } = firmware([], { version: 1 });
    await session.beat(120);
    await session[Symbol.asyncDispose]();
    expect(asked).toEqual([start120]);
    expect(me.openConnections).toBe(0);
  });
  it("does nothing when there was no connection", async () => {
    const { session, connects } = firmware([]);
    await session[Symbol.asyncDispose]();
    expect(connects()).toBe(0);
  });
});

describe("WatchdogSession with the simulated firmware", () => {
  it("arms, keeps armed and stops its watchdog", async () => {
    using simulator = createSimulator();
    await simulator.sysfs.writeText("/sys/bus/mei/drivers/mei_wdt/unbind", `0000:00:16.0-${WATCHDOG}`);
    await using session = new WatchdogSession(simulator.mei, { leaveMs: 20 });
    await session.beat(300);
    await session.beat(300);
    expect(simulator.me.watchdog).toMatchObject({ armed: true, timeoutSeconds: 300, beats: 2 });
    await session.stop();
    expect(simulator.me.watchdog).toMatchObject({ armed: false, stops: 1 });
  });
});
