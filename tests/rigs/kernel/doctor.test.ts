import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import type { DoctorOutput } from "../../../commands/doctor.schema.ts";
import schema from "../../../schemas/doctor.json" with { type: "json" };
import { createSimulator, type ProfileName } from "../../../simulator/mod.ts";
import { bundleProgram } from "./bundle.ts";
import { describeGuest, holds, reaches, watchdogDriver } from "./describe_guest.ts";
import { runtimes } from "./guest.ts";

const program = await bundleProgram();
const validate = new Ajv2020({ strict: true }).compile(schema);

type Check = DoctorOutput["checks"][number];

/** What must stand out on a profile: the check, its verdict, and words of its finding and of its fix. */
const matters: readonly [ProfileName, string, Check["verdict"], RegExp, RegExp][] = [
  ["activated", "provisioning", "ok", /^activated, client control mode$/, /^null$/],
  ["disabled", "amt-client", "attention", /does not offer the AMTHI client; .*AMT is switched off/, /MEBx/],
  ["no-amt", "amt-client", "attention", /; HFSTS3 calls it consumer firmware/, /Nothing on this machine/],
  ["tls-only", "tls", "note", /TLS only/, /16993/],
];

describeGuest("amtctl doctor", (guest) => {
  async function started(profile: ProfileName) {
    const link = await guest().firmware(createSimulator(profile).me);
    await reaches(guest(), "ENABLED");
    await holds(guest(), "[ -e /sys/bus/mei/devices/*8e6a6715* ]");
    return link;
  }

  async function doctor(command: string) {
    const { stdout, stderr, exitCode } = await guest().sh(`${command} doctor --json`, { timeoutMs: 60_000 });
    expect(stderr).toBe("");
    const output: DoctorOutput = JSON.parse(stdout);
    expect(validate(output) ? [] : validate.errors).toEqual([]);
    expect(exitCode).toBe(output.attention.length > 0 ? 20 : 0);
    const check = (id: string) => output.checks.find((each) => each.id === id)!;
    return { ...output, check };
  }

  describe.each(Object.entries(runtimes))("on %s", (_, runtime) => {
    const amtctl = `${runtime} ${program}`;

    it.each(matters)("says what is the matter with %s, by the driver's own /sys", async (...expected) => {
      const [profile, id, verdict, finding, fix] = expected;
      await using _link = await started(profile);
      const { check, attention } = await doctor(amtctl);
      expect(attention).toEqual(verdict === "attention" ? [id] : []);
      expect(check(id)).toMatchObject({ verdict, finding: expect.stringMatching(finding) });
      expect(String(check(id).fix)).toMatch(fix);
      // The virtual hardware is no PCI function of a Management Engine.
      expect(["pci", "driver", "node", "permissions"].map((each) => check(each).verdict)).toEqual(
        ["note", "note", "ok", "ok"],
      );
      expect(check("hfsts").finding).toMatch(profile === "tls-only" ? /flashDescriptorOpen/ : /^working state: normal/);
    });

    it("tells a device that is no node of the driver from AMT that is missing", async () => {
      await using _link = await started("activated");
      const { attention, check } = await doctor(`${amtctl} --device /dev/null`);
      expect(attention).toEqual(["node"]);
      expect(check("amt-client")).toMatchObject({ verdict: "skipped", causes: [] });
    });

    it("says that mei_wdt holds what it could not ask", async () => {
      await using _link = await started("activated");
      await using _driver = await watchdogDriver(guest(), { offered: true });
      const { check, unavailable } = await doctor(amtctl);
      expect(unavailable).toContainEqual({
        field: "operationalState",
        reason: expect.stringContaining("mei_wdt holds"),
      });
      expect(check("operational-state")).toMatchObject({ verdict: "ok", finding: "enabled, as MKHI says" });
    });
  });
});
