import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import bundle from "../../commands/bundle.ts";
import type { Machine } from "../../commands/machine.ts";
import { fromHex } from "../../core/binary/mod.ts";
import { guid } from "../../core/guid.ts";
import { AMTHI } from "../../protocols/mei/known_clients.ts";
import { readBundle } from "../../services/bundle/read_bundle.ts";
import { amthi } from "../../simulator/clients/answering.ts";
import { SimulatedMe, SimulatedMei } from "../../simulator/mod.ts";
import { activated } from "../../simulator/profiles/amt_facts.ts";
import { profile } from "../../simulator/profiles/mod.ts";
import { chooseNode } from "../../transport/sysfs.ts";
import { fakeContext } from "./fakes.ts";

const password = "Canary-Pa55word-of-OsAdmin";
const identities = {
  uuid: "deadbeef-cafe-4bad-9dad-0123456789ab",
  macAddress: "02:ca:fe:ba:be:01",
  hostMacAddress: "02:ca:fe:ba:be:02",
  ipAddress: "198.51.100.77",
  hostAddress: "198.51.100.78",
  fqdn: "canaryhost.canary-corp.example",
  domain: "canary-corp.example",
  pkiSuffix: "canary-pki.example",
  mpsHostName: "mps.canary-cloud.example",
  hostName: "canarybox",
  hostDomain: "lan.canary-site.example",
  hostSideMac: "02:ca:fe:ba:be:03",
  gateway: "198.51.100.79",
  dnsServer: "198.51.100.80",
  dhcpDomain: "dhcp.canary-lan.example",
  trustedSuffix: "canary-trusted.example",
  ipv6Address: "2001:db8:ca:fe::81",
  ipv6Router: "2001:db8:ca:fe::82",
  ipv6DnsServer: "2001:db8:ca:fe::83",
};

/** The machine of `activated`, with canaries wherever it tells of itself. */
function machine(): Machine {
  const base = profile("activated");
  const facts = activated();
  const planted = amthi(() => ({
    ...facts,
    codeVersions: { bios: "SIMU", versions: [{ name: "AMT", version: "16.1.25" }] },
    provisioningState: "post",
    controlMode: "client",
    uuid: guid(identities.uuid),
    lan: {
      ...facts.lan,
      wired: { ...facts.lan.wired, macAddress: identities.macAddress, ipv4: identities.ipAddress },
    },
    hostMacAddress: identities.hostSideMac,
    tcpip: {
      ...facts.tcpip,
      gateway: identities.gateway,
      primaryDns: identities.dnsServer,
      domain: identities.dhcpDomain,
    },
    ipv6: {
      defaultRouter: identities.ipv6Router,
      primaryDns: identities.ipv6DnsServer,
      secondaryDns: "",
      addresses: [{ address: identities.ipv6Address, type: "dhcpv6", state: "preferred" }],
    },
    fqdn: { ...facts.fqdn, fqdn: identities.fqdn },
    dnsSuffixes: [identities.domain, identities.trustedSuffix],
    pkiFqdnSuffix: identities.pkiSuffix,
    remoteAccess: { ...facts.remoteAccess, mpsHostName: identities.mpsHostName },
    mpsHostName: identities.mpsHostName,
    account: { user: "$$OsAdmin", password },
  }));
  const me = new SimulatedMe({
    ...base,
    clients: () => base.clients().map((each) => each.properties.guid === AMTHI ? planted : each),
  });
  const host = base.host();
  for (
    const [path, text] of [
      ["/etc/resolv.conf", `nameserver 127.0.0.53\nsearch ${identities.hostDomain}\n`],
      ["/proc/sys/kernel/hostname", `${identities.hostName}\n`],
    ] as const
  ) {
    if (host.stat(path) !== undefined) host.remove(path);
    host.file(path, text);
  }
  host
    .networkInterface({
      name: `enx${identities.macAddress.replaceAll(":", "")}`,
      macAddress: identities.macAddress,
      addresses: [identities.hostAddress],
    })
    .networkInterface({ name: "eth1", macAddress: identities.hostMacAddress, addresses: [] })
    .process(742, "lms", { files: ["/dev/null"] });
  const mei = new SimulatedMei(me);
  return {
    host,
    simulated: true,
    device: () => ({ name: "/dev/mei0", path: "/dev/mei0", node: chooseNode(host) }),
    openMei: () => Promise.resolve(mei),
    openWatchdogs: () => Promise.reject(new Error("a bundle leaves the watchdog alone")),
    withWatchdogReleased: () => Promise.reject(new Error("a bundle leaves the watchdog alone")),
    async [Symbol.asyncDispose]() {},
  };
}

async function archiveOf(identifying: boolean): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await bundle.run(fakeContext(machine()), { output: "-", force: false, identifying }, [
    undefined,
    undefined,
  ]);
  return answer.action === "make" ? fromHex(answer.archive!) as Uint8Array<ArrayBuffer> : new Uint8Array();
}

/** Ways in which a text may stand in bytes. */
function spellings(text: string): Buffer[] {
  const plain = text.replaceAll(/[:-]/g, "");
  return [text, plain, Buffer.from(text).toString("hex"), Buffer.from(text).toString("base64").slice(0, -4)]
    .flatMap((each) => [Buffer.from(each.toLowerCase()), Buffer.from(each.toLowerCase(), "utf16le")]);
}

/** Which of the canaries stand in the bytes, in any spelling. */
function found(bytes: Uint8Array, canaries: readonly string[]): string[] {
  const lower = Buffer.from(Buffer.from(bytes).toString("latin1").toLowerCase(), "latin1");
  return canaries.filter((canary) => spellings(canary).some((spelling) => lower.includes(spelling)));
}

describe("a bundle of a machine with canaries", () => {
  it("has none of them, unpacked or not", async () => {
    const archive = await archiveOf(false);
    const all = [password, ...Object.values(identities), "canary"];
    expect(found(archive, all)).toEqual([]);
    expect(found(gunzipSync(archive), all)).toEqual([]);
  });
  it("has them in status with --identifying, so that the search is known to find them, but no secret", async () => {
    const tar = gunzipSync(await archiveOf(true));
    const { hostMacAddress: _notTold, ...told } = identities;
    expect(found(tar, Object.values(told))).toEqual(Object.values(told));
    expect(found(tar, [password, "OsAdmin"])).toEqual([]);
  });
  it("still tells which values are the same", async () => {
    const { parts } = await readBundle(await archiveOf(false));
    const status = parts.get("status") as { lan: { macAddress: string; ipAddress: string }[]; fqdn: string };
    expect(status.lan[0]).toMatchObject({ macAddress: "mac-1", ipAddress: "ip-1" });
    expect(status.fqdn).toMatch(/^host-\d+$/);
    const doctor = JSON.stringify(parts.get("doctor"));
    expect(doctor).toContain("ip-1");
  });
});
