import { describe, expect, it } from "vitest";
import type { Host, HostInterface } from "../../../ffi/host.ts";
import { Collector } from "../../../services/status/collector.ts";
import { readHost, readHostAddresses } from "../../../services/status/host_fields.ts";
import { emptyInterface } from "../../../services/status/status.ts";
import { treeHost } from "../tree_host.ts";

describe("readHost", () => {
  it.each<[string, string | null]>([
    ["search corp.example lab.example\n", "corp.example"],
    ["domain corp.example\nsearch lab.example\n", "lab.example"],
    ["search corp.example.\n", "corp.example"],
    ["search .corp.example\n", "corp.example"],
    ["search . corp.example\n", "corp.example"],
    ["search .\n", null],
    ["search\n", null],
    ["# search corp.example\nnameserver 192.0.2.2\n", null],
    ["", null],
  ])("reads the DNS suffix of %j", (resolvConf, suffix) => {
    const collector = new Collector("/dev/mei0");
    readHost(treeHost({ "/etc/resolv.conf": resolvConf }), undefined, collector);
    expect(collector.status.dnsSuffix.host).toBe(suffix);
  });

  it("warns of a device that sysfs does not know", () => {
    const collector = new Collector("/dev/null");
    readHost(treeHost({}), undefined, collector);
    expect(collector.status.warnings).toEqual([expect.stringContaining("sysfs does not know /dev/null")]);
  });
});

describe("readHostAddresses", () => {
  const MAC = "02:00:5e:00:53:01";
  const port: HostInterface = { name: "eth0", macAddress: MAC, addresses: ["fe80::1", "2001:db8::2"] };
  const bridge: HostInterface = { name: "br0", macAddress: MAC, addresses: ["192.0.2.8", "192.0.2.10", "2001:db8::3"] };
  const other: HostInterface = { name: "eth1", macAddress: "02:00:5e:00:53:99", addresses: ["192.0.2.99"] };

  it.each<[string, string | null, HostInterface[], string | null]>([
    ["AMT's own address wherever it stands", "192.0.2.10", [other, port, bridge], "192.0.2.10"],
    ["the first one of IPv4 when AMT has another", "198.51.100.1", [other, port, bridge], "192.0.2.8"],
    ["the first one of IPv4 when AMT has none", null, [port, bridge], "192.0.2.8"],
    ["one of IPv6 when there is nothing else", null, [other, port], "fe80::1"],
    ["none when no interface has the MAC address", "192.0.2.99", [other], null],
  ])("takes %s", async (_, ipAddress, interfaces, expected) => {
    const host: Host = { ...treeHost({}), networkInterfaces: () => Promise.resolve(interfaces) };
    const collector = new Collector("/dev/mei0");
    collector.status.lan = [{ ...emptyInterface("wired"), macAddress: MAC, ipAddress }, emptyInterface("wireless")];
    await readHostAddresses(host, collector);
    expect(collector.status.lan.map(({ hostAddress }) => hostAddress)).toEqual([expected, null]);
  });
});
