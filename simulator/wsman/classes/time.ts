import { fixedState, serviceFields, serviceKeys, type WsmanClass } from "../class.ts";
import type { Incoming } from "../incoming.ts";
import type { AmtMachine } from "../machine.ts";

const INVALID_TIME = 34;
const INVALID_PARAMETER = 36;
const HIGHEST = 0xffff_ffff;

/** AMT_TimeSynchronizationService: the firmware's clock, in seconds since 1970. */
export const timeSynchronizationService: WsmanClass = {
  name: "AMT_TimeSynchronizationService",
  keys: serviceKeys,
  local: "all",
  instances: ({ settings }) => [{
    ...serviceFields("AMT_TimeSynchronizationService", "Intel(r) AMT Time Synchronization Service"),
    ...fixedState,
    LocalTimeSyncEnabled: settings.localTimeSync,
    TimeSource: settings.timeSource,
  }],
  methods: {
    GetLowAccuracyTimeSynch: ({ time }) => ({ Ta0: Math.floor(time.now() / 1000), ReturnValue: 0 }),
    SetHighAccuracyTimeSynch,
    EnableLocalTimeSync: ({ settings }, input) => {
      settings.localTimeSync = input.flag("Enable") ? 1 : 2;
      return 0;
    },
  },
};

/**
 * Ta0 is what AMT said, Tm1 the console's clock then, Tm2 the console's clock now. AMT's clock moves by the difference
 * of the middles of both spans: how exactly AMT computes it is not told anywhere.
 */
function SetHighAccuracyTimeSynch({ time, settings }: AmtMachine, input: Incoming): number {
  const [asked, sent, now] = [input.number("Ta0"), input.number("Tm1"), input.number("Tm2")];
  if ([asked, sent, now].some((each) => each < 0 || each > HIGHEST)) return INVALID_PARAMETER;
  if (now < sent) return INVALID_TIME;
  time.adjust(500 * (sent + now) - (500 * asked + time.now() / 2));
  settings.timeSource = 1;
  return 0;
}
