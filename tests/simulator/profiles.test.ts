import { describe, expect, it } from "vitest";
import { decode, fromHex } from "../../core/binary/mod.ts";
import type { Guid } from "../../core/guid.ts";
import { amthiResponse, GetCodeVersions, GetControlMode, GetProvisioningState } from "../../protocols/amthi/mod.ts";
import { AMTHI, LME, MKHI, MKHI_FIXED, WATCHDOG } from "../../protocols/mei/known_clients.ts";
import { GetFirmwareVersion, mkhiResponse } from "../../protocols/mkhi/mod.ts";
import { createSimulator, profileNames } from "../../simulator/mod.ts";
import type { MeiTransport } from "../../transport/mei.ts";

const withAmt = ["activated", "unprovisioned", "acm", "legacy", "tls-only"] as const;
const withoutAmt = ["disabled", "no-amt"] as const;

async function ask(mei: MeiTransport, client: Guid, request: string): Promise<Uint8Array> {
  await using connection = await mei.connect(client);
  await connection.send(fromHex(request));
  return await connection.receive({ signal: AbortSignal.timeout(5000) });
}

const codeVersions = async (mei: MeiTransport) => {
  const { data } = decode(amthiResponse(GetCodeVersions), await ask(mei, AMTHI, "010100001a00000400000000"));
  return new Map(data!.versions.map(({ name, version }) => [name, version]));
};

const firmwareVersions = async (mei: MeiTransport, client: Guid) => {
  const { data } = decode(mkhiResponse(GetFirmwareVersion), await ask(mei, client, "ff020000"));
  return data!.versions.map(({ major, minor, hotfix, build }) => `${major}.${minor}.${hotfix}.${build}`);
};

describe("a profile", () => {
  it.each(withAmt)("%s says the same versions in GetCodeVersions, MKHI and sysfs", async (name) => {
    const { mei, host } = createSimulator(name);
    const versions = await codeVersions(mei);
    const [running, recovery, factory] = await firmwareVersions(mei, MKHI);
    expect(`${versions.get("AMT")}.${versions.get("Build Number")}`).toBe(running);
    expect(`${versions.get("Recovery Version")}.${versions.get("Recovery Build Num")}`).toBe(recovery);
    for (const part of ["Flash", "Netstack", "AMTApps"]) expect(versions.get(part)).toBe(versions.get("AMT"));
    if (name === "legacy") return;
    const sysfs = [running, recovery, factory].map((version) => `0:${version}\n`).join("");
    expect(host.readText("/sys/class/mei/mei0/fw_ver")).toBe(sysfs);
    expect(await firmwareVersions(mei, MKHI_FIXED)).toEqual([running, recovery, factory]);
  });

  it.each([
    ["activated", "16.1.25", "post", "client"],
    ["unprovisioned", "16.1.25", "pre", "none"],
    ["acm", "16.1.25", "post", "admin"],
    ["legacy", "9.5.40", "post", "client"],
    ["tls-only", "19.0.5", "post", "client"],
  ])("%s is AMT %s, provisioning state %s, control mode %s", async (name, version, state, mode) => {
    const { mei } = createSimulator(name);
    expect((await codeVersions(mei)).get("AMT")).toBe(version);
    const provisioning = await ask(mei, AMTHI, "010100001100000400000000");
    expect(decode(amthiResponse(GetProvisioningState), provisioning).data).toEqual({ state });
    const control = await ask(mei, AMTHI, "010100006b00000400000000");
    expect(decode(amthiResponse(GetControlMode), control).data).toEqual({ mode });
  });

  it.each(withoutAmt)("%s offers MKHI, and none of AMT's clients", async (name) => {
    const { me, mei } = createSimulator(name);
    expect(await firmwareVersions(mei, MKHI)).toHaveLength(3);
    for (const client of [AMTHI, LME, WATCHDOG]) {
      expect(me.client(client)).toBeUndefined();
      await expect(mei.connect(client)).rejects.toMatchObject({ code: "mei.clientNotOffered" });
    }
  });

  it.each([...withAmt, "disabled"] as const)("%s is corporate firmware, or older than that distinction", (name) => {
    const hfsts3 = createSimulator(name).me.profile.firmwareStatus[2]!;
    expect((hfsts3 >>> 4) & 7).toBe(name === "legacy" ? 0 : 3);
  });
  it("no-amt is consumer firmware", () => {
    expect((createSimulator("no-amt").me.profile.firmwareStatus[2]! >>> 4) & 7).toBe(2);
  });

  it.each(profileNames)("%s offers each client once, and fixed ones from host bus messages 2.0 on", (name) => {
    const { clients, profile } = createSimulator(name).me;
    const guids = clients.map(({ properties }) => properties.guid);
    expect(new Set(guids).size).toBe(guids.length);
    const fixed = clients.filter(({ properties }) => properties.fixedAddress !== 0);
    expect(fixed.length > 0).toBe(profile.hbmVersion.major >= 2);
    for (const { properties } of fixed) expect(properties.maxConnections).toBe(0);
  });
});
