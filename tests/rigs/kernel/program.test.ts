import { describe, expect, it } from "vitest";
import { knownClient, MKHI } from "../../../protocols/mei/known_clients.ts";
import { createSimulator } from "../../../simulator/mod.ts";
import { bundleProgram } from "./bundle.ts";
import { describeGuest, holds, reaches, watchdogDriver } from "./describe_guest.ts";
import { runtimes } from "./guest.ts";

const program = await bundleProgram();

describeGuest("amtctl", (guest) => {
  async function started(profile: string) {
    const { me } = createSimulator(profile);
    const link = await guest().firmware(me);
    await reaches(guest(), "ENABLED");
    await holds(guest(), "grep -q 16.1.25.2035 /sys/class/mei/mei0/fw_ver && [ -e /sys/bus/mei/devices/*8e6a6715* ]");
    return { me, link };
  }

  describe.each(Object.entries(runtimes))("on %s", (_, runtime) => {
    const amtctl = `${runtime} ${program}`;

    it("clients --probe lists every client with the sizes that the firmware gave", async () => {
      const { me, link } = await started("activated");
      await using _link = link;
      await using _driver = await watchdogDriver(guest(), { offered: true });
      const { stdout, stderr, exitCode } = await guest().sh(`${amtctl} clients --probe --json`, { timeoutMs: 60_000 });
      expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
      const { device, clients, unavailable } = JSON.parse(stdout);
      expect(device).toBe("/dev/mei0");
      expect(unavailable).toEqual([]);
      expect(clients.map(sizesOf).sort(byGuid)).toEqual(
        me.clients.map(({ properties }) => ({
          ...sizesOf(properties),
          name: knownClient(properties.guid)?.name ?? null,
        })).sort(byGuid),
      );
      expect(byName(clients, "AMTHI")).toMatchObject({ driver: null, sources: ["sysfs", "debugfs", "probe"] });
      expect(byName(clients, "WD")).toMatchObject({ driver: "mei_wdt", sources: ["sysfs", "debugfs"] });
    });

    it("clients --probe lists no client of AMT when AMT is disabled", async () => {
      const { link } = await started("disabled");
      await using _link = link;
      const { stdout, exitCode } = await guest().sh(`${amtctl} clients --probe --json`, { timeoutMs: 60_000 });
      expect(exitCode).toBe(0);
      const names = JSON.parse(stdout).clients.map(({ name }: { name: string }) => name);
      expect(names).toContain("MKHI");
      for (const name of ["AMTHI", "LME", "WD"]) expect(names).not.toContain(name);
    });

    it("devices shows the node as the driver shows it", async () => {
      const { link } = await started("activated");
      await using _link = link;
      const { stdout, stderr, exitCode } = await guest().sh(`${amtctl} devices --json`, { timeoutMs: 60_000 });
      expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
      expect(JSON.parse(stdout).devices).toMatchObject([{
        path: "/dev/mei0",
        kind: "mei",
        state: "ENABLED",
        pci: { address: "0000:00:16.0", vendorId: "8086", deviceId: "51E0", driver: "mei_virt" },
        firmwareVersions: [{ version: "16.1.25.2049" }, { version: "16.1.25.2049" }, { version: "16.1.25.2035" }],
        hbmVersion: "2.2",
        hbmVersionDriver: "2.2",
        firmwareStatus: ["90000245", "00F10506", "00000030", "00004400", "00000000", "40200002"],
        txQueueLimit: 50,
        trc: null,
        permissions: { mode: "0600", uid: 0, gid: 0, mayOpen: true },
      }]);
    });

    it("send gives the answer of the firmware", async () => {
      const { link } = await started("activated");
      await using _link = link;
      const { stdout, exitCode } = await guest().sh(`${amtctl} send ${MKHI} ff020000 --json`, { timeoutMs: 60_000 });
      expect(exitCode).toBe(0);
      // Group, response bit, and 16.1.25.2049, 16.1.25.2049, 16.1.25.2035 in the layout of facts E.
      expect(stdout).toContain("ff82000001001000010819000100100001081900" + "01001000f3071900");
    });

    it("send reports the timeout in time when the firmware is mute and the kernel holds the CONNECT", async () => {
      const { link } = await started("activated");
      await using _link = link;
      const normal = await timed(() => guest().sh(`${amtctl} send ${MKHI} ff020000 --json`, { timeoutMs: 60_000 }));
      link.firmware.mute();
      const command = guest().start(`${amtctl} send ${MKHI} ff020000 --timeout 2s --json`);
      const told = await timed(() => command.until(({ stderr }) => stderr.includes("\n") || undefined, 30_000));
      const more = await timed(() => command.exited(60_000));
      expect(await command.exited(0)).toMatchObject({ stdout: "", exitCode: 12 });
      expect(JSON.parse(command.stderr).error).toMatchObject({ code: "timeout", exitCode: 12 });
      expect(told).toBeGreaterThan(2000);
      expect(told).toBeLessThan(2000 + 2 * normal + 1000);
      // The process can end only when the kernel lets go, which is seconds later.
      expect(more).toBeGreaterThan(1000);
    });
  });
});

interface Sizes {
  readonly guid: string;
  readonly protocolVersion: number | null;
  readonly maxMessageLength: number | null;
  readonly maxConnections: number | null;
  readonly fixedAddress: number | null;
}

function sizesOf<T extends Sizes & { readonly name?: string | null }>(client: T) {
  const { guid, name, protocolVersion, maxMessageLength, maxConnections, fixedAddress } = client;
  return { guid, name, protocolVersion, maxMessageLength, maxConnections, fixedAddress };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function byGuid(a: { readonly guid: string }, b: { readonly guid: string }): number {
  return a.guid < b.guid ? -1 : 1;
}

function byName(clients: readonly { readonly name: string | null }[], name: string): unknown {
  return clients.find((client) => client.name === name);
}
