import { describe, expect, it } from "vitest";
import { AMTHI, LME } from "../../../protocols/mei/known_clients.ts";
import { createSimulator } from "../../../simulator/mod.ts";
import { describeRig, fromRoot, runtimes } from "./describe_rig.ts";
import { startFuseRig } from "./rig.ts";

const main = fromRoot("commands/main.ts");

interface Output {
  readonly attention: readonly string[];
  readonly checks: readonly { readonly id: string; readonly finding: string; readonly fix: string | null }[];
}

describeRig("amtctl doctor on the FUSE /dev/mei0", () => {
  describe.each(Object.entries(runtimes))("on %s", (_name, command) => {
    const doctor = [...command, main, "doctor", "--json"];

    it.each<[string, string, string]>([
      ["disabled", "amt-client", "switched off"],
      ["no-amt", "amt-client", "consumer firmware"],
      ["tls-only", "tls", "TLS only"],
      ["activated", "provisioning", "client control mode"],
      ["unprovisioned", "provisioning", "not activated"],
    ])("tells what is the matter with %s", async (profile, id, words) => {
      await using rig = await startFuseRig(createSimulator(profile).me);
      const { code, stdout } = await rig.runInNamespace(doctor);
      const { attention, checks }: Output = JSON.parse(stdout);
      const found = checks.find((check) => check.id === id)!;
      expect(JSON.stringify(found)).toContain(words);
      expect([code, attention]).toEqual(id === "amt-client" ? [20, [id]] : [0, []]);
    });

    it("names what holds the device when AMTHI is busy", async () => {
      const busy = [AMTHI, LME].map((client) => ({ kind: "busy" as const, nth: 1, onwards: true, client }));
      await using rig = await startFuseRig(createSimulator("activated", { faults: busy }).me);
      const { code, stdout } = await rig.runInNamespace([
        "sh",
        "-c",
        `exec 3<>/dev/mei0; ${doctor.join(" ")}`,
      ]);
      const { attention, checks }: Output = JSON.parse(stdout);
      expect([code, attention]).toEqual([20, ["holders"]]);
      expect(checks.find(({ id }) => id === "holders")!.finding).toMatch(/\/dev\/mei0 is open in sh \(process \d+\)/);
    });
  });
});
