/**
 * Every command against every fault at every message: it ends with an answer or an error of the catalog, in time, and
 * leaves no connection and no descriptor open. A new command registers here.
 */

import { describe, expect, it } from "vitest";
import clients from "../../commands/clients.ts";
import type { Context } from "../../commands/command.ts";
import type { Machine } from "../../commands/machine.ts";
import doctor from "../../commands/doctor.ts";
import is from "../../commands/is.ts";
import send from "../../commands/send.ts";
import status from "../../commands/status.ts";
import watchdogPing from "../../commands/watchdog_ping.ts";
import watchdogStop from "../../commands/watchdog_stop.ts";
import wsmanEnum from "../../commands/wsman_enum.ts";
import wsmanGet from "../../commands/wsman_get.ts";
import wsmanIdentify from "../../commands/wsman_identify.ts";
import wsmanInvoke from "../../commands/wsman_invoke.ts";
import wsmanPut from "../../commands/wsman_put.ts";
import { AmtError } from "../../core/errors/mod.ts";
import { AMTHI, MKHI, WATCHDOG } from "../../protocols/mei/known_clients.ts";
import type { Fault, FaultKind } from "../../simulator/faults.ts";
import { createSimulator, type Simulator } from "../../simulator/mod.ts";
import { MeiDevice } from "../../transport/mei_device.ts";
import { chooseNode } from "../../transport/sysfs.ts";
import { FakeMeiDriver } from "../fakes/mei_driver.ts";

interface Swept {
  readonly title: string;
  /** Which of its messages are struck, counted from 1. */
  readonly messages: readonly number[];
  /** Exit codes that it may end with. */
  ends(fault: FaultKind): readonly number[];
  run(context: Context): Promise<unknown>;
  /** It needs the watchdog's client for itself. */
  readonly freesWatchdog?: true;
}

const getProvisioningState = "010100001100000400000000";
const statusFlags = { format: "own", hashes: false, flashLog: false, releaseWatchdog: false, reveal: false } as const;

/** A raw message may have changed something; a spoiled answer is passed on, or its successor is waited for. */
const raw = (fault: FaultKind) => ["silent", "slow", "reset", "disconnect"].includes(fault) ? [15] : [0, 5, 12];
/** Parts that cannot be had are told as such, and what sysfs tells is always there. */
const partial = () => [0];
/** A heartbeat, or a stop, that is spoilt leaves it open whether the watchdog runs. */
const heartbeats = (fault: FaultKind) => fault === "busy" ? [5, 12] : [0, 13, 15];
const pingFlags = { via: "auto", watchdogTimeout: undefined, disarm: false, keepArmed: false } as const;
/** What is read comes, now or when it is asked for again; the tunnel is made anew when it is lost. */
const webReads = () => [0, 5, 7, 10, 12, 13];
/** As much, and a change whose answer is lost. */
const webChanges = () => [...webReads(), 15];
const amtFlags = {
  host: undefined,
  tls: false,
  pin: [],
  insecure: false,
  legacyTls: false,
  user: undefined,
  passwordFile: undefined,
  passwordFd: undefined,
} as const;
const webFlags = { ...amtFlags, selector: [], body: undefined, xml: false, reveal: false } as const;
/** The one thing that is asked for is there or not. */
const single = () => [0, 5, 7, 12, 13];

const swept: readonly Swept[] = [
  {
    title: "clients --probe --force",
    messages: [],
    ends: () => [0, 5, 12],
    run: (context) => clients.run(context, { probe: true, force: true }, []),
  },
  {
    title: "send AMTHI",
    messages: [1],
    ends: raw,
    run: (context) => send.run(context, { receive: 1, binary: false }, [AMTHI, getProvisioningState]),
  },
  {
    title: "send MKHI --receive 2",
    messages: [1],
    ends: raw,
    run: (context) => send.run(context, { receive: 2, binary: false }, [MKHI, "ff020000"]),
  },
  {
    title: "status",
    // AMTHI's first and last; between them those of MKHI and UPID too.
    messages: [1, 3, 9, 10, 20, 39],
    ends: partial,
    run: (context) => status.run(context, { ...statusFlags, get: undefined }, []),
  },
  {
    title: "status --hashes --reveal --release-watchdog",
    messages: [16, 30, 45],
    ends: partial,
    run: (context) =>
      status.run(context, { ...statusFlags, get: undefined, hashes: true, reveal: true, releaseWatchdog: true }, []),
  },
  {
    title: "status --get uuid",
    messages: [1],
    ends: single,
    run: (context) => status.run(context, { ...statusFlags, get: "uuid" }, []),
  },
  {
    title: "is activated",
    messages: [1, 2],
    ends: single,
    run: (context) => is.run(context, {}, ["activated"]),
  },
  {
    title: "doctor",
    messages: [1, 5, 26],
    // 12: time was up before AMTHI could be asked.
    ends: () => [0, 12],
    run: (context) => doctor.run(context, { releaseWatchdog: false }, []),
  },
  {
    title: "watchdog ping --count 2",
    // Two heartbeats and the stop.
    messages: [1, 2, 3],
    ends: heartbeats,
    run: (context) => watchdogPing.run(context, { ...pingFlags, count: 2, interval: 1 }, []),
    freesWatchdog: true,
  },
  {
    title: "watchdog ping --keep-armed",
    messages: [1],
    ends: heartbeats,
    run: (context) => watchdogPing.run(context, { ...pingFlags, keepArmed: true, count: 1, interval: 1 }, []),
    freesWatchdog: true,
  },
  {
    title: "watchdog stop",
    messages: [1],
    ends: heartbeats,
    run: (context) => watchdogStop.run(context, { via: "auto" }, []),
    freesWatchdog: true,
  },
  {
    title: "wsman identify",
    messages: [1],
    ends: webReads,
    run: (context) => wsmanIdentify.run(context, { ...amtFlags, xml: false }, []),
  },
  {
    title: "wsman get AMT_GeneralSettings",
    // The two of the handshake, the first channel's opening and request, and the request with a digest.
    messages: [1, 2, 5, 6, 9],
    ends: webReads,
    run: (context) => wsmanGet.run(context, webFlags, ["AMT_GeneralSettings"]),
  },
  {
    title: "wsman enum CIM_SoftwareIdentity",
    // The Pull.
    messages: [12],
    ends: webReads,
    run: (context) => wsmanEnum.run(context, { ...webFlags, references: false }, ["CIM_SoftwareIdentity"]),
  },
  {
    title: "wsman put AMT_GeneralSettings HostName=other",
    // The Put's channel, and the Put.
    messages: [11, 12],
    ends: webChanges,
    run: (context) => wsmanPut.run(context, webFlags, ["AMT_GeneralSettings", [{ name: "HostName", value: "other" }]]),
  },
  {
    title: "wsman invoke AMT_MessageLog FreezeLog",
    // The request with a digest.
    messages: [9],
    ends: webChanges,
    run: (context) =>
      wsmanInvoke.run(context, webFlags, ["AMT_MessageLog", "FreezeLog", [{ name: "Freeze", value: "true" }]]),
  },
];

