import { EVENT_LOG_CAPACITY, type EventLogEntry } from "../../event_log.ts";
import type { WsmanClass } from "../class.ts";
import type { Incoming } from "../incoming.ts";
import type { AmtMachine } from "../machine.ts";
import { bytesToBase64 } from "../text.ts";
import type { Outputs } from "../value.ts";

const NAME = "Intel(r) AMT:MessageLog 1";
const RECORD_LENGTH = 21;
const returns = { done: 0, noRecord: 2, isEmpty: 3, frozen: 2059 } as const;

/** AMT_MessageLog: the event log, the newest entry first. Field names: a recorded answer in MPS's tests. */
export const messageLog: WsmanClass = {
  name: "AMT_MessageLog",
  keys: ["CreationClassName", "Name"],
  instances: ({ eventLog }) => [{
    Capabilities: [5, 6, 8, 7],
    CharacterSet: 10,
    CreationClassName: "AMT_MessageLog",
    CurrentNumberOfRecords: eventLog.entries.length,
    ElementName: NAME,
    EnabledDefault: 2,
    EnabledState: 2,
    HealthState: 5,
    IsFrozen: eventLog.isFrozen,
    LastChange: 0,
    LogState: 4,
    MaxLogSize: 0,
    MaxNumberOfRecords: EVENT_LOG_CAPACITY,
    MaxRecordSize: RECORD_LENGTH,
    Name: NAME,
    OperationalStatus: 2,
    OverwritePolicy: 2,
    PercentageNearFull: Math.floor((100 * eventLog.entries.length) / EVENT_LOG_CAPACITY),
    RequestedState: 12,
    SizeOfHeader: 0,
    SizeOfRecordHeader: 0,
    Status: "OK",
  }],
  methods: {
    PositionToFirstRecord: ({ eventLog }) =>
      eventLog.entries.length === 0
        ? { IterationIdentifier: 0, ReturnValue: returns.noRecord }
        : { IterationIdentifier: 1, ReturnValue: returns.done },
    GetRecords,
    ClearLog: ({ eventLog }) => {
      if (eventLog.isFrozen) return returns.frozen;
      eventLog.clear();
      return returns.done;
    },
    FreezeLog: ({ eventLog }, input) => {
      eventLog.isFrozen = input.flag("Freeze");
      return returns.done;
    },
  },
};

/** An identifier is the number of a record, from 1. */
function GetRecords({ eventLog }: AmtMachine, input: Incoming): Outputs {
  const first = input.number("IterationIdentifier");
  const most = input.number("MaxReadRecords");
  const newestFirst = [...eventLog.entries].reverse();
  if (newestFirst.length === 0) {
    return { IterationIdentifier: first, NoMoreRecords: true, ReturnValue: returns.isEmpty };
  }
  if (first < 1 || first > newestFirst.length || most < 1) {
    return { IterationIdentifier: first, NoMoreRecords: true, ReturnValue: returns.noRecord };
  }
  const end = Math.min(first - 1 + Math.min(most, EVENT_LOG_CAPACITY), newestFirst.length);
  return {
    IterationIdentifier: end + 1,
    NoMoreRecords: end === newestFirst.length,
    RecordArray: newestFirst.slice(first - 1, end).map((entry) => bytesToBase64(record(entry))),
    ReturnValue: returns.done,
  };
}

/** An entry in the 21 bytes that AMT tells it in, the time in front, the lowest byte first. */
function record(entry: EventLogEntry): Uint8Array {
  const bytes = new Uint8Array(RECORD_LENGTH);
  new DataView(bytes.buffer).setUint32(0, entry.timeSeconds, true);
  const { deviceAddress, sensorType, eventType, offset, sourceType } = entry;
  const { severity, sensorNumber, entity, entityInstance, data } = entry;
  const kinds = [deviceAddress, sensorType, eventType, offset, sourceType];
  bytes.set([...kinds, severity, sensorNumber, entity, entityInstance], 4);
  bytes.set(data.subarray(0, 8), 13);
  return bytes;
}
