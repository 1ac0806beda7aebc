import { describe, expect, it } from "vitest";
import { fromHex } from "../../core/binary/mod.ts";
import {
  AmthiClient,
  type AmthiMessage,
  GetCodeVersions,
  GetControlMode,
  GetFqdn,
  GetLocalSystemAccount,
  GetProvisioningState,
  GetUuid,
  OpenUserInitiatedConnection,
  SetHostFqdn,
  StartConfigurationHBased,
  Unprovision,
} from "../../protocols/amthi/mod.ts";
import { AMTHI } from "../../protocols/mei/known_clients.ts";
import type { Fault } from "../../simulator/faults.ts";
import { SimulatedMei } from "../../simulator/mei.ts";
import { createSimulator } from "../../simulator/mod.ts";
import { MeiDevice } from "../../transport/mei_device.ts";
import { FakeMeiDriver } from "../fakes/mei_driver.ts";
import { vectors } from "../vectors/load.ts";
import { scriptedFirmware } from "./scripted_firmware.ts";

/** Bytes of a vector; those of answers that firmware or peers know. */
const bytesOf = (name: string) => vectors("amthi").find((vector) => vector.name === `amthi/${name}`)!.hex;
const post = "0101000011008004080000000000000002000000";

function scripted(answers: readonly (string | undefined)[], faults: readonly Fault[] = []) {
  const firmware = scriptedFirmware(AMTHI, answers, faults);
  return { client: new AmthiClient(new SimulatedMei(firmware.me), { answerMs: 20 }), ...firmware };
}

async function outcome<Request>(answer: string, message: AmthiMessage<Request, unknown>, request: Request) {
  await using client = scripted([answer]).client;
  return await client.call(message, request);
}

describe("AmthiClient.call", () => {
  it("sends the bytes that programs in the field send, and gives what hardware answered", async () => {
    const { client, asked, me, connects } = scripted([
      bytesOf("GetCodeVersionsResponse"),
      bytesOf("GetProvisioningStateResponse"),
      bytesOf("GetUUIDResponse"),
    ]);
    const versions = await client.call(GetCodeVersions, {});
    expect(versions).toMatchObject({ ok: true, data: { bios: "N1EETA2W (1.75 )" } });
    expect(await client.call(GetProvisioningState, {})).toEqual({ ok: true, data: { state: "pre" } });
    expect(await client.call(GetUuid, {})).toMatchObject({ ok: true });
    expect(asked).toEqual([
      "010100001a00000400000000",
      "010100001100000400000000",
      "010100005c00000400000000",
    ]);
    expect(connects()).toBe(1);
    await client[Symbol.asyncDispose]();
    expect(me.openConnections).toBe(0);
  });

  it("makes one connect for many commands over the Linux driver, and leaves no descriptor", async () => {
    const { me, host } = createSimulator("activated", { faults: [{ kind: "busy", nth: 2, onwards: true }] });
    const libc = new FakeMeiDriver(me);
    {
      await using client = new AmthiClient(new MeiDevice({ libc, host, path: "/dev/mei0" }));
      for (const message of [GetCodeVersions, GetProvisioningState, GetControlMode, GetFqdn, GetUuid]) {
        expect(await client.call(message as AmthiMessage<object, unknown>, {})).toMatchObject({ ok: true });
      }
    }
    await expect.poll(() => [me.openConnections, libc.openDescriptors]).toEqual([0, 0]);
  });

  it("takes a status for unsupported only when it says so", async () => {
    const withStatus = (status: string) => outcome(`010100006b00800404000000${status}`, GetControlMode, {});
    expect(await withStatus("12080000")).toEqual({
      ok: false,
      kind: "unsupported",
      reason: "UNSUPPORTED (0x812): this firmware does not support it",
      status: 0x812,
    });
    for (const status of ["01000000", "04000000", "21000000"]) {
      expect(await withStatus(status)).toMatchObject({ kind: "unsupported" });
    }
    for (const status of ["02000000", "03000000", "10000000", "00040000", "14080000", "c4090000", "77070000"]) {
      expect(await withStatus(status)).toMatchObject({ kind: "refused" });
    }
    expect(await withStatus("77070000")).toMatchObject({ status: 0x777, reason: "AMT status 0x777" });
  });
  it("takes INTERNAL_ERROR of a change for a refusal, since the change may have failed", async () => {
    // As MeshCmd was answered when it started a setup.
    const answer = "010100004400800404000000" + "01000000";
    expect(await outcome(answer, OpenUserInitiatedConnection, {})).toMatchObject({ kind: "refused", status: 1 });
  });
  it.each([
    ["no data", "010100001000800404000000" + "03000000"],
    ["zeros for data", "010100001000800408000000" + "0300000000000000"],
    ["a part of the data", "010100001000800406000000" + "030000000000"],
  ])("gives the status of a refusal with %s", async (_, answer) => {
    expect(await outcome(answer, Unprovision, { mode: 0 })).toMatchObject({ kind: "refused", status: 3 });
  });
  it("takes an empty answer for unsupported, and goes on over the same connection", async () => {
    const { client, connects } = scripted(["", post]);
    expect(await client.call(GetControlMode, {})).toEqual({
      ok: false,
      kind: "unsupported",
      reason: "the firmware's answer is empty",
    });
    expect(await client.call(GetProvisioningState, {})).toEqual({ ok: true, data: { state: "post" } });
    expect(connects()).toBe(1);
    await client[Symbol.asyncDispose]();
  });
});

