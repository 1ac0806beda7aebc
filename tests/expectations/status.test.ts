import { describe, expect, it } from "vitest";
import { openMachine } from "../../commands/machine.ts";
import { readStatus } from "../../services/status/read_status.ts";
import { profileNames } from "../../simulator/mod.ts";
import { comparable, expectedStatus } from "./status.ts";

const all = { hashes: true, reveal: true } as const;

describe("readStatus", () => {
  it.each(profileNames)(
    "tells of %s what its description says, while mei_wdt has the watchdog's client",
    async (profile) => {
      await using machine = await openMachine({ device: `sim:${profile}` });
      const { status } = await readStatus(machine, all);
      expect(comparable(status)).toEqual(expectedStatus(profile, { held: true }));
    },
  );

  it.each(profileNames)("tells of %s what its description says, with the watchdog released", async (profile) => {
    await using machine = await openMachine({ device: `sim:${profile}` });
    const { signal } = new AbortController();
    const releaseWatchdog = (work: () => Promise<void>) => machine.withWatchdogReleased(work, signal);
    const { status } = await readStatus(machine, { ...all, releaseWatchdog });
    expect(comparable(status)).toEqual(expectedStatus(profile, { held: false }));
  });

  it("joins the addresses of AMT's interfaces with those of the operating system", async () => {
    await using machine = await openMachine({ device: "sim:acm" });
    const { status } = await readStatus(machine);
    expect(status.lan.map(({ ipAddress, hostAddress }) => [ipAddress, hostAddress])).toEqual([
      ["192.0.2.30", "192.0.2.31"],
      [null, null],
    ]);
    expect([status.hostName, status.dnsSuffix.host]).toEqual(["laptop3", "example.com"]);
  });
});
