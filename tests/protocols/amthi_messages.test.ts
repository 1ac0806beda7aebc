import { describe, expect, it } from "vitest";
import { CodecError, decode, encode, fromHex, toHex } from "../../core/binary/mod.ts";
import { parseGuid } from "../../core/guid.ts";
import {
  amthiRequest,
  amthiResponse,
  certificateHash,
  GetCertificateHashEntry,
  GetLanInterfaceSettings,
  GetLocalSystemAccount,
  GetRemoteAccessConnectionStatus,
  isJunkUuid,
  SetHostFqdn,
  StartConfigurationHBased,
  Unprovision,
} from "../../protocols/amthi/mod.ts";
import { vectors } from "../vectors/load.ts";

const bytesOf = (name: string) => fromHex(vectors("amthi").find((vector) => vector.name === `amthi/${name}`)!.hex);

describe("where peers disagree", () => {
  it("StartConfigurationHBased is sent with 393 or 390 bytes of data, as the caller says", () => {
    const layout = amthiRequest(StartConfigurationHBased);
    const long = decode(layout, bytesOf("StartConfigurationHBasedRequest"));
    const short = decode(layout, bytesOf("StartConfigurationHBasedRequestShort"));
    expect({ ...long, form: "short" }).toEqual(short);
    expect(encode(layout, long)).toHaveLength(12 + 393);
    expect(encode(layout, { ...long, form: "short" })).toHaveLength(12 + 390);
  });
  it("StartConfigurationHBased is read without room for suffixes, in both forms", () => {
    const front = "02" + "07".repeat(32) + "00".repeat(32);
    const read = (hex: string) => decode(StartConfigurationHBased.request, fromHex(front + hex));
    expect(read("01000000" + "00000000")).toMatchObject({ form: "long", hostVpn: true, dnsSuffixes: [] });
    expect(read("01" + "00000000")).toMatchObject({ form: "short", hostVpn: true, dnsSuffixes: [] });
    expect(() => read("01000000" + "05000000")).toThrow(CodecError);
  });
  it("GetLocalSystemAccount is read with 66 and with 68 bytes, and written with 68, which MeshCmd needs", () => {
    const layout = amthiResponse(GetLocalSystemAccount);
    const account = decode(layout, bytesOf("GetLocalSystemAccountResponse"));
    expect(decode(layout, bytesOf("GetLocalSystemAccountResponseShort"))).toEqual(account);
    expect(account.data).toEqual({ user: "$$OsAdmin", password: "simulated-pw-123" });
    expect(encode(layout, account)).toHaveLength(16 + 68);
  });
  it("SetHostFQDN is read with and without a zero at the end, and sent without, as lms8 does", () => {
    const layout = amthiRequest(SetHostFqdn);
    expect(decode(layout, bytesOf("SetHostFQDNRequest"))).toEqual({ fqdn: "guest" });
    expect(decode(layout, bytesOf("SetHostFQDNRequestWithZero"))).toEqual({ fqdn: "guest" });
    expect(toHex(encode(layout, { fqdn: "guest" }))).toBe("010100005b0000040700000005006775657374");
  });
  it("Unprovision's answer is read with and without rpc-go's number", () => {
    const layout = amthiResponse(Unprovision);
    expect(decode(layout, bytesOf("UnprovisionResponse")).data).toEqual({});
    expect(decode(layout, bytesOf("UnprovisionResponseWithState")).data).toEqual({ state: 2 });
  });
  it("triggers 2 and 3 of a tunnel are named as in Intel LMS", () => {
    const layout = amthiResponse(GetRemoteAccessConnectionStatus);
    const trigger = (name: string) =>
      decode(layout, bytesOf(`GetRemoteAccessConnectionStatusResponse${name}`)).data!.trigger;
    expect(trigger("Provisioning")).toBe("provisioning");
    expect(trigger("Periodic")).toBe("periodic");
  });
});

describe("certificateHash", () => {
  const entry = (name: string) =>
    certificateHash(
      decode(amthiResponse(GetCertificateHashEntry), bytesOf(`GetCertificateHashEntryResponse${name}`)).data!,
    );
  it("cuts the hash to the length of its algorithm", () => {
    expect(entry("")).toMatchObject({ algorithm: "SHA256" });
    expect(entry("").hash).toHaveLength(32);
  });
  it("takes algorithm 3 for SHA384 when nothing follows 48 bytes", () => {
    expect(entry("Sha384")).toMatchObject({ algorithm: "SHA384" });
    expect(entry("Sha384").hash).toHaveLength(48);
  });
  it("takes algorithm 3 for SHA512 when 64 bytes are filled, as MeshCmd does", () => {
    expect(entry("Sha512")).toMatchObject({ algorithm: "SHA512" });
    expect(entry("Sha512").hash).toHaveLength(64);
  });
  it("gives all 64 bytes for an algorithm without a name", () => {
    const hash = Uint8Array.of(1, ...new Uint8Array(63));
    expect(certificateHash({ algorithm: 9, hash })).toEqual({ algorithm: 9, hash });
  });
});

describe("isJunkUuid", () => {
  it.each([
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "03000200-0400-0500-0006-000700080009",
  ])("is true for %s", (uuid) => expect(isJunkUuid(parseGuid(uuid))).toBe(true));
  it.each([
    "00000000-0000-0000-0000-000000000001",
    "ffffffff-ffff-ffff-ffff-fffffffffffe",
    "03000200-0400-0500-0006-00070008000a",
    "4c4c4544-004d-4d10-8050-b2c04f325133",
  ])("is false for %s", (uuid) => expect(isJunkUuid(parseGuid(uuid))).toBe(false));
});

describe("values that do not fit", () => {
  const settings = {
    enabled: true,
    ipv4: "192.0.2.1",
    dhcpEnabled: true,
    dhcpIpMode: "active",
    link: "up",
    macAddress: "00:00:5e:00:53:01",
  } as const;
  it.each(["192.0.2", "192.0.2.256", "192.0.2.1.1", "a.b.c.d", "", "192.0.2.-1"])("refuses the address %j", (ipv4) => {
    expect(() => encode(GetLanInterfaceSettings.response, { ...settings, ipv4 })).toThrow(/is no IPv4 address/);
  });
  it.each(["00:00:5e:00:53", "00-00-5e-00-53-01", "", "0g:00:5e:00:53:01"])(
    "refuses the MAC address %j",
    (macAddress) => {
      expect(() => encode(GetLanInterfaceSettings.response, { ...settings, macAddress })).toThrow(/is no MAC address/);
    },
  );
  it("refuses a text that leaves no room for its end", () => {
    const account = { user: "u".repeat(33), password: "" };
    expect(() => encode(GetLocalSystemAccount.response, account)).toThrow(/33 characters, room for 32/);
    expect(encode(GetLocalSystemAccount.response, { ...account, user: "u".repeat(32) })).toHaveLength(68);
  });
  it("keeps numbers without a name", () => {
    const bytes = fromHex("01000000" + "0a000002" + "00000000" + "07" + "02" + "000000000000");
    expect(decode(GetLanInterfaceSettings.response, bytes)).toMatchObject({ ipv4: "2.0.0.10", dhcpIpMode: 7, link: 2 });
  });
});
