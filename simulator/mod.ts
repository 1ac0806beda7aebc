import type { Clock } from "../core/clock.ts";
import type { Host } from "../ffi/host.ts";
import type { SysfsWriter } from "../ffi/sysfs_writer.ts";
import type { MeiTransport } from "../transport/mei.ts";
import type { WatchdogTransport } from "../transport/watchdog.ts";
import type { AmtOptions } from "./amt.ts";
import { simulatedClock } from "./clock.ts";
import { DriverBinding } from "./driver_binding.ts";
import { type Fault, FaultPlan } from "./faults.ts";
import { SimulatedWatchdogs } from "./kernel_watchdog.ts";
import type { LmeOptions } from "./lme/options.ts";
import { SimulatedMe } from "./me.ts";
import { SimulatedMei } from "./mei.ts";
import { SimulatedNode } from "./node.ts";
import { profile } from "./profiles/mod.ts";
import { situation } from "./situations.ts";
import type { WatchdogOnClose } from "./watchdog_timer.ts";

export type { Fault, FaultKind } from "./faults.ts";
export { SimulatedMe } from "./me.ts";
export { SimulatedMei } from "./mei.ts";
export { type Profile, type ProfileName, profileNames } from "./profiles/profile.ts";
export { type SituationName, situationNames } from "./situations.ts";

const DEFAULT_PROFILE = "activated";

export interface SimulatorOptions {
  readonly faults?: readonly Fault[];
  /** User id that looks at the host. Default: 0, root, unless the situation says otherwise. */
  readonly uid?: number;
  /** How many times as fast as real time the firmware's timers run. Default 1. */
  readonly timeScale?: number;
  /** What they go by instead of real time. */
  readonly clock?: Clock;
  /** What becomes of a running watchdog whose connection ends without a stop. Default `runs`. */
  readonly watchdogOnClose?: WatchdogOnClose;
  /** What its side of the APF tunnel is like. */
  readonly lme?: LmeOptions;
  /** What its AMT is like. */
  readonly amt?: AmtOptions;
}

/** Disposal stops the firmware's timers, which do not keep the process alive either. */
export interface Simulator extends Disposable {
  /** `PROFILE`, or `PROFILE+SITUATION`. */
  readonly name: string;
  readonly me: SimulatedMe;
  readonly mei: MeiTransport;
  readonly host: Host;
  readonly sysfs: SysfsWriter;
  readonly watchdogs: WatchdogTransport;
}

/**
 * A machine with a Management Engine in software, by the name `[PROFILE][+SITUATION]`; the profile is `activated`
 * unless named. Throws `usage` for an unknown name.
 */
export function createSimulator(name = DEFAULT_PROFILE, options: SimulatorOptions = {}): Simulator {
  const { faults = [], uid, timeScale, clock = simulatedClock(timeScale), watchdogOnClose, lme, amt } = options;
  const plus = name.indexOf("+");
  const chosen = profile(plus < 0 ? name : name.slice(0, plus) || DEFAULT_PROFILE);
  const around = plus < 0 ? {} : situation(name.slice(plus + 1));
  const me = new SimulatedMe(chosen, { faults: new FaultPlan(faults), clock, watchdogOnClose, lme, amt });
  around.firmware?.(me);
  const host = chosen.host(uid ?? around.uid);
  around.host?.(host);
  // Made when somebody asks: it reads much of /sys, and most commands have no use for it.
  let made: SimulatedWatchdogs | undefined;
  const watchdogs = () => made ??= new SimulatedWatchdogs(me, host);
  const drivers = new DriverBinding(host, (driver, isBound) => {
    if (driver === "mei_wdt") watchdogs().bound(isBound);
  });
  return {
    name: plus < 0 ? chosen.name : `${chosen.name}${name.slice(plus)}`,
    me,
    mei: new SimulatedNode(new SimulatedMei(me, (client) => drivers.holds(client)), host),
    host,
    sysfs: drivers,
    get watchdogs() {
      return watchdogs();
    },
    [Symbol.dispose]: () => me[Symbol.dispose](),
  };
}
