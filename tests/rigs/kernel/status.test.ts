import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import schema from "../../../schemas/status.json" with { type: "json" };
import type { Status } from "../../../services/status/status.ts";
import { createSimulator, type ProfileName, profileNames } from "../../../simulator/mod.ts";
import { comparable, expectedStatus } from "../../expectations/status.ts";
import { bundleProgram } from "./bundle.ts";
import { describeGuest, holds, reaches, watchdogDriver } from "./describe_guest.ts";
import { runtimes } from "./guest.ts";

const program = await bundleProgram();
const validate = new Ajv2020().compile(schema);

describeGuest("amtctl status", (guest) => {
  async function started(profile: ProfileName) {
    const link = await guest().firmware(createSimulator(profile).me);
    await reaches(guest(), "ENABLED");
    await holds(guest(), "[ -e /sys/bus/mei/devices/*8e6a6715* ]");
    return link;
  }

  async function statusOf(runtime: string, flags = ""): Promise<Status> {
    const command = `${runtime} ${program} status --json --hashes --reveal ${flags}`;
    const { stdout, stderr, exitCode } = await guest().sh(command, { timeoutMs: 60_000 });
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    const status = JSON.parse(stdout);
    expect(validate(status) ? [] : validate.errors).toEqual([]);
    return status;
  }

  describe.each(Object.entries(runtimes))("on %s", (_, runtime) => {
    it.each(profileNames)("tells of %s what its description says", async (profile) => {
      await using _link = await started(profile);
      expect(comparable(await statusOf(runtime))).toEqual(expectedStatus(profile, { held: false }));
    });

    it("tells that mei_wdt holds the watchdog's client, and with --release-watchdog asks and gives it back", async () => {
      await using _link = await started("activated");
      await using _driver = await watchdogDriver(guest(), { offered: true });
      expect(comparable(await statusOf(runtime))).toEqual(expectedStatus("activated", { held: true }));
      const released = comparable(await statusOf(runtime, "--release-watchdog"));
      expect(released).toEqual(expectedStatus("activated", { held: false }));
      await holds(guest(), "[ -e /sys/class/watchdog/watchdog0/identity ]");
    });
  });
});
