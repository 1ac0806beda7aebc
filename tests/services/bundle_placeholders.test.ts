import { describe, expect, it } from "vitest";
import { ipv6Groups } from "../../services/bundle/identity_kinds.ts";
import { Placeholders, withoutSecrets } from "../../services/bundle/placeholders.ts";

/** What becomes of a value, when all that it holds is known. */
function hidden(value: unknown, known: unknown = value): unknown {
  const placeholders = new Placeholders();
  placeholders.learn(known);
  return placeholders.replaced(value);
}

describe("Placeholders", () => {
  it("gives one value one placeholder, in fields and in sentences", () => {
    const mac = "00:00:5e:00:53:01";
    expect(hidden({ lan: [{ macAddress: mac }, { macAddress: "00:00:5e:00:53:02" }], finding: `link of ${mac} is up` }))
      .toEqual({ lan: [{ macAddress: "mac-1" }, { macAddress: "mac-2" }], finding: "link of mac-1 is up" });
  });
  it.each([
    ["a UUID", "uuid 1a2b3c4d-5e6f-4a10-8b01-00005e005301 is set", "uuid uuid-1 is set"],
    ["a MAC address", "from 00-00-5E-00-53-01.", "from mac-1."],
    ["an IPv4 address with a port", "http://192.0.2.10:16992/", "http://ip-1:16992/"],
    ["an IPv6 address", "[2001:db8::10]:16993 and fe80::200:5eff:fe00:5301%eth0", "[ip-1]:16993 and ip-2%eth0"],
    ["an IPv4 address in IPv6", "::ffff:192.0.2.10", "ip-1"],
  ])("finds %s that no field tells of", (_, text, expected) => expect(hidden(text)).toBe(expected));
  it("knows other spellings of what fields tell", () => {
    const known = { macAddress: "00:00:5e:00:53:01", uuid: "1a2b3c4d-5e6f-4a10-8b01-00005e005301" };
    const bytes = "4d3c2b1a6f5e104a8b0100005e005301";
    const text = `enx00005e005301 00:00:5E:00:53:01 1A2B3C4D5E6F4A108B0100005E005301 ${bytes}`;
    expect(hidden(text, known)).toBe("enxmac-1 mac-1 uuid-1 uuid-1");
  });
  it("knows an IPv6 address by all its spellings", () => {
    expect(hidden(["2001:db8::10", "2001:0DB8:0:0::10", "2001:db8:0:0:0:0:0:10"])).toEqual(["ip-1", "ip-1", "ip-1"]);
  });

  it("replaces host names as words, whatever their case, and those below a known domain", () => {
    const known = { fqdn: "laptop1.example.com", dnsSuffix: { amt: "example.com", host: null }, hostName: "laptop1" };
    expect(hidden("LAPTOP1, laptop12, my-laptop1; mps.example.com, example.com. laptop1.example.com", known)).toBe(
      "host-3, laptop12, my-laptop1; host-4, host-2. host-1",
    );
  });
  it("replaces hosts of the same domain when only a host's full name is known", () => {
    expect(hidden("other.corp.example.com", { fqdn: "laptop1.corp.example.com" })).toBe("host-3");
  });
  it("replaces everything that fields of an interface tell", () => {
    const lan = {
      macAddress: "02:00:5e:00:53:01",
      hostMacAddress: "02:00:5e:00:53:02",
      ipAddress: "192.0.2.10",
      subnetMask: "255.255.255.0",
      gateway: "192.0.2.1",
      dnsServers: ["192.0.2.2", "192.0.2.1"],
      domain: "corp.example.com",
      ipv6Router: "fe80::1",
      ipv6DnsServers: ["2001:db8::2"],
    };
    expect(hidden({ lan: [lan], trustedDnsSuffixes: ["corp.example.com", "lan"] })).toEqual({
      lan: [{
        macAddress: "mac-1",
        hostMacAddress: "mac-2",
        ipAddress: "ip-1",
        subnetMask: "255.255.255.0",
        gateway: "ip-2",
        dnsServers: ["ip-3", "ip-2"],
        domain: "host-1",
        ipv6Router: "ip-4",
        ipv6DnsServers: ["ip-5"],
      }],
      trustedDnsSuffixes: ["host-1", "host-3"],
    });
  });
  it("takes an address for one where a field has it in place of a name", () => {
    expect(hidden({ mpsHostName: "192.0.2.9", hostAddress: "192.0.2.9" })).toEqual({
      mpsHostName: "ip-1",
      hostAddress: "ip-1",
    });
  });
  it("leaves words from a fixed list when the host is named so", () => {
    const value = (hostName: string) => ({
      hostName,
      controlMode: { value: "zebra", raw: 1, text: "zebra" },
      checks: [{ id: "zebra", title: "Zebra check", verdict: "zebra" }],
      attention: ["zebra"],
      unavailable: [{ field: "zebra.amt", reason: "" }],
    });
    expect(hidden(value("zebra"))).toEqual(value("host-1"));
  });
  it("never changes the name of a field", () => {
    expect(hidden({ hostName: "saturn", dnsSuffix: { saturn: null } })).toEqual({
      hostName: "host-1",
      dnsSuffix: { saturn: null },
    });
  });
  it.each([
    ["amt", "AMT amtctl and /dev/amt"],
    ["pc1", "port pc1"],
    ["1234", "process 1234"],
    ["linux", "linux x86_64 6.12.0"],
    ["client", "the firmware offers no client"],
    ["class", "/sys/class/mei/mei0"],
    ["address", "no address"],
  ])("replaces the host name %s only in fields for host names", (hostName, finding) => {
    expect(hidden({ hostName, fqdn: hostName, finding })).toEqual({ hostName: "host-1", fqdn: "host-1", finding });
  });
  it("takes for no name what the values themselves have as a fixed word or a field's name", () => {
    const value = { summary: "1 check: lockdoor", checks: [{ id: "lockdoor" }], yakShaving: 1, finding: "a yak" };
    expect(hidden({ hostName: "lockdoor", ...value })).toEqual({ hostName: "host-1", ...value });
    expect(hidden({ hostName: "shaving", ...value, finding: "shaving" })).toMatchObject({ finding: "shaving" });
  });
  it("replaces hosts of a domain whose first part is such a word", () => {
    expect(hidden("client.example.com answers", { fqdn: "amt.example.com" })).toBe("host-3 answers");
  });
  it("leaves UUIDs that boards without an identity have, since they are what is wrong", () => {
    const junk = "03000200-0400-0500-0006-000700080009";
    const value = { uuid: junk, reason: `the firmware gives ${junk}, ffffffff-ffff-ffff-ffff-ffffffffffff` };
    expect(hidden(value)).toEqual(value);
  });

  it.each([
    ["addresses that say nothing", ["0.0.0.0", "00:00:00:00:00:00", "127.0.0.1", "::1", "::", "255.255.255.0"]],
    ["a PCI function", ["0000:00:16.0", "0000:00:16.0-05b79a6f-4628-4d7f-899d-a91514cb32ab"]],
    ["a time", ["2026-01-31T12:34:56.789Z", "12:34:56"]],
    ["a version beyond addresses", ["16.1.25.2049", "6.12.0-1.2.3.4.5"]],
    ["a client's GUID in a text", ["client 12f80028-b4b7-4b2d-aca8-46e0ff65814c is busy"]],
    ["an empty field", [{ fqdn: "", macAddress: null }]],
    ["localhost", [{ hostName: "localhost" }, "localhost answers"]],
  ])("leaves %s as they are", (_, value) => expect(hidden(value)).toEqual(value));
  it("leaves GUIDs of clients and versions that fields tell of, though they look like identities", () => {
    const value = {
      clients: [{ guid: "5565a099-7fe2-45c1-a22b-d7e9dfea9a2e" }],
      firmwareVersions: [{ role: "main", version: "7.1.4.11" }],
      finding: "firmware 7.1.4.11 offers 5565a099-7fe2-45c1-a22b-d7e9dfea9a2e",
    };
    expect(hidden(value)).toEqual(value);
  });
});

describe("withoutSecrets", () => {
  it("leaves out what a field's name calls a secret", () => {
    const value = { localSystemAccount: { user: "$$OsAdmin", password: "p" }, error: { details: { digest: "d" } } };
    expect(withoutSecrets(value)).toEqual({
      localSystemAccount: "(left out)",
      error: { details: { digest: "(left out)" } },
    });
  });
  it("leaves an account that is not there as it is", () => {
    expect(withoutSecrets({ localSystemAccount: null })).toEqual({ localSystemAccount: null });
  });
});

describe("ipv6Groups", () => {
  it.each(["1:2", "1::2::3", "1:2:3:4:5:6:7:8:9", "12345::", "::ffff:192.0.2.256", "1:2:3:4:5:6:7:8::", "ab"])(
    "knows that %s is none",
    (text) => expect(ipv6Groups(text)).toBeUndefined(),
  );
});
