import { describe, expect, it } from "vitest";
import type { AmtError } from "../../../core/errors/mod.ts";
import type { Guid } from "../../../core/guid.ts";
import { AMTHI, MKHI } from "../../../protocols/mei/known_clients.ts";
import { readStatus, type StatusSource } from "../../../services/status/read_status.ts";
import type { Fault } from "../../../simulator/faults.ts";
import { createSimulator, type SimulatorOptions } from "../../../simulator/mod.ts";
import type { MeiTransport } from "../../../transport/mei.ts";
import { chooseNode } from "../../../transport/sysfs.ts";

/** A simulated machine that counts who is connected to. */
function machine(profile: string, options: SimulatorOptions = {}) {
  const { me, mei, host } = createSimulator(profile, options);
  const connected: Guid[] = [];
  const counting: MeiTransport = {
    connect(client, connectOptions) {
      connected.push(client);
      return mei.connect(client, connectOptions);
    },
  };
  const source: StatusSource = {
    host,
    device: () => ({ name: `sim:${profile}`, node: chooseNode(host) }),
    openMei: () => Promise.resolve(counting),
  };
  return { source, me, connected };
}

/** A firmware in this process answers at once or never. */
const quick = { answerMs: 50 };
const faulty = (...faults: Fault[]) => machine("activated", { faults });