describe("AmthiClient.call on an answer that does not fit", () => {
  const zeros = (count: number) => "00".repeat(count);
  const cases: [what: string, answer: string, message: AmthiMessage<object, unknown>, reason: RegExp][] = [
    ["half a header", "010100001100", GetProvisioningState, /6 bytes, the shortest one has 16/],
    ["a header alone", "010100001100800400000000", GetProvisioningState, /12 bytes, the shortest one has 16/],
    ["another command's answer", post, GetControlMode, /is to command 0x4800011/],
    ["the request", "010100001100000404000000" + zeros(4), GetProvisioningState, /is to command 0x4000011/],
    // What mei-amt-check is shown in peer-traces/mei-amt-check-badlen: a length that counts too much.
    [
      "a length above the bytes",
      "01010000110080040c000000" + zeros(8),
      GetProvisioningState,
      /says 12 bytes, 8 follow/,
    ],
    ["a length below the bytes", "010100001100800404000000" + zeros(8), GetProvisioningState, /says 4 bytes, 8 follow/],
    ["a wrong length and a status", "010100001100800408000000" + "10000000", GetProvisioningState, /says 8 bytes/],
    ["no data", "010100001100800404000000" + zeros(4), GetProvisioningState, /data\.state.*needs 4 bytes, 0 left/],
    ["more data", "01010000110080040c000000" + zeros(12), GetProvisioningState, /4 bytes after the end/],
    ["version 2", "020100001100800408000000" + zeros(8), GetProvisioningState, /major.*2 where 1 belongs/],
    [
      "more versions than it holds",
      "010100001a00800449000000" + zeros(4 + 65) + "ffffffff",
      GetCodeVersions,
      /versions\[0\]\.name.*needs 2 bytes, 0 left/,
    ],
    [
      "a version longer than its field",
      "010100001a00800475000000" + zeros(4 + 65) + "01000000" + "1500" + zeros(42),
      GetCodeVersions,
      /versions\[0\]\.name.*21 bytes, room for 20/,
    ],
    ["a text longer than it", "010100005600800426000000" + zeros(24) + "ffff" + zeros(12), GetFqdn, /fqdn.*65535/],
    ["a user without end", "010100006700800446000000" + zeros(4) + "41".repeat(66), GetLocalSystemAccount, /user.*end/],
  ];

  it.each(cases)(
    "says what is wrong with %s, and asks on over a new connection",
    async (_, answer, message, reason) => {
      const { client, connects } = scripted([answer, post]);
      const result = await client.call(message, {});
      expect(result).toMatchObject({ ok: false, kind: "malformed", reason: expect.stringMatching(reason) });
      expect(result).not.toHaveProperty("status");
      expect(await client.call(GetProvisioningState, {})).toEqual({ ok: true, data: { state: "post" } });
      expect(connects()).toBe(2);
      await client[Symbol.asyncDispose]();
    },
  );
  it("throws indeterminate when it is the answer to a change", async () => {
    const { client, me } = scripted(["010100005b00800408000000" + zeros(8)]);
    const call = client.call(SetHostFqdn, { fqdn: "guest" });
    await expect(call).rejects.toMatchObject({ code: "indeterminate", exitCode: 15 });
    await expect(call).rejects.toThrow(/its answer cannot be read: .*4 bytes after the end/);
    expect(me.openConnections).toBe(0);
  });
});

describe("AmthiClient.call without an answer", () => {
  it("tells silence, and asks on over a new connection", async () => {
    const { client, connects } = scripted([undefined, post]);
    expect(await client.call(GetControlMode, {})).toMatchObject({ ok: false, kind: "silent" });
    expect(await client.call(GetProvisioningState, {})).toMatchObject({ ok: true });
    expect(connects()).toBe(2);
    await client[Symbol.asyncDispose]();
  });
  it.each<Fault["kind"]>(["silent", "reset", "disconnect"])(
    "throws indeterminate when %s took a change's",
    async (kind) => {
      await using client = scripted([post], [{ kind, nth: 1 }]).client;
      await expect(client.call(Unprovision, { mode: 0 })).rejects.toMatchObject({ code: "indeterminate" });
    },
  );
  it.each<Fault["kind"]>(["reset", "disconnect"])(
    "throws what ended the connection when %s took one that only tells",
    async (kind) => {
      await using client = scripted([post], [{ kind, nth: 1 }]).client;
      await expect(client.call(GetProvisioningState, {})).rejects.toMatchObject({ code: "mei.reset" });
      expect(await client.call(GetProvisioningState, {})).toMatchObject({ ok: true });
    },
  );
  it.each([["disabled", "mei.clientNotOffered"], ["no-amt", "mei.clientNotOffered"]])(
    "throws what connect throws when the machine is %s",
    async (name, code) => {
      await using client = new AmthiClient(createSimulator(name).mei);
      await expect(client.call(GetProvisioningState, {})).rejects.toMatchObject({ code });
    },
  );
});

describe("AmthiClient.call with a request that does not fit", () => {
  it("throws usage that names the field, and sends nothing", async () => {
    const { client, connects } = scripted([]);
    const call = client.call(StartConfigurationHBased, {
      form: "long",
      hashAlgorithm: "SHA256",
      certificateHash: fromHex("00".repeat(65)),
      hostVpn: false,
      dnsSuffixes: [],
    });
    await expect(call).rejects.toMatchObject({ code: "usage" });
    await expect(call).rejects.toThrow("StartConfigurationHBased, certificateHash: 65 bytes in a 64 byte field");
    expect(connects()).toBe(0);
  });
});
