import { managedElement, scopedKeys, service } from "./base.ts";
import { bool, datetime, embedded, interval, reference, text, wsmanClass } from "./declare.ts";

const occurrence = wsmanClass("IPS_AlarmClockOccurrence", {
  keys: ["InstanceID"],
  fields: {
    ...managedElement,
    InstanceID: text,
    StartTime: datetime,
    Interval: interval,
    DeleteOnCompletion: bool,
  },
});

/** Alarms that wake the host. */
export const classes = [
  occurrence,
  wsmanClass("AMT_AlarmClockService", {
    keys: scopedKeys,
    fields: { ...service, NextAMTAlarmTime: datetime, AMTAlarmClockInterval: interval },
    methods: { AddAlarm: { input: { AlarmTemplate: embedded(occurrence) }, output: { AlarmClock: reference } } },
    single: true,
  }),
];
