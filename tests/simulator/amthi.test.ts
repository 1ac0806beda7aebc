import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/binary/mod.ts";
import * as amthi from "../../protocols/amthi/mod.ts";
import { AmthiClient, type AmthiMessage } from "../../protocols/amthi/mod.ts";
import { AMTHI } from "../../protocols/mei/known_clients.ts";
import { createSimulator } from "../../simulator/mod.ts";

/** The whole answers of a profile's firmware to messages that come one after another. */
async function answers(profile: string, ...messages: string[]): Promise<string[]> {
  const sent: string[] = [];
  const client = createSimulator(profile).me.client(AMTHI)!;
  const session = client.open({ send: (message) => void sent.push(toHex(message)), disconnect: () => {} });
  for (const message of messages) await session.message(fromHex(message));
  return sent;
}

/** A client of a profile's firmware; what an answer says, as data, or a status, or `empty`. */
function open(profile: string) {
  const client = new AmthiClient(createSimulator(profile).mei);
  return async <Request, Response>(message: AmthiMessage<Request, Response>, request: Request) => {
    const outcome = await client.call(message, request);
    return outcome.ok ? outcome.data : outcome.status ?? "empty";
  };
}

const invalidMode = 3;
const zeros = (count: number) => "00".repeat(count);

describe("the simulated AMTHI", () => {
  it("answers GetProvisioningState as hardware does", async () => {
    // ME 11.8.93, not set up: fwupd's intel-amt-setup.json.
    expect(await answers("unprovisioned", "010100001100000400000000")).toEqual([
      "0101000011008004080000000000000000000000",
    ]);
    expect(await answers("activated", "010100001100000400000000")).toEqual([
      "0101000011008004080000000000000002000000",
    ]);
  });
  it("answers GetCodeVersions with ten entries, as ME 11.8.93 does", async () => {
    const [answer] = await answers("activated", "010100001a00000400000000");
    expect(answer).toHaveLength(2 * 525);
    expect(answer!.slice(0, 32)).toBe("010100001a0080040102000000000000");
  });
  it("goes by the length field when bytes follow it, as they do in lms8's SetHostFQDN", async () => {
    const request = "010100005b0000040700000005006775657374";
    expect(await answers("activated", request, `${request}30798eac`)).toEqual([
      "010100005b0080040400000000000000",
      "010100005b0080040400000000000000",
    ]);
  });
  it.each([
    ["a command that it does not know", "01010000ff00000400000000"],
    ["a command of another class", "010100001100000500000000"],
    ["less data than the header says", "010100001100000404000000"],
    ["half a header", "0101000011"],
    ["what metee sends to find out", "414200"],
    ["nothing", ""],
  ])(
    "answers %s with an empty message",
    async (_, message) => expect(await answers("activated", message)).toEqual([""]),
  );
  it("answers data of a wrong length with INVALID_MESSAGE_LENGTH", async () => {
    expect(await answers("activated", "010100004800000402000000" + "0000", "010100001100000401000000" + "00")).toEqual([
      "01010000480080040400000004000000",
      "01010000110080040400000004000000",
    ]);
  });
  it("answers GetLocalSystemAccount with 68 bytes, which MeshCmd needs", async () => {
    const [answer] = await answers("activated", "010100006700000428000000" + zeros(40));
    expect(answer).toHaveLength(2 * (16 + 68));
  });

  it("knows every command but the one whose layout nobody knows", async () => {
    const client = createSimulator("activated").me.client(AMTHI)!;
    const known = async (command: number) => {
      let answer = "";
      const session = client.open({ send: (message) => void (answer = toHex(message)), disconnect: () => {} });
      // One byte fits no command, so that a known one says INVALID_MESSAGE_LENGTH and nothing changes.
      const number = [0, 8, 16, 24].map((shift) => (command >>> shift & 0xff).toString(16).padStart(2, "0")).join("");
      await session.message(fromHex(`01010000${number}0100000007`));
      return answer !== "";
    };
    const unknown: string[] = [];
    for (const { name, command } of messages()) if (!await known(command)) unknown.push(name);
    expect(unknown).toEqual(["GetAMTSetupAuditRecord"]);
  });
  it("keeps one state for all connections", async () => {
    const { mei } = createSimulator("activated");
    {
      await using client = new AmthiClient(mei);
      expect(await client.call(amthi.SetZeroTouchEnabled, { enabled: false })).toMatchObject({ ok: true });
    }
    await using client = new AmthiClient(mei);
    expect(await client.call(amthi.GetZeroTouchEnabled, {})).toEqual({ ok: true, data: { enabled: false } });
  });
  it("shares no state between two machines", async () => {
    await open("activated")(amthi.SetZeroTouchEnabled, { enabled: false });
    expect(await open("activated")(amthi.GetZeroTouchEnabled, {})).toEqual({ enabled: true });
  });
});

