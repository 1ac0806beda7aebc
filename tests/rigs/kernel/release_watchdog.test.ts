import { expect, it } from "vitest";
import { WATCHDOG } from "../../../protocols/mei/known_clients.ts";
import { createSimulator } from "../../../simulator/mod.ts";
import { bundleProgram } from "./bundle.ts";
import { describeGuest, holds, reaches, watchdogDriver } from "./describe_guest.ts";
import { runtimes } from "./guest.ts";

const program = await bundleProgram();
const bound = `/sys/bus/mei/drivers/mei_wdt/0000:00:16.0-${WATCHDOG}`;

describeGuest("status --release-watchdog", (guest) => {
  it.each(Object.entries(runtimes))(
    "asks the client that mei_wdt holds, and gives it back, on %s",
    async (_, runtime) => {
      const { me } = createSimulator("activated");
      await using _link = await guest().firmware(me);
      await reaches(guest(), "ENABLED");
      await holds(guest(), `[ -e /sys/bus/mei/devices/*${WATCHDOG} ]`);
      await using _driver = await watchdogDriver(guest(), { offered: true });
      await holds(guest(), `[ -e ${bound} ]`);
      const status = `${runtime} ${program} status --json`;

      const held = JSON.parse((await guest().sh(status, { timeoutMs: 60_000 })).stdout);
      expect(held.operationalState).toBeNull();
      const released = await guest().sh(`${status} --release-watchdog`, { timeoutMs: 60_000 });
      expect([released.stderr, released.exitCode]).toEqual(["", 0]);
      expect(JSON.parse(released.stdout)).toMatchObject({
        operationalState: { value: "enabled" },
        operationalStateChangeAllowed: true,
        tlsEnforcedLocally: false,
        warnings: [],
      });
      expect((await guest().sh(`ls -d ${bound}`)).exitCode).toBe(0);
      await holds(guest(), "[ -e /sys/class/watchdog/watchdog0/identity ]");
    },
  );
});
