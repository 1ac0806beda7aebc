import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { once } from "node:events";
import { expect, it } from "vitest";
import { encode, toHex } from "../../../core/binary/mod.ts";
import { guidLe } from "../../../core/guid.ts";
import type { SimulatedMe } from "../../../simulator/me.ts";
import { ECHO, echo, meWith } from "../../simulator/echo.ts";
import { describeRig } from "./describe_rig.ts";
import { run, type RunOptions } from "./processes.ts";
import { type FuseRig, rigProgram, startFuseRig } from "./rig.ts";

const client = toHex(encode(guidLe, ECHO));
const connect = `connect:${client}`;

function calls(rig: FuseRig, steps: readonly string[], onLine?: RunOptions["onLine"]) {
  return run([rigProgram("calls"), rig.device, ...steps], onLine === undefined ? {} : { onLine });
}

/** Runs `onReading` while a program blocks in a read, and says how the read ended. */
async function readEndsWith(rig: FuseRig, onReading: () => void): Promise<string> {
  const { stdout } = await calls(rig, ["open", connect, "write:01", "read:9", "ask:reading", "read:9"], (line) => {
    if (line !== "ask:reading") return undefined;
    onReading();
    return "\n";
  });
  return stdout.trimEnd().split("\n").at(-1)!;
}

const mounted = (rig: FuseRig) => readFileSync("/proc/self/mounts", "utf8").includes(dirname(rig.device));

describeRig("the end of the FUSE rig", () => {
  it("leaves no mount, no folder and no process when it is disposed of", async () => {
    const rig = await startFuseRig(meWith([echo()]));
    expect(mounted(rig)).toBe(true);
    await rig[Symbol.asyncDispose]();
    expect(mounted(rig)).toBe(false);
    expect(existsSync(dirname(dirname(rig.device)))).toBe(false);
    expect(rig.process.exitCode).toBe(0);
  });

  it("comes with its mount when the simulator goes away", async () => {
    await using rig = await startFuseRig(meWith([echo()]));
    const gone = once(rig.process, "exit");
    await rig.server[Symbol.asyncDispose]();
    expect((await gone)[0]).toBe(0);
    expect(mounted(rig)).toBe(false);
  });

  it("ends a program's blocked read and comes with its mount on SIGTERM", async () => {
    await using rig = await startFuseRig(meWith([echo()]));
    const gone = once(rig.process, "exit");
    expect(await readEndsWith(rig, () => rig.process.kill("SIGTERM"))).toMatch(/^read E(CONNABORTED|NOTCONN|NODEV)$/);
    expect((await gone)[0]).toBe(0);
    expect(mounted(rig)).toBe(false);
  });

  it("unmounts when fuse_mei was killed", async () => {
    await using rig = await startFuseRig(meWith([echo()]));
    rig.process.kill("SIGKILL");
    await expect.poll(() => mounted(rig), { timeout: 10_000 }).toBe(false);
  });
});

describeRig("fuse_mei", () => {
  it("has no memory fault and loses no descriptor when connections, faults and resets come and go", async () => {
    const me = meWith([echo({ maxConnections: 300 })], [
      { kind: "reset", nth: 40 },
      { kind: "disconnect", nth: 60 },
      { kind: "long", nth: 80 },
      { kind: "slow", nth: 100, delayMs: 60_000 },
    ]);
    const fuseMei = await exercised(me);
    expect(fuseMei.exitCode).toBe(0);
  });

  it.each([16, 2000])("sends a message of %i bytes round in well under a millisecond", async (size) => {
    await using rig = await startFuseRig(meWith([echo()]));
    const { code, stdout } = await run([rigProgram("round_trips"), rig.device, client, "5000", String(size)]);
    expect(code).toBe(0);
    console.log(`round trips of ${size} bytes: ${stdout.trim()}`);
    expect(JSON.parse(stdout).p50Us).toBeLessThan(1000);
  });
});

/** Sends the checked build through it all; the answer has ended. */
async function exercised(me: SimulatedMe): Promise<FuseRig["process"]> {
  await using rig = await startFuseRig(me, { checked: true });
  const descriptors = () => readdirSync(`/proc/${rig.process.pid}/fd`).length;
  const before = descriptors();
  const round = ["open:nonblock", "poll:5:0", connect, "fill:1999", "poll:1:100", "read:5", "read:3000", "writes:3"];
  for (let i = 0; i < 60; i++) await calls(rig, [...round, "poll:1:5", "alarm:5", "fsync", "many:3"]);
  await calls(rig, ["open", connect, "alarm:50", "writes:100"]);
  await readEndsWith(rig, () => setImmediate(() => me.reset()));
  await calls(rig, ["many:300"]);
  await expect.poll(() => me.openConnections).toBe(0);
  expect(descriptors()).toBe(before);
  return rig.process;
}