describe("setup of the simulated AMT", () => {
  const setup = () => ({
    hashAlgorithm: "SHA256" as const,
    certificateHash: new Uint8Array(32),
    hostVpn: false,
    dnsSuffixes: ["example.com"],
  });

  it("goes from pre to in by StartConfigurationHBased, and back by StopConfiguration", async () => {
    const ask = open("unprovisioned");
    expect(await ask(amthi.StopConfiguration, {})).toBe(invalidMode);
    expect(await ask(amthi.StartConfigurationHBased, { form: "long", ...setup() })).toMatchObject({
      hashAlgorithm: "SHA256",
    });
    expect(await ask(amthi.GetProvisioningState, {})).toEqual({ state: "in" });
    expect(await ask(amthi.StartConfigurationHBased, { form: "long", ...setup() })).toBe(invalidMode);
    expect(await ask(amthi.StopConfiguration, {})).toEqual({});
    expect(await ask(amthi.GetProvisioningState, {})).toEqual({ state: "pre" });
  });
  it("takes the form of StartConfigurationHBased that the profile says, and answers INVALID_MESSAGE_LENGTH to the other", async () => {
    expect(await open("tls-only")(amthi.StartConfigurationHBased, { form: "long", ...setup() })).toBe(4);
    expect(await open("tls-only")(amthi.StartConfigurationHBased, { form: "short", ...setup() })).toBe(invalidMode);
    expect(await open("unprovisioned")(amthi.StartConfigurationHBased, { form: "short", ...setup() })).toMatchObject({
      hashAlgorithm: "SHA256",
    });
  });
  it("refuses hash algorithms that setup does not have", async () => {
    const request = { form: "long", ...setup(), hashAlgorithm: 1 } as const;
    expect(await open("unprovisioned")(amthi.StartConfigurationHBased, request)).toBe(0x24);
  });
  it.each(
    [["StartConfiguration", amthi.StartConfiguration, {}], [
      "StartConfigurationEx",
      amthi.StartConfigurationEx,
      { ipv6: true },
    ]] as const,
  )("%s starts one, and is refused in state post", async (_, message, request) => {
    const ask = open("unprovisioned");
    expect(await ask(message as AmthiMessage<object, object>, request)).toEqual({});
    expect(await ask(amthi.GetProvisioningState, {})).toEqual({ state: "in" });
    expect(await open("acm")(message as AmthiMessage<object, object>, request)).toBe(invalidMode);
  });
  it("is undone by Unprovision in client control mode, once", async () => {
    const ask = open("activated");
    expect(await ask(amthi.Unprovision, { mode: 1 })).toEqual({});
    expect(await ask(amthi.GetProvisioningState, {})).toEqual({ state: "pre" });
    expect(await ask(amthi.GetControlMode, {})).toEqual({ mode: "none" });
    expect(await ask(amthi.GetProvisioningMode, {})).toMatchObject({ mode: "none" });
    expect(await ask(amthi.Unprovision, { mode: 1 })).toBe(invalidMode);
  });
  it("stays when Unprovision comes in admin control mode", async () => {
    const ask = open("acm");
    expect(await ask(amthi.Unprovision, { mode: 0 })).toBe(invalidMode);
    expect(await ask(amthi.GetControlMode, {})).toEqual({ mode: "admin" });
  });
  it("takes a DNS suffix before it and not after", async () => {
    const ask = open("unprovisioned");
    expect(await ask(amthi.SetDnsSuffix, { suffix: "corp.example.com" })).toEqual({});
    expect(await ask(amthi.GetPkiFqdnSuffix, {})).toEqual({ suffix: "corp.example.com" });
    expect(await ask(amthi.SetDnsSuffix, { suffix: "x".repeat(224) })).toBe(0x24);
    expect(await open("activated")(amthi.SetDnsSuffix, { suffix: "corp.example.com" })).toBe(invalidMode);
    expect(await open("activated")(amthi.SetProvisioningServerOtp, { password: "Otp-1234" })).toBe(invalidMode);
  });
  it("ends with an AMT that answers nothing after DisableAndClearAMT, which only state pre allows", async () => {
    const ask = open("unprovisioned");
    expect(await ask(amthi.DisableAndClearAmt, {})).toEqual({});
    expect(await ask(amthi.GetProvisioningState, {})).toBe("empty");
    expect(await open("activated")(amthi.DisableAndClearAmt, {})).toBe(invalidMode);
  });
  it("lets EHBC be switched off and not on", async () => {
    const ask = open("tls-only");
    expect(await ask(amthi.SetEhbcState, { enabled: true })).toBe(0x10);
    expect(await ask(amthi.SetEhbcState, { enabled: false })).toEqual({});
    expect(await ask(amthi.GetEhbcState, {})).toEqual({ enabled: false });
  });
});

