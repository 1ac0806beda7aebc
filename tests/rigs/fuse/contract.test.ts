import { describe, expect, it } from "vitest";
import { createSimulator } from "../../../simulator/mod.ts";
import { meiCases } from "../../contract/mei_cases.ts";
import { describeRig, fromRoot, runtimes } from "./describe_rig.ts";
import { run } from "./processes.ts";
import { startFuseRig } from "./rig.ts";

const program = fromRoot("tests/contract/run_case.ts");
const cases = meiCases.map((meiCase, index) => [meiCase.title, meiCase, index] as const);

describeRig("MeiTransport of a FUSE /dev/mei0", () => {
  describe.each(Object.entries(runtimes))("on %s", (_name, command) => {
    it.each(cases)("%s", async (_title, { profile, faults }, index) => {
      const { me } = createSimulator(profile, { faults: faults ?? [] });
      await using rig = await startFuseRig(me);
      const { stdout, stderr } = await run([...command, program, rig.device, String(index)]);
      expect({ outcome: stdout, stderr }).toEqual({ outcome: '{"ok":true}\n', stderr: "" });
      await expect.poll(() => me.openConnections).toBe(0);
    });
  });
});
