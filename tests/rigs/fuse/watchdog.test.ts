import { describe, expect, it } from "vitest";
import { createSimulator } from "../../../simulator/mod.ts";
import { describeRig, fromRoot, runtimes } from "./describe_rig.ts";
import { hostWithFreeWatchdog } from "./free_watchdog.ts";
import { startFuseRig } from "./rig.ts";

const main = fromRoot("commands/main.ts");

describeRig("amtctl watchdog over MEI on the FUSE /dev/mei0", () => {
  describe.each(Object.entries(runtimes))("on %s", (_name, command) => {
    const watchdog = (...args: string[]) => [...command, main, "watchdog", ...args];

    it("ping gives heartbeats, tells of each, and stops the watchdog", async () => {
      using simulator = createSimulator();
      const { watchdog: timer } = simulator.me;
      await using rig = await startFuseRig(simulator.me, { host: await hostWithFreeWatchdog() });
      const { code, stdout, stderr } = await rig.runInNamespace(
        watchdog("ping", "--json", "--count", "3", "--interval", "0.05", "--watchdog-timeout", "300"),
      );
      expect([code, stderr]).toEqual([0, ""]);
      const { via, armed, heartbeats } = JSON.parse(stdout);
      expect([via, armed, heartbeats.length]).toEqual(["mei", false, 3]);
      expect(heartbeats[0]).toMatchObject({ acknowledged: true, status: 0, notRequired: false });
      expect([timer!.beats, timer!.stops, timer!.armed, timer!.timeoutSeconds]).toEqual([3, 1, false, 300]);
    });

    it("ping --keep-armed leaves it running, and does not claim to know", async () => {
      using simulator = createSimulator();
      const { me } = simulator;
      await using rig = await startFuseRig(me, { host: await hostWithFreeWatchdog() });
      const { code, stdout } = await rig.runInNamespace(watchdog("ping", "--json", "--keep-armed"));
      expect([code, JSON.parse(stdout).armed]).toEqual([0, "unknown"]);
      await expect.poll(() => me.openConnections).toBe(0);
      expect([me.watchdog!.beats, me.watchdog!.stops, me.watchdog!.armed]).toEqual([1, 0, true]);
    });

    it("run lives through a reset of the ME, and SIGTERM stops the watchdog", async () => {
      using simulator = createSimulator();
      const { me } = simulator;
      await using rig = await startFuseRig(me, { host: await hostWithFreeWatchdog() });
      const events: string[] = [];
      const running = rig.runInNamespace(
        ["timeout", "-s", "TERM", "8", ...watchdog("run", "--ndjson", "--interval", "0.3")],
        {
          onLine(line) {
            const { event } = JSON.parse(line);
            events.push(event);
            if (events.filter((each) => each === "heartbeat").length === 3 && event === "heartbeat") {
              me.reset();
              rig.server.setEnabled(false);
              rig.server.setEnabled(true);
            }
          },
        },
      );
      await running;
      expect(events.indexOf("lost")).toBeGreaterThan(events.indexOf("heartbeat"));
      const after = events.slice(events.indexOf("lost"));
      expect(after).toEqual(expect.arrayContaining(["registered", "heartbeat", "ended"]));
      expect([me.watchdog!.armed, me.openConnections]).toEqual([false, 0]);
    });
  });
});
