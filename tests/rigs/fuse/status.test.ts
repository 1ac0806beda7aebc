import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import schema from "../../../schemas/status.json" with { type: "json" };
import { createSimulator, profileNames } from "../../../simulator/mod.ts";
import { comparable, expectedStatus } from "../../expectations/status.ts";
import { describeRig, fromRoot, runtimes } from "./describe_rig.ts";
import { buildSample, sampleHint, sampleSource, versionsOf } from "./mei_amt_version.ts";
import { startFuseRig } from "./rig.ts";

const main = fromRoot("commands/main.ts");
const validate = new Ajv2020().compile(schema);

describeRig("amtctl status on the FUSE /dev/mei0", () => {
  describe.each(Object.entries(runtimes))("on %s", (_name, command) => {
    it.each(profileNames)("tells of %s what its description says", async (profile) => {
      await using rig = await startFuseRig(createSimulator(profile).me);
      const { code, stdout } = await rig.runInNamespace([
        ...[...command, main, "status", "--json", "--hashes", "--reveal"],
      ]);
      const status = JSON.parse(stdout);
      expect([code, validate(status) ? [] : validate.errors]).toEqual([0, []]);
      expect(comparable(status)).toEqual(expectedStatus(profile, { held: true }));
    });
  });
});

describeRig("amtctl status and mei-amt-version of the Linux sources", () => {
  it.skipIf(sampleSource === undefined).each(["activated", "unprovisioned", "acm", "legacy", "tls-only"])(
    `agree on every version of %s${sampleHint}`,
    async (profile) => {
      const sample = buildSample();
      await using rig = await startFuseRig(createSimulator(profile).me);
      const theirs = await rig.runInNamespace([sample, "-v"]);
      expect([theirs.code, theirs.stdout]).toEqual([0, expect.stringContaining("Intel AMT: ENABLED")]);
      const ours = await rig.runInNamespace([...runtimes["Deno"]!, main, "status", "--get", "versions"]);
      expect(ours.code).toBe(0);
      const { BIOS: _bios, ...versions } = JSON.parse(ours.stdout);
      expect(versionsOf(theirs.stdout)).toMatchObject(versions);
      expect(Object.keys(versions)).toHaveLength(10);
    },
  );
});
