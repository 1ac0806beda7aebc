import { expect, it } from "vitest";
import { encode, toHex } from "../../../core/binary/mod.ts";
import { guidLe } from "../../../core/guid.ts";
import { ECHO, echo, meWith } from "../../simulator/echo.ts";
import { describeRig } from "./describe_rig.ts";
import { run } from "./processes.ts";
import { rigProgram, startFuseRig } from "./rig.ts";

const client = toHex(encode(guidLe, ECHO));

describeRig("a reading and a writing thread on one descriptor", () => {
  it("exchange messages without locking each other out", async () => {
    await using rig = await startFuseRig(meWith([echo()]));
    const { code, stdout, stderr } = await run([rigProgram("threads"), rig.device, client, "5000", "30"]);
    expect([code, stdout, stderr]).toEqual([0, "5000 messages\n", ""]);
  });

  it("lock each other out without the stream flag, which is why the rig sets it", async () => {
    await using rig = await startFuseRig(meWith([echo()]), { stream: false });
    const { signal, stdout } = await run([rigProgram("threads"), rig.device, client, "5000", "2"]);
    expect([signal, stdout]).toEqual(["SIGALRM", ""]);
  });
});
