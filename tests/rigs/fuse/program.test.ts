import { existsSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { AMTHI, LME, MKHI, WATCHDOG } from "../../../protocols/mei/known_clients.ts";
import { createSimulator } from "../../../simulator/mod.ts";
import { ECHO, echo, meWith } from "../../simulator/echo.ts";
import { describeRig, fromRoot, runtimes } from "./describe_rig.ts";
import { run } from "./processes.ts";
import { startFuseRig } from "./rig.ts";

const main = fromRoot("commands/main.ts");

describeRig("the namespace", () => {
  it("shows /dev/mei0 and the profile's /sys, and leaves the real ones alone", async () => {
    const devices = readdirSync("/dev");
    const hadMei = existsSync("/sys/class/mei/mei0/kind");
    await using rig = await startFuseRig(createSimulator().me);
    const { stdout } = await rig.runInNamespace([
      "sh",
      "-c",
      "cat /sys/class/mei/mei0/kind /sys/class/mei/mei0/hbm_ver; readlink /sys/class/mei/mei0/device; ls /dev/null /dev/mei0",
    ]);
    expect(stdout).toBe("mei\n2.2\n../../../0000:00:16.0\n/dev/mei0\n/dev/null\n");
    expect(readdirSync("/dev")).toEqual(devices);
    expect(existsSync("/sys/class/mei/mei0/kind")).toBe(hadMei);
  });
});

describeRig("amtctl on the FUSE /dev/mei0", () => {
  describe.each(Object.entries(runtimes))("on %s", (_name, command) => {
    it("clients --probe lists AMTHI, LME, WD and MKHI with the sizes that the firmware gave", async () => {
      const { me } = createSimulator();
      await using rig = await startFuseRig(me);
      const { code, stdout, stderr } = await rig.runInNamespace([
        ...command,
        main,
        "clients",
        "--probe",
        "--force",
        "--json",
      ]);
      expect([code, stderr]).toEqual([0, ""]);
      const { device, clients } = JSON.parse(stdout);
      expect(device).toBe("/dev/mei0");
      for (const guid of [AMTHI, LME, WATCHDOG, MKHI]) {
        const { protocolVersion, maxMessageLength, maxConnections } = me.client(guid)!.properties;
        const found = clients.find((client: { guid: string }) => client.guid === guid);
        expect(found).toMatchObject({ protocolVersion, maxMessageLength, maxConnections });
        expect(found.sources).toEqual(["sysfs", "debugfs", "probe"]);
      }
      await expect.poll(() => me.openConnections).toBe(0);
    });

    it("send gives the answer of the firmware", async () => {
      await using rig = await startFuseRig(createSimulator().me);
      const { code, stdout } = await rig.runInNamespace([
        ...command,
        main,
        "send",
        "AMTHI",
        "010100001100000400000000",
      ]);
      expect([code, stdout]).toEqual([0, "0101000011008004080000000000000002000000\n"]);
    });

    it("tells in time that the firmware is mute, although the kernel holds the CONNECT", async () => {
      const { me } = createSimulator();
      await using rig = await startFuseRig(me, { silentTo: () => true, connectTimeoutMs: 3000 });
      const start = performance.now();
      let told = Infinity;
      const { code, stderr } = await rig.runInNamespace([
        "sh",
        "-c",
        `${
          [...command, main].join(" ")
        } send MKHI ff020000 --timeout 500ms --json 2>&1 >/dev/null | { read -r line; echo told >&2; echo "$line"; cat; }`,
      ], { onLine: () => void (told = Math.min(told, performance.now() - start)) });
      expect(stderr).toContain("told");
      expect(code).toBe(0);
      expect(told).toBeLessThan(2900);
    });

    it("ends with 4 and a way out when the node may not be opened", async () => {
      await using rig = await startFuseRig(createSimulator().me, { mode: 0 });
      const { code, stderr } = await rig.runInNamespace([
        "setpriv",
        "--reuid=65534",
        "--clear-groups",
        ...command,
        main,
        "send",
        "MKHI",
        "ff020000",
        "--json",
      ], {
        env: { HOME: "/nonexistent", DENO_DIR: "/tmp/amtctl-no-deno-dir" },
      });
      expect(code).toBe(4);
      expect(JSON.parse(stderr.trim().split("\n").at(-1)!).error).toMatchObject({
        code: "mei.permission",
        exitCode: 4,
      });
    });

    it("100,000 messages go round with flat memory", { timeout: 180_000 }, async () => {
      await using rig = await startFuseRig(meWith([echo()]));
      const soak = fromRoot("tests/rigs/fuse/soak.ts");
      const { code, stdout, stderr } = await run([...command, soak, rig.device, ECHO, "100000"], {
        timeoutMs: 170_000,
      });
      expect([code, stderr]).toEqual([0, ""]);
      console.log(`soak ${_name}: ${stdout.trim()}`);
      const { earlyMiB, endMiB } = JSON.parse(stdout);
      expect(endMiB - earlyMiB).toBeLessThan(25);
    });
  });
});
