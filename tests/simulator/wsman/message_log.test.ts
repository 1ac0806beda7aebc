import { AMT } from "@device-management-toolkit/wsman-messages";
import { describe, expect, it } from "vitest";
import type { EventLogEntry } from "../../../simulator/event_log.ts";
import { ManualClock } from "../../fakes/clock.ts";
import { bodyElement, Console, fieldsOf } from "./console.ts";
import { hasRecordings, recording, whySkipped } from "./fixtures.ts";

const amt = new AMT.Messages();
const progress: Omit<EventLogEntry, "timeSeconds"> = {
  deviceAddress: 0xff,
  sensorType: 15,
  eventType: 0x6f,
  offset: 2,
  sourceType: 0x68,
  severity: 1,
  sensorNumber: 0xff,
  entity: 34,
  entityInstance: 0,
  data: Uint8Array.of(0x40, 7, 0, 0, 0, 0, 0, 0),
};

const records = async (console: Console, from: number, most: number) =>
  await console.invoke(
    "AMT_MessageLog",
    "GetRecords",
    `<h:IterationIdentifier>${from}</h:IterationIdentifier><h:MaxReadRecords>${most}</h:MaxReadRecords>`,
  );

/** The only byte that differs between entries of `filled`. */
const numbers = (answer: Record<string, string | string[]>) =>
  [answer["RecordArray"] ?? []].flat().map((text) => Buffer.from(text, "base64")[14]);

function filled(count: number): Console {
  const console = new Console();
  for (let i = 1; i <= count; i++) {
    console.simulator.me.eventLog.write({ ...progress, data: Uint8Array.of(0x40, i) });
  }
  return console;
}

describe("AMT_MessageLog", () => {
  it.skipIf(!hasRecordings)(`has a record in the bytes of a recorded one${whySkipped}`, async () => {
    const recorded = fieldsOf(await bodyElement(recording("amt/messagelog/getrecords.xml")));
    const record = Buffer.from(recorded["RecordArray"]![1]!, "base64");
    const clock = new ManualClock();
    const console = new Console("activated", { clock });
    const { time } = await console.machine();
    time.adjust(1000 * record.readUInt32LE(0) - time.now());
    console.simulator.me.eventLog.write(progress);
    const answer = fieldsOf(await console.body(amt.MessageLog.GetRecords(1)));
    expect(answer["RecordArray"]).toBe(record.toString("base64"));
  });
  it("is read in pieces, the newest first", async () => {
    const console = filled(5);
    expect(fieldsOf(await console.body(amt.MessageLog.PositionToFirstRecord()))).toMatchObject({
      IterationIdentifier: "1",
      ReturnValue: "0",
    });
    const first = await records(console, 1, 3);
    expect(first).toMatchObject({ IterationIdentifier: "4", NoMoreRecords: "false" });
    expect(numbers(first)).toEqual([5, 4, 3]);
    const last = await records(console, 4, 3);
    expect(last).toMatchObject({ IterationIdentifier: "6", NoMoreRecords: "true" });
    expect(numbers(last)).toEqual([2, 1]);
    expect(await records(console, 6, 3)).toMatchObject({ ReturnValue: "2", NoMoreRecords: "true" });
  });
  it("says that it is empty, and is cleared", async () => {
    const console = filled(2);
    expect(await console.returned("AMT_MessageLog", "ClearLog")).toBe(0);
    expect(await records(console, 1, 3)).toMatchObject({ ReturnValue: "3" });
    expect(await console.returned("AMT_MessageLog", "PositionToFirstRecord")).toBe(2);
    expect(fieldsOf(await console.get("AMT_MessageLog"))["CurrentNumberOfRecords"]).toBe("0");
  });
  it("takes nothing while it is frozen", async () => {
    const console = filled(1);
    const freeze = (on: boolean) => console.returned("AMT_MessageLog", "FreezeLog", `<h:Freeze>${on}</h:Freeze>`);
    expect(await freeze(true)).toBe(0);
    console.simulator.me.eventLog.write(progress);
    expect(await console.returned("AMT_MessageLog", "ClearLog")).toBe(2059);
    expect(fieldsOf(await console.get("AMT_MessageLog"))).toMatchObject({
      IsFrozen: "true",
      CurrentNumberOfRecords: "1",
    });
    expect(await freeze(false)).toBe(0);
    console.simulator.me.eventLog.write(progress);
    expect(console.simulator.me.eventLog.entries).toHaveLength(2);
  });
  it("tells of a watchdog that expired", async () => {
    const clock = new ManualClock();
    const console = new Console("activated", { clock });
    console.simulator.me.watchdog!.beat(10);
    await clock.advance(10_000);
    const { RecordArray } = await records(console, 1, 10);
    expect(Buffer.from(RecordArray as string, "base64")[5]).toBe(18);
  });
});
