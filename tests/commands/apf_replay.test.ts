import { Ajv2020 } from "ajv/dist/2020.js";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { ApfReplayOutput } from "../../commands/apf_replay.schema.ts";
import { program } from "../../commands/program.ts";
import { root } from "../../commands/root.ts";
import { schemas } from "../../schemas/mod.ts";
import { hasTraces, whySkipped } from "../vectors/peer_traces.ts";
import { fakeRuntime } from "./fakes.ts";

const folder = mkdtempSync(join(tmpdir(), "replay-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function amtctl(args: string[], input: string | Uint8Array = "") {
  const stream = typeof input === "string" ? input : new Blob([Uint8Array.from(input)]).stream();
  const runtime = fakeRuntime(args, { input: stream });
  return { code: await program(runtime, root), out: runtime.stdout, err: runtime.stderr };
}

async function events(...args: string[]): Promise<ApfReplayOutput[]> {
  const { code, out, err } = await amtctl(["apf", "replay", ...args, "--ndjson"]);
  expect([code, err]).toEqual([0, ""]);
  const all = out.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
  const validate = new Ajv2020({ strict: true }).compile((await schemas.apf_replay()).default);
  for (const event of all) expect([event, validate(event)]).toEqual([event, true]);
  return all;
}

describe("apf replay", () => {
  const file = join(folder, "own.pcapng");
  const request = "GET / HTTP/1.0\r\n\r\n";
  const record = () => amtctl(["--device", "sim", "apf", "open", "127.0.0.1", "16992", "--trace", file], request);

  it("shows a trace of --trace message by message", async () => {
    expect((await record()).code).toBe(0);
    const all = await events(file);
    expect(all.map(({ frame }) => frame)).toEqual(all.map((_, i) => i + 1));
    expect(all[0]).toMatchObject({ event: "connect", client: "LME", connection: 1, detail: null, ms: 0 });
    expect(all[1]).toMatchObject({ event: "connected", detail: "version 4, messages up to 8192 bytes" });
    expect(all.at(-1)).toMatchObject({ event: "disconnect" });
    const data = all.flatMap((event) => event.event === "message" && event.message === "channelData" ? [event] : []);
    expect(data[0]).toMatchObject({ direction: "toFirmware", length: 27, fields: { dataLength: request.length } });
    expect(data[0]!.fields).not.toHaveProperty("data");
    expect(Date.parse(data[0]!.at!)).toBeGreaterThan(Date.now() - 60_000);
    const { out } = await amtctl(["apf", "replay", file]);
    expect(out).toMatch(/^ {4}1 {6}0\.000 LME: connect\n/);
    expect(out).toMatch(/^ +\d+ +\d+\.\d{3} LME < CHANNEL_DATA recipient=0 dataLength=18 \(27 bytes\)$/m);
  });
  it("shows payload with --reveal where the trace has it", async () => {
    const revealed = join(folder, "revealed.pcapng");
    await amtctl(["--device", "sim", "apf", "open", "127.0.0.1", "16992", "--trace", revealed, "--reveal"], request);
    const shown = Buffer.from(request).toString("hex");
    expect((await amtctl(["apf", "replay", revealed, "--reveal"])).out).toContain(shown);
    expect((await amtctl(["apf", "replay", revealed])).out).not.toContain(shown);
    expect((await amtctl(["apf", "replay", file, "--reveal"])).out).not.toContain("data=");
  });
  it("reads standard input", async () => {
    const bytes = readFileSync(file);
    const [whole, piped] = [await amtctl(["apf", "replay", file]), await amtctl(["apf", "replay", "-"], bytes)];
    expect(piped).toEqual(whole);
  });
  it("shows messages of other clients by their length", async () => {
    const status = join(folder, "status.pcapng");
    await amtctl(["--device", "sim", "status", "--trace", status]);
    const others = (await events(status)).filter(({ event }) => event === "other");
    expect(others.length).toBeGreaterThan(20);
    expect(others).toContainEqual(
      expect.objectContaining({ client: "MKHI", direction: "toFirmware", connection: expect.any(Number), length: 4 }),
    );
  });
  it("shows what is there of a file that is cut off, and ends with 2", async () => {
    const cut = join(folder, "cut.pcapng");
    writeFileSync(cut, readFileSync(file).subarray(0, -5));
    const { code, out, err } = await amtctl(["apf", "replay", cut]);
    expect(code).toBe(2);
    expect(out.split("\n").length).toBeGreaterThan(10);
    expect(err).toMatch(new RegExp(`^error: ${cut}: the block at byte \\d+: it is cut off: \\d+ of its \\d+ bytes`));
  });
  it.each<[string, string, string]>([
    ["an empty file", "", "it is empty"],
    ["another kind of file", "\x7fELF", "it is neither pcapng nor lines of JSON"],
    ["a block of an impossible length", "\x0a\x0d\x0d\x0a\xff\xff\xff\xff\x4d\x3c\x2b\x1a", "no length of a block"],
    ["a line that is none", `{"t_ms":1}`, "line 1: dir is neither"],
  ])("refuses %s and names the file", async (_, content, message) => {
    const wrong = join(folder, "wrong");
    writeFileSync(wrong, content, "latin1");
    const { code, out, err } = await amtctl(["apf", "replay", wrong]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(`error: ${wrong}: `);
    expect(err).toContain(message);
  });
  it("shows nothing for a file of empty lines", async () => {
    const blank = join(folder, "blank");
    writeFileSync(blank, "\n");
    expect(await amtctl(["apf", "replay", blank])).toEqual({ code: 0, out: "", err: "" });
  });
  it("says in its hint what is wrong with the file, and nothing of the command line", async () => {
    const wrong = join(folder, "hint");
    writeFileSync(wrong, "{}");
    const { err } = await amtctl(["apf", "replay", wrong]);
    expect(err).toContain("\nhint: What is before that place has been shown; the file is damaged there");
  });
  it("shows times that are far from each other as numbers", async () => {
    const guid = "6733a4db-0476-4e7b-b3af-bcfc29bee7a7";
    const far = join(folder, "far");
    const line = (ms: number) => JSON.stringify({ t_ms: ms, dir: "host->fw", guid, hex: "6100000001" });
    writeFileSync(far, `${line(8.64e15)}\n${line(-8.64e15)}\n`);
    expect((await events(far)).map(({ ms }) => ms)).toEqual([0, -1.728e16]);
  });
  it("refuses a file that is not there", async () => {
    const { code, err } = await amtctl(["apf", "replay", join(folder, "none")]);
    expect([code, err]).toEqual([2, expect.stringContaining("does not exist")]);
  });
});

describe.skipIf(!hasTraces)(`apf replay of what programs and firmware said${whySkipped}`, () => {
  // deno-lint-ignore no-process-global
  const traces = join(process.env.AMTCTL_FIXTURES ?? "", "peer-traces");
  const names = hasTraces ? readdirSync(traces).filter((name) => readFileSync(join(traces, name)).length > 1) : [];

  it.each(names)("takes %s", async (name) => {
    const lines = readFileSync(join(traces, name), "utf8").split("\n").filter((line) => line !== "");
    const all = await events(join(traces, name));
    expect(all.map(({ frame }) => frame)).toEqual(lines.map((_, i) => i + 1));
  });
  it("shows lms8's half-close as it was", async () => {
    const { out } = await amtctl(["apf", "replay", join(traces, "lms8-halfclose.ndjson")]);
    expect(out).toMatchInlineSnapshot(`
      "    1      0.000 LME < CHANNEL_OPEN type=forwarded-tcpip sender=4 windowBytes=4096 address=::1 port=16992 originatorAddress=::1 originatorPort=36012 (54 bytes)
          2      0.100 LME > CHANNEL_OPEN_CONFIRMATION recipient=4 sender=0 windowBytes=4096 (17 bytes)
          3      2.200 LME < CHANNEL_DATA recipient=0 dataLength=31 (40 bytes)
          4      2.300 LME > CHANNEL_WINDOW_ADJUST recipient=4 bytesToAdd=31 (9 bytes)
          5      3.600 LME < CHANNEL_CLOSE recipient=0 (5 bytes)
          6      3.700 LME > CHANNEL_DATA recipient=4 dataLength=145 (154 bytes)
          7      5.500 LME < CHANNEL_WINDOW_ADJUST recipient=0 bytesToAdd=145 (9 bytes)
          8      5.700 LME > CHANNEL_CLOSE recipient=4 (5 bytes)
      "
    `);
  });
});
