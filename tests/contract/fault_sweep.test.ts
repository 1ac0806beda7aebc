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
import { AmtError } from "../../core/errors/mod.ts";
import { AMTHI, MKHI } from "../../protocols/mei/known_clients.ts";
import type { Fault, FaultKind } from "../../simulator/faults.ts";
import { createSimulator } from "../../simulator/mod.ts";
import { MeiDevice } from "../../transport/mei_device.ts";
import type { MeiTransport } from "../../transport/mei.ts";
import { chooseNode } from "../../transport/sysfs.ts";
import type { Host } from "../../ffi/host.ts";
import { FakeMeiDriver } from "../fakes/mei_driver.ts";

interface Swept {
  readonly title: string;
  /** Which of its messages are struck, counted from 1. */
  readonly messages: readonly number[];
  /** Exit codes that it may end with. */
  ends(fault: FaultKind): readonly number[];
  run(context: Context): Promise<unknown>;
}

const getProvisioningState = "010100001100000400000000";
const statusFlags = { format: "own", hashes: false, flashLog: false, releaseWatchdog: false, reveal: false } as const;

/** A raw message may have changed something; a spoiled answer is passed on, or its successor is waited for. */
const raw = (fault: FaultKind) => ["silent", "slow", "reset", "disconnect"].includes(fault) ? [15] : [0, 5, 12];
/** Parts that cannot be had are told as such. */
const partial = () => [0, 12, 13];
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
    // AMTHI's first, some in the middle, and those of MKHI and UPID.
    messages: [1, 5, 18, 24, 26, 28],
    ends: partial,
    run: (context) => status.run(context, { ...statusFlags, get: undefined }, []),
  },
  {
    title: "status --hashes --reveal --release-watchdog",
    messages: [23, 31, 36],
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
    ends: partial,
    run: (context) => doctor.run(context, { releaseWatchdog: false }, []),
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
    const { me, mei, host } = createSimulator("activated", { faults: [each.fault] });
    await outcome(each, { mei, host });
    expect(me.openConnections).toBe(0);
  });
});

describe("fault sweep over a device", () => {
  it.each(cases)("$title", async (each) => {
    const { me, host } = createSimulator("activated", { faults: [each.fault] });
    const libc = new FakeMeiDriver(me);
    await outcome(each, { mei: new MeiDevice({ libc, host, path: "/dev/mei0" }), host });
    await expect.poll(() => [me.openConnections, libc.openDescriptors]).toEqual([0, 0]);
  });
});

async function outcome(
  { run, fault, ends }: Swept & { readonly fault: Fault },
  { mei, host }: { readonly mei: MeiTransport; readonly host: Host },
): Promise<void> {
  const exitCode = await run(contextOf(mei, host)).then(() => 0, (error) => {
    if (!(error instanceof AmtError)) throw error;
    expect(error.hint).not.toBe("");
    return error.exitCode;
  });
  expect(ends(fault.kind)).toContain(exitCode);
}

function contextOf(mei: MeiTransport, host: Host): Context {
  const node = chooseNode(host);
  const machine: Machine = {
    host,
    simulated: true,
    device: () => ({ name: "/dev/mei0", path: "/dev/mei0", node }),
    openMei: () => Promise.resolve(mei),
    openWatchdogs: () => Promise.reject(new Error("no watchdog here")),
    async withWatchdogReleased(work) {
      await work();
      return [];
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return {
    signal: AbortSignal.timeout(200),
    notes: { detail: () => {}, progress: () => {} },
    input: new ReadableStream(),
    output: new WritableStream(),
    machine: () => Promise.resolve(machine),
    env: () => undefined,
    finish: () => {},
  };
}