describe("the simulated AMT's network", () => {
  const closed = { network: "direct", connection: "notConnected", trigger: "user", mpsHostName: "" };

  it("opens and closes the user's tunnel", async () => {
    const ask = open("activated");
    expect(await ask(amthi.GetRemoteAccessConnectionStatus, {})).toEqual(closed);
    expect(await ask(amthi.OpenUserInitiatedConnection, {})).toEqual({});
    expect(await ask(amthi.GetRemoteAccessConnectionStatus, {})).toEqual({
      network: "direct",
      connection: "connected",
      trigger: "user",
      mpsHostName: "mps.example.com",
    });
    expect(await ask(amthi.CloseUserInitiatedConnection, {})).toEqual({});
    expect(await ask(amthi.GetRemoteAccessConnectionStatus, {})).toEqual(closed);
  });
  it("leaves a tunnel alone that the user did not open", async () => {
    const ask = open("acm");
    const before = await ask(amthi.GetRemoteAccessConnectionStatus, {});
    expect(before).toMatchObject({ connection: "connected", trigger: "periodic" });
    await ask(amthi.OpenUserInitiatedConnection, {});
    await ask(amthi.CloseUserInitiatedConnection, {});
    expect(await ask(amthi.GetRemoteAccessConnectionStatus, {})).toEqual(before);
  });
  it("refuses a tunnel when AMT is not set up, or the operating system may not open one", async () => {
    expect(await open("unprovisioned")(amthi.OpenUserInitiatedConnection, {})).toBe(invalidMode);
    expect(await open("legacy")(amthi.OpenUserInitiatedConnection, {})).toBe(0x10);
  });
  it("takes the host's name where AMT shares it", async () => {
    const ask = open("activated");
    await ask(amthi.SetHostFqdn, { fqdn: "renamed.example.com" });
    expect(await ask(amthi.GetFqdn, {})).toMatchObject({ fqdn: "renamed.example.com", hostNameLength: 7 });
    const own = open("acm");
    await own(amthi.SetHostFqdn, { fqdn: "renamed.example.com" });
    expect(await own(amthi.GetFqdn, {})).toMatchObject({ shared: false, fqdn: "amt3.example.com" });
  });
  it("is told by SetEnterpriseAccess where it is", async () => {
    const ask = open("activated");
    const request = { flags: { ipv6: false }, address: new Uint8Array(16), access: 0 };
    await ask(amthi.SetEnterpriseAccess, request);
    expect(await ask(amthi.GetRemoteAccessConnectionStatus, {})).toMatchObject({ network: "outside" });
    await ask(amthi.SetEnterpriseAccess, { ...request, access: 1 });
    expect(await ask(amthi.GetRemoteAccessConnectionStatus, {})).toMatchObject({ network: "direct" });
  });
  it("has no interface but the wired one on old firmware", async () => {
    const ask = open("legacy");
    expect(await ask(amthi.GetLanInterfaceSettings, { interface: "wired" })).toMatchObject({ ipv4: "192.0.2.50" });
    expect(await ask(amthi.GetLanInterfaceSettings, { interface: "wireless" })).toBe(2501);
    expect(await ask(amthi.GetLanInterfaceSettings, { interface: 2 })).toBe(2501);
    expect(await ask(amthi.GetIpv6LanInterfaceStatus, { interface: "wired" })).toBe(2500);
    expect(await ask(amthi.GetIpv6LanInterfaceStatus, { interface: "wireless" })).toBe(2501);
  });
  it("has IPv6 on the wired interface of one profile", async () => {
    expect(await open("activated")(amthi.GetIpv6LanInterfaceStatus, { interface: "wired" })).toMatchObject({
      addresses: [{ address: "fe80::200:5eff:fe00:5301", type: "linkLocal" }, { address: "2001:db8::10" }],
    });
    expect(await open("activated")(amthi.GetIpv6LanInterfaceStatus, { interface: "wireless" })).toBe(2500);
  });
});

describe("what simulated firmware does not know", () => {
  it("is told by an empty answer or by a status", async () => {
    const ask = open("legacy");
    expect(await ask(amthi.GetRedirectionState, {})).toBe("empty");
    expect(await ask(amthi.DisableAndClearAmt, {})).toBe("empty");
    expect(await ask(amthi.GetCiraLog, { version: 0 })).toBe("empty");
    expect(await ask(amthi.GetAuditLogRecords, { start: 0 })).toBe(1);
    expect(await ask(amthi.GetFeaturesState, { feature: "webUi" })).toBe(0x21);
    expect(
      await ask(amthi.StartConfigurationHBased, {
        form: "long",
        hashAlgorithm: "SHA256",
        certificateHash: new Uint8Array(32),
        hostVpn: false,
        dnsSuffixes: [],
      }),
    ).toBe(0x812);
  });
  it("is a handle or an id that it does not have", async () => {
    const ask = open("activated");
    expect(await ask(amthi.GetCertificateHashEntry, { handle: 4 })).toBe(0x805);
    expect(await ask(amthi.GetFeaturesState, { feature: 5 })).toBe(0x21);
    expect(await open("unprovisioned")(amthi.GetMeSetupAuditRecord, {})).toBe(0x809);
  });
});

function messages(): AmthiMessage<unknown, unknown>[] {
  return Object.values<unknown>(amthi).filter((value): value is AmthiMessage<unknown, unknown> =>
    typeof value === "object" && value !== null && "command" in value
  );
}