const messageFaults: readonly FaultKind[] = [
  "silent",
  "slow",
  "reset",
  "disconnect",
  "empty",
  "short",
  "long",
  "garbage",
];
const cases = swept.flatMap((each) => {
  const faults: Fault[] = [{ kind: "busy", nth: 1, onwards: true }];
  for (const nth of each.messages) for (const kind of messageFaults) faults.push({ kind, nth, delayMs: 2000 });
  return faults.map((fault) => ({ ...each, title: `${each.title} with ${fault.kind} at ${fault.nth}`, fault }));
});

describe("fault sweep over the simulator", () => {
  it.each(cases)("$title", async (each) => {
    using simulator = await prepared(each);
    await outcome(each, simulator);
    expect(simulator.me.openConnections).toBe(0);
  });
});

describe("fault sweep over a device", () => {
  it.each(cases)("$title", async (each) => {
    using simulator = await prepared(each);
    const { me, host, watchdogs } = simulator;
    const libc = new FakeMeiDriver(me);
    await outcome(each, { mei: new MeiDevice({ libc, host, path: "/dev/mei0" }), host, watchdogs });
    await expect.poll(() => [me.openConnections, libc.openDescriptors]).toEqual([0, 0]);
  });
});

describe("fault sweep over the kernel's watchdog", () => {
  const pings = messageFaults.map((kind) => ({ kind, nth: 1, delayMs: 2000 }));

  it.concurrent.each(pings)("watchdog ping with $kind", async (fault) => {
    using simulator = createSimulator("activated", { faults: [fault] });
    const run = (context: Context) => watchdogPing.run(context, { ...pingFlags, count: 2, interval: 1 }, []);
    await outcome({ title: "", messages: [], ends: () => [0, 15], run, fault }, simulator);
    // The driver has its own.
    expect(simulator.me.openConnections).toBeLessThanOrEqual(1);
  });
});

/** A simulator with the fault, and with a driver for the watchdog where that is not to be free. */
async function prepared({ fault, freesWatchdog }: Swept & { readonly fault: Fault }): Promise<Simulator> {
  const simulator = createSimulator("activated", { faults: [fault] });
  const unbind = "/sys/bus/mei/drivers/mei_wdt/unbind";
  if (freesWatchdog) await simulator.sysfs.writeText(unbind, `0000:00:16.0-${WATCHDOG}`);
  return simulator;
}

type Around = Pick<Simulator, "mei" | "host" | "watchdogs">;

async function outcome({ run, fault, ends }: Swept & { readonly fault: Fault }, around: Around): Promise<void> {
  const exitCode = await run(contextOf(around)).then(() => 0, (error) => {
    if (!(error instanceof AmtError)) throw error;
    expect(error.hint).not.toBe("");
    return error.exitCode;
  });
  expect(ends(fault.kind)).toContain(exitCode);
}

function contextOf({ mei, host, watchdogs }: Around): Context {
  const node = chooseNode(host);
  const machine: Machine = {
    host,
    simulated: true,
    device: () => ({ name: "/dev/mei0", path: "/dev/mei0", node }),
    openMei: () => Promise.resolve(mei),
    openWatchdogs: () => Promise.resolve(watchdogs),
    async withWatchdogReleased(work) {
      await work();
      return [];
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return {
    signal: AbortSignal.timeout(200),
    notes: { detail: () => {}, progress: () => {}, warning: () => {} },
    input: new ReadableStream(),
    output: new WritableStream(),
    machine: () => Promise.resolve(machine),
    env: (name) => name === "AMTCTL_PASSWORD" ? "P@ssw0rd" : undefined,
    askSecret: () => Promise.reject(new Error("nobody is there to ask")),
    finish: () => {},
  };
}