describe("readStatus", () => {
  it("asks all of AMTHI over one connection, and leaves none open", async () => {
    const { source, connected, me } = machine("activated");
    const { status } = await readStatus(source, { hashes: true, reveal: true });
    expect(status.amtVersion).toBe("16.1.25");
    expect(connected.filter((client) => client === AMTHI)).toHaveLength(1);
    expect(me.openConnections).toBe(0);
  });

  it("asks only for the fields that are wanted", async () => {
    const { source, connected } = machine("activated");
    const { status } = await readStatus(source, { fields: ["controlMode"] });
    expect(status.controlMode).toMatchObject({ value: "client", raw: 1 });
    expect([status.uuid, status.unavailable]).toEqual([null, []]);
    expect(connected).toEqual([AMTHI]);
  });

  it.each(["empty", "short", "long", "garbage", "silent"] as const)(
    "tells one field as unavailable and the rest all the same when its answer is %s",
    async (kind) => {
      const whole = (await readStatus(machine("activated").source, quick)).status;
      const { source } = faulty({ kind, nth: 2, client: AMTHI });
      const { status, failures } = await readStatus(source, quick);
      const lost = status.unavailable.filter((each) =>
        !whole.unavailable.some((known) => known.field === each.field && known.reason === each.reason)
      );
      expect(lost.map(({ field }) => field)).toEqual(["controlMode"]);
      const warnings = kind === "empty" || kind === "silent" ? [] : ["the firmware's answers do not fit: controlMode"];
      expect(status).toEqual({ ...whole, controlMode: null, unavailable: status.unavailable, warnings });
      expect(failures.get("controlMode")?.exitCode).toBe(kind === "silent" ? 12 : 13);
    },
  );

  it("keeps what it has when the ME resets in the middle", async () => {
    const { source } = faulty({ kind: "reset", nth: 3, client: AMTHI });
    const { status, failures } = await readStatus(source, quick);
    expect(status.controlMode?.value).toBe("client");
    expect(failures.get("uuid")?.code).toBe("mei.reset");
  });

  it("tells of the rest when AMTHI is busy", async () => {
    const { source } = faulty({ kind: "busy", nth: 1, onwards: true, client: AMTHI });
    const { status, failures } = await readStatus(source, { signal: AbortSignal.timeout(10_000) });
    expect(failures.get("uuid")?.code).toBe("mei.busy");
    expect(status.firmwareVersions[0]).toBe("16.1.25.2049");
  });

  it("gives what it has when time is up", async () => {
    const { source } = faulty({ kind: "silent", nth: 3, client: AMTHI });
    const { status, failures } = await readStatus(source, { signal: AbortSignal.timeout(100) });
    expect(status.controlMode?.value).toBe("client");
    expect(failures.get("uuid")?.code).toBe("timeout");
    expect(status.platform?.imageType.value).toBe("corporate");
  });

  it("stops asking a client that keeps silent", async () => {
    const { source, me } = faulty({ kind: "silent", nth: 2, onwards: true, client: AMTHI });
    const { status } = await readStatus(source, quick);
    expect(status.amtVersion).toBe("16.1.25");
    expect(status.provisioningMode).toBeNull();
    expect(status.firmwareVersions).toHaveLength(3);
    expect(me.openConnections).toBe(0);
  });

  it.each([["garbage", "firmware.protocol"], ["silent", "timeout"]] as const)(
    "when everything is %s tells what sysfs has, and rejects when that is nothing",
    async (kind, code) => {
      const { source, me } = faulty({ kind, nth: 1, onwards: true });
      const { status, failures } = await readStatus(source, quick);
      expect([status.firmwareStatus.length, status.firmwareVersions.length]).toEqual([6, 3]);
      expect(status.warnings).toEqual([expect.stringContaining("gave no answer that can be used")]);
      expect(failures.get("uuid")?.code).toBe(code);
      const unknown: StatusSource = { ...source, device: () => ({ name: "/dev/other", node: undefined }) };
      await expect(readStatus(unknown, quick)).rejects.toMatchObject({ code });
      expect(me.openConnections).toBe(0);
    },
  );

  it("names what an answer that ends the connection left out, and not what came before it", async () => {
    const { source } = faulty({ kind: "reset", nth: 2, client: AMTHI });
    const { failures, status } = await readStatus(source, { ...quick, fields: ["lan"] });
    expect([...failures.keys()].filter((field) => field.startsWith("lan"))).toEqual([
      "lan.0.ipv6Addresses",
      "lan.0.ipv6Router",
      "lan.0.ipv6DnsServers",
      "lan.1",
      "lan.0.subnetMask",
      "lan.0.gateway",
      "lan.0.dnsServers",
      "lan.0.domain",
      "lan.0.hostMacAddress",
    ]);
    expect(status.lan.map(({ macAddress }) => macAddress)).toEqual(["00:00:5e:00:53:01", null]);
  });

  it("says how the driver's client is asked to those alone who may", async () => {
    const reason = async (profile: string) =>
      (await readStatus(machine(profile).source, quick)).failures.get("operationalState");
    expect((await reason("activated"))?.message).toContain("--release-watchdog");
    const plain = await reason("activated+no-permission");
    expect(plain?.message).toBe("the kernel driver mei_wdt holds the WD client");
    expect(plain?.hint).not.toContain("--release-watchdog");
  });

  it("rejects when it is interrupted", async () => {
    const { source, me } = faulty({ kind: "silent", nth: 2 });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    await expect(readStatus(source, { signal: controller.signal })).rejects.toMatchObject({ code: "cancelled" });
    expect(me.openConnections).toBe(0);
  });

  it("tells AMT's own fields as unavailable, each with the reason, when AMT is disabled", async () => {
    const { status, failures } = await readStatus(machine("disabled").source, quick);
    const codes = (field: "uuid" | "lan" | "operationalState") => (failures.get(field) as AmtError).code;
    expect([codes("uuid"), codes("lan"), codes("operationalState")]).toEqual(Array(3).fill("mei.clientNotOffered"));
    expect(status.firmwareVersions).toHaveLength(3);
  });

  it("gives what sysfs has when this user may not open the node", async () => {
    const { source, connected } = machine("activated+no-permission");
    const { status, failures } = await readStatus(source, quick);
    expect(status.firmwareStatus).toHaveLength(6);
    expect(status.firmwareVersions).toHaveLength(3);
    expect(failures.get("uuid")?.code).toBe("mei.permission");
    expect(connected).toContain(MKHI);
  });
});
