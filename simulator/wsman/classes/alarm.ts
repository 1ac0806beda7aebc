import { serviceFields, serviceKeys, type WsmanClass } from "../class.ts";
import type { Incoming } from "../incoming.ts";
import type { AmtMachine } from "../machine.ts";
import type { Fields, Outputs } from "../value.ts";

const returns = { done: 0, maxLimitReached: 23, invalidParameter: 36, duplicate: 2058 } as const;
const MINUTE_MS = 60_000;

/** AMT_AlarmClockService: sets alarms that wake the machine. They are kept here, and wake nobody. */
export const alarmClockService: WsmanClass = {
  name: "AMT_AlarmClockService",
  since: 8,
  keys: serviceKeys,
  instances: () => [serviceFields("AMT_AlarmClockService", "Intel(r) AMT Alarm Clock Service", "ManagedSystem")],
  methods: { AddAlarm },
};

function AddAlarm({ alarms, time }: AmtMachine, input: Incoming): Outputs | number {
  const template = input.inner("AlarmTemplate");
  const name = template.text("InstanceID");
  const start = Math.round(Date.parse(template.moment("StartTime")) / MINUTE_MS) * MINUTE_MS;
  const interval = spanOf(template.moment("Interval", ""));
  // NaN is not above anything.
  if (name === "" || interval === undefined || !(start > time.now())) return returns.invalidParameter;
  if (alarms.has(name)) return returns.duplicate;
  if (alarms.isFull) return returns.maxLimitReached;
  alarms.add({
    name,
    title: template.text("ElementName", ""),
    start: new Date(start).toISOString().replace(".000Z", "Z"),
    interval,
    deleteOnCompletion: template.flag("DeleteOnCompletion", true),
  });
  const alarm = { className: "IPS_AlarmClockOccurrence", selectors: { InstanceID: name } };
  return { AlarmClock: alarm, ReturnValue: returns.done };
}

/** A span as AMT writes it, `P1DT0H0M`; `undefined` for what is none. Nothing, and 0, are a span of nothing. */
function spanOf(text: string): string | undefined {
  if (text === "" || text === "0") return "P0DT0H0M";
  const parts = /^P(?:(\d{1,5})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,4})M)?)?$/.exec(text);
  if (parts === null) return undefined;
  const [days, hours, minutes] = parts.slice(1).map((part) => Number(part ?? 0));
  return `P${days}DT${hours}H${minutes}M`;
}

/** IPS_AlarmClockOccurrence: the alarms that are set. */
export const alarmClockOccurrence: WsmanClass = {
  name: "IPS_AlarmClockOccurrence",
  since: 8,
  keys: ["InstanceID"],
  instances: ({ alarms }): Fields[] =>
    alarms.all.map(({ name, title, start, interval, deleteOnCompletion }) => ({
      DeleteOnCompletion: deleteOnCompletion,
      ElementName: title,
      InstanceID: name,
      Interval: { Interval: interval },
      StartTime: { Datetime: start },
    })),
  delete({ alarms }, { InstanceID }) {
    alarms.remove(String(InstanceID));
  },
};
