/**
 * Every command against every fault at every message: it ends with an answer or an error of the catalog, in time, and
 * leaves no connection and no descriptor open. A new command registers here.
 */

import { describe, expect, it } from "vitest";
import clients from "../../commands/clients.ts";
import type { Context } from "../../commands/command.ts";
import type { Machine } from "../../commands/machine.ts";
import send from "../../commands/send.ts";
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
  /** Messages that it sends. */
  readonly messages: number;
  run(context: Context): Promise<unknown>;
}

const getProvisioningState = "010100001100000400000000";

const swept: readonly Swept[] = [
  {
    title: "clients --probe --force",
    messages: 0,
    run: (context) => clients.run(context, { probe: true, force: true }, []),
  },
  {
    title: "send AMTHI",
    messages: 1,
    run: (context) => send.run(context, { receive: 1, binary: false }, [AMTHI, getProvisioningState]),
  },
  {
    title: "send MKHI --receive 2",
    messages: 1,
    run: (context) => send.run(context, { receive: 2, binary: false }, [MKHI, "ff020000"]),
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
const cases = swept.flatMap(({ title, messages, run }) => {
  const faults: Fault[] = [{ kind: "busy", nth: 1, onwards: true }];
  for (let nth = 1; nth <= messages; nth++) for (const kind of messageFaults) faults.push({ kind, nth, delayMs: 2000 });
  return faults.map((fault) => ({ title: `${title} with ${fault.kind} at ${fault.nth}`, fault, run }));
});

const atOnce: Partial<Record<FaultKind, readonly number[]>> = {
  busy: [0, 5, 12],
  silent: [15],
  slow: [15],
  reset: [15],
  disconnect: [15],
};

describe("fault sweep over the simulator", () => {
  it.each(cases)("$title", async ({ fault, run }) => {
    const { me, mei, host } = createSimulator("activated", { faults: [fault] });
    await outcome(run, fault, { mei, host });
    expect(me.openConnections).toBe(0);
  });
});

describe("fault sweep over a device", () => {
  it.each(cases)("$title", async ({ fault, run }) => {
    const { me, host } = createSimulator("activated", { faults: [fault] });
    const libc = new FakeMeiDriver(me);
    await outcome(run, fault, { mei: new MeiDevice({ libc, host, path: "/dev/mei0" }), host });
    await expect.poll(() => [me.openConnections, libc.openDescriptors]).toEqual([0, 0]);
  });
});

/** Which exit codes a fault may end in; a spoiled answer is passed on by `send`, or its successor is waited for. */
async function outcome(
  run: Swept["run"],
  fault: Fault,
  { mei, host }: { readonly mei: MeiTransport; readonly host: Host },
): Promise<void> {
  const exitCode = await run(contextOf(mei, host)).then(() => 0, (error) => {
    if (!(error instanceof AmtError)) throw error;
    expect(error.hint).not.toBe("");
    return error.exitCode;
  });
  expect(atOnce[fault.kind] ?? [0, 12]).toContain(exitCode);
}

function contextOf(mei: MeiTransport, host: Host): Context {
  const node = chooseNode(host);
  const machine: Machine = {
    host,
    device: () => ({ name: "/dev/mei0", path: "/dev/mei0", node }),
    openMei: () => Promise.resolve(mei),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return {
    signal: AbortSignal.timeout(200),
    notes: { detail: () => {}, progress: () => {} },
    input: new ReadableStream(),
    output: new WritableStream(),
    machine: () => Promise.resolve(machine),
  };
}
