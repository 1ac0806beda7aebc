import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Machine } from "../../commands/machine.ts";
import { program } from "../../commands/program.ts";
import { root } from "../../commands/root.ts";
import { TraceFile } from "../../commands/trace_file.ts";
import { encode, toHex } from "../../core/binary/mod.ts";
import { AmtError } from "../../core/errors/mod.ts";
import { amthiRequest, SetProvisioningServerOtp } from "../../protocols/amthi/mod.ts";
import { ApfMessage } from "../../protocols/apf/mod.ts";
import { AMTHI, LME, MKHI } from "../../protocols/mei/known_clients.ts";
import { Tunnel } from "../../services/tunnel/tunnel.ts";
import { echo } from "../../simulator/lme/service.ts";
import { createSimulator, type Simulator } from "../../simulator/mod.ts";
import { type Packet, packets } from "../services/trace/pcapng_by_the_draft.ts";
import { fakeRuntime } from "./fakes.ts";

const folder = mkdtempSync(join(tmpdir(), "trace-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newFile = () => join(folder, `${++files}.pcapng`);

async function amtctl(...args: string[]) {
  const runtime = fakeRuntime(["--device", "sim", ...args]);
  const code = await program(runtime, root);
  return { code, out: runtime.stdout, err: runtime.stderr };
}

/** The header of docs/trace-format.md, by its offsets. */
function head({ data }: Packet) {
  return {
    version: data[0],
    event: data[1],
    direction: data[2],
    flags: data[3],
    guid: data.toString("hex", 4, 20),
    connection: data.readUInt32LE(20),
    length: data.readUInt32LE(24),
    body: data.toString("latin1", 28),
  };
}

describe("--trace", () => {
  it("writes connections and messages, each with its client, direction, number and length", async () => {
    const file = newFile();
    const before = Date.now();
    expect(await amtctl("send", "MKHI", "ff020000", "--trace", file)).toMatchObject({ code: 0, err: "" });
    const all = packets(readFileSync(file));
    const guid = "15676a8ebc9a43" + "4088ef9e39c6f63e0f";
    const common = { version: 1, flags: 0, guid, connection: 1 };
    expect(all.map(head)).toEqual([
      { ...common, event: 1, direction: 0, length: 0, body: "" },
      { ...common, event: 2, direction: 1, length: 36, body: "version 2, messages up to 2048 bytes" },
      { ...common, event: 0, direction: 0, length: 4, body: "\xff\x02\0\0" },
      { ...common, event: 0, direction: 1, length: 28, body: expect.stringMatching(/^\xff\x82/) },
      { ...common, event: 4, direction: 0, length: 0, body: "" },
    ]);
    expect(all.map(({ options }) => options[0]!.value.toString())).toEqual(Array(5).fill("MKHI"));
    expect(all.map(({ options }) => options[1]!.value[0])).toEqual([2, 1, 2, 1, 2]);
    expect(all.map(({ data, originalLength }) => originalLength - data.length)).toEqual([0, 0, 0, 0, 0]);
    const times = all.map(({ timestamp }) => Number(timestamp / 1000n));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(before - 1100);
    expect(times[4]).toBeLessThanOrEqual(Date.now() + 1100);
  });
  it("numbers the connections of a command, whatever client they are to", async () => {
    const file = newFile();
    await amtctl("status", "--trace", file);
    const connects = packets(readFileSync(file)).map(head).filter(({ event }) => event === 1);
    expect(connects.length).toBeGreaterThan(2);
    expect(connects.map(({ connection }) => connection)).toEqual(connects.map((_, i) => i + 1));
  });
  it("tells of a connection that was refused", async () => {
    const file = newFile();
    expect((await amtctl("send", "NFC", "00", "--trace", file)).code).toBe(16);
    expect(packets(readFileSync(file)).map(head)).toMatchObject([
      { event: 1 },
      { event: 3, direction: 1, body: expect.stringContaining("(mei.clientNotOffered)") },
    ]);
  });
  it("may be read by its owner only, and is a file without packets when a command needs no device", async () => {
    const file = newFile();
    expect((await amtctl("explain", "0x814", "--trace", file)).code).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(packets(readFileSync(file))).toEqual([]);
  });
  it("refuses a file that is there, and leaves it alone", async () => {
    const file = newFile();
    writeFileSync(file, "mine");
    const { code, out, err } = await amtctl("devices", "--trace", file);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(`error: ${file} exists already (usage)`);
    expect(readFileSync(file, "utf8")).toBe("mine");
  });
  it.each([["", "the name of the file is empty"], ["-", "a trace goes to a file"], ["/nowhere/t", "no such folder"]])(
    "refuses %j",
    async (file, message) => {
      const { code, err } = await amtctl("devices", "--trace", file);
      expect([code, err]).toEqual([2, expect.stringContaining(message)]);
    },
  );
  it("may stand in front of the command", async () => {
    const file = newFile();
    expect((await amtctl("--trace", file, "devices")).code).toBe(0);
    expect(existsSync(file)).toBe(true);
  });
});

const account = "01010000670000042800000" + "0" + "00".repeat(40);
const password = "simulated-osadmin-activated";
const otp = "Canary-0ne-time";
const setOtp = toHex(encode(amthiRequest(SetProvisioningServerOtp), { password: otp }));

describe("--reveal", () => {
  it.each([["GetLocalSystemAccount", account, password], ["SetProvisioningServerOTP", setOtp, otp]])(
    "puts the secret of %s into the trace, which has none without it",
    async (_, hex, secret) => {
      const [hidden, shown] = [newFile(), newFile()];
      await amtctl("send", "AMTHI", hex, "--trace", hidden);
      await amtctl("send", "AMTHI", hex, "--trace", shown, "--reveal");
      expect(readFileSync(hidden).includes(secret)).toBe(false);
      expect(readFileSync(shown).includes(secret)).toBe(true);
      const cut = packets(readFileSync(hidden)).filter((packet) => head(packet).flags === 1);
      const [{ data, originalLength }] = cut as [Packet];
      expect(cut).toHaveLength(1);
      expect(originalLength - 28).toBe(head(cut[0]!).length);
      expect(originalLength).toBeGreaterThan(data.length);
      expect(packets(readFileSync(shown)).every((packet) => head(packet).flags === 0)).toBe(true);
    },
  );
  it("reveals to the answer of status and to its trace alike", async () => {
    const [file, revealed] = [newFile(), newFile()];
    expect((await amtctl("status", "--json", "--trace", file)).out).not.toContain(password);
    expect(readFileSync(file).includes(password)).toBe(false);
    expect((await amtctl("status", "--json", "--reveal", "--trace", revealed)).out).toContain(password);
    expect(readFileSync(revealed).includes(password)).toBe(true);
    expect((await amtctl("status", "--json", "--reveal")).out).toContain(password);
  });
  it("is refused where it would reveal nothing", async () => {
    const { code, err } = await amtctl("devices", "--reveal");
    expect([code, err]).toEqual([2, expect.stringContaining("--reveal without --trace")]);
  });
});

/** A machine whose device is this simulator, and the trace of it in memory. */
function traced(simulator: Simulator, { reveal = false, room = Infinity } = {}) {
  const chunks: Uint8Array[] = [];
  const problems: AmtError[] = [];
  let closed = 0;
  const trace = new TraceFile({
    append(bytes) {
      if (chunks.length >= room) throw new AmtError("io.write", "trace: ENOSPC");
      chunks.push(bytes);
    },
    close: () => void closed++,
  }, { device: "sim", reveal, onProblem: (problem) => void problems.push(problem) });
  const machine = trace.recorded({ openMei: () => Promise.resolve(simulator.mei) } as unknown as Machine);
  return { trace, machine, problems, closed: () => closed, bytes: () => Buffer.concat(chunks) };
}

describe("TraceFile, of the tunnel", () => {
  async function converse(reveal: boolean): Promise<Buffer> {
    using simulator = createSimulator("activated", { lme: { forwards: [16992], services: { 16992: echo } } });
    const { machine, bytes } = traced(simulator, { reveal });
    const { signal } = new AbortController();
    await using tunnel = await Tunnel.start(await machine.openMei(), { signal });
    await tunnel.ready();
    await simulator.me.lme!.send(encode(ApfMessage, {
      kind: "userauthRequest",
      user: "admin",
      service: "pfwd@amt.intel.com",
      method: { kind: "password", change: false, password: "Canary-Passw0rd" },
    }));
    const channel = await tunnel.open(16992);
    await channel.write(new TextEncoder().encode("Canary-Payload"));
    expect(new TextDecoder().decode(await channel.read())).toBe("Canary-Payload");
    await channel.close();
    return bytes();
  }
  /** Ways in which the texts may stand there. */
  const canaries = (bytes: Buffer) =>
    ["Canary-Passw0rd", "Canary-Payload"].map((text) =>
      [text, Buffer.from(text).toString("hex"), Buffer.from(text).toString("base64").slice(0, -4)]
        .some((each) => bytes.includes(each))
    );

  it("holds neither payload nor password, but their lengths, unless they are revealed", async () => {
    const bytes = await converse(false);
    expect(canaries(bytes)).toEqual([false, false]);
    const data = packets(bytes).filter(({ data }) => data[1] === 0 && data[28] === 94);
    expect(data.map((packet) => [packet.data.length, head(packet).length, packet.data.readUInt32BE(33)])).toEqual([
      [37, 23, 14],
      [37, 23, 14],
    ]);
    expect(canaries(await converse(true))).toEqual([true, true]);
  });
  it("tells once that the firmware restarted", async () => {
    using simulator = createSimulator();
    const { machine, bytes } = traced(simulator);
    const mei = await machine.openMei();
    await using connection = await mei.connect(LME);
    await connection.receive();
    simulator.me.reset();
    await expect(connection.receive()).rejects.toMatchObject({ code: "mei.reset" });
    const lost = packets(bytes()).map(head).filter(({ event }) => event === 5);
    expect(lost).toMatchObject([{ direction: 1, body: expect.stringContaining("(mei.reset)") }]);
  });
});

describe("TraceFile, when it cannot be written", () => {
  it("tells it once, and the connection goes on", async () => {
    using simulator = createSimulator();
    const { machine, trace, problems } = traced(simulator, { room: 3 });
    const mei = await machine.openMei();
    for (let i = 0; i < 2; i++) {
      await using connection = await mei.connect(MKHI);
      await connection.send(Uint8Array.of(0xff, 2, 0, 0));
      expect(await connection.receive()).toHaveLength(28);
    }
    expect(problems.map(({ message }) => message)).toEqual(["trace: ENOSPC"]);
    expect(trace.problem?.code).toBe("io.write");
  });
  it("is closed once, and takes nothing after that", async () => {
    using simulator = createSimulator();
    const { machine, trace, closed, bytes } = traced(simulator);
    await using connection = await (await machine.openMei()).connect(AMTHI);
    const { length } = bytes();
    trace[Symbol.dispose]();
    trace[Symbol.dispose]();
    await connection.send(Uint8Array.of(1));
    expect([closed(), bytes().length]).toEqual([1, length]);
  });
});
