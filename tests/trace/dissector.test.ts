import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { program } from "../../commands/program.ts";
import { root } from "../../commands/root.ts";
import { TraceFile } from "../../commands/trace_file.ts";
import { decode, fromHex } from "../../core/binary/mod.ts";
import * as amthi from "../../protocols/amthi/mod.ts";
import { ApfMessage } from "../../protocols/apf/mod.ts";
import { LME } from "../../protocols/mei/known_clients.ts";
import type { MeiConnection } from "../../transport/mei.ts";
import { fakeRuntime } from "../commands/fakes.ts";
import { vectors } from "../vectors/load.ts";
import { hasTraces, messagesOf, whySkipped } from "../vectors/peer_traces.ts";

const script = new URL("../../docs/amtctl.lua", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "dissector-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newFile = () => join(folder, `${++files}.pcapng`);

const hasTshark = spawnSync("tshark", ["--version"]).status === 0;
const whyNoTshark = hasTshark ? "" : " (skipped: tshark is not installed, tests/trace/setup.sh --install)";

function tshark(...args: string[]): string {
  const { stdout, stderr, status } = spawnSync("tshark", ["-X", `lua_script:${script}`, ...args], { encoding: "utf8" });
  expect([status, stderr]).toEqual([0, expect.not.stringMatching(/lua|error/i)]);
  expect(stdout).not.toMatch(/Lua Error/);
  return stdout;
}

/** A line for each packet, with these fields. */
function fieldsOf(file: string, ...names: string[]): string[][] {
  const lines = tshark("-r", file, "-T", "fields", ...names.flatMap((name) => ["-e", name])).split("\n");
  return lines.slice(0, -1).map((line) => line.split("\t"));
}

/** A trace of messages as they stand, from the firmware on. */
async function traceOf(messages: readonly Uint8Array[], reveal: boolean): Promise<string> {
  const file = newFile();
  using trace = await TraceFile.open(file, { device: "sim", reveal });
  const left = [...messages];
  const connection = { receive: () => Promise.resolve(left.shift()!) } as unknown as MeiConnection;
  const machine = { openMei: () => Promise.resolve({ connect: () => Promise.resolve(connection) }) };
  const mei = await trace.recorded(machine as never).openMei();
  const tapped = await mei.connect(LME);
  for (const _ of messages) await tapped.receive();
  return file;
}

async function amtctl(input: string, ...args: string[]): Promise<void> {
  expect(await program(fakeRuntime(["--device", "sim", ...args], { input }), root)).toBe(0);
}

describe("docs/amtctl.lua", () => {
  it("names every command of AMTHI that is declared, and no other", () => {
    const table = /local commands = \{([^}]*)\}/.exec(readFileSync(script, "utf8"))![1]!;
    const named = [...table.matchAll(/\[(0x[0-9a-f]{8})\] = "(\w+)"/g)].map(([, code, name]) => [Number(code), name]);
    const declared = Object.values(amthi).flatMap((each) =>
      typeof each === "object" && "command" in each ? [[each.command, each.name]] : []
    );
    expect(new Map(named as [number, string][])).toEqual(new Map(declared as [number, string][]));
  });
});

describe.skipIf(!hasTshark)(`docs/amtctl.lua in tshark${whyNoTshark}`, () => {
  it("is not needed to read the file: capinfos knows link type, count and lengths", async () => {
    const file = newFile();
    await amtctl("GET / HTTP/1.0\r\n\r\n", "apf", "open", "127.0.0.1", "16992", "--trace", file);
    const { stdout, status } = spawnSync("capinfos", [file], { encoding: "utf8" });
    expect(status).toBe(0);
    expect(stdout).toMatch(/File encapsulation: +USER 0\n/);
    expect(stdout).toMatch(/Number of packets: +18\n/);
    expect(stdout).toMatch(/Strict time order: +True\n/);
    expect(stdout).toMatch(/Capture application: +amtctl /);
    expect(stdout).toMatch(/Name = sim\n/);
    expect(fieldsOf(file, "frame.comment", "frame.p2p_dir").slice(0, 3)).toEqual([["LME", "0"], ["LME", "1"], [
      "LME",
      "1",
    ]]);
  });

  it("shows header, client and APF messages of a trace without payload", async () => {
    const file = newFile();
    await amtctl("GET / HTTP/1.0\r\n\r\n", "apf", "open", "127.0.0.1", "16992", "--trace", file);
    const all = fieldsOf(file, "_ws.col.Protocol", "_ws.col.Info", "amtctl.event", "amtctl.left_out", "amtctl.client");
    expect(all[0]).toEqual(["LME", "Connect", "1", "0", LME]);
    expect(all[1]).toEqual(["LME", "Connected: version 4, messages up to 8192 bytes", "2", "0", LME]);
    const infos = all.map(([, info]) => info);
    expect(infos).toContain("SERVICE_REQUEST service=pfwd@amt.intel.com");
    expect(infos).toContain("CHANNEL_DATA recipient=0 length=18");
    expect(infos.at(-1)).toBe("Disconnect");
    expect(all.filter(([, , , leftOut]) => leftOut === "1")).toHaveLength(2);
    expect(tshark("-r", file, "-V")).not.toContain("ends within a field");
  });

  it("shows the headers of AMTHI and MKHI", async () => {
    const file = newFile();
    await amtctl("", "status", "--trace", file);
    const all = fieldsOf(file, "_ws.col.Protocol", "_ws.col.Info", "amt_amthi.command", "amt_mkhi.group");
    expect(all).toContainEqual(["AMTHI", "GetControlMode", "0x0400006b", ""]);
    expect(all).toContainEqual(["AMTHI", "GetControlMode answered, status 0", "0x0400006b", ""]);
    expect(all).toContainEqual(["MKHI", "group ff, command 02 answered, result 00", "", "0xff"]);
    expect(all.filter(([, info]) => info!.startsWith("command "))).toEqual([]);
  });

  it("says of messages that are cut or garbled that they end early, and never fails itself", async () => {
    const samples = vectors("apf").map(({ hex }) => fromHex(hex));
    expect(samples.length).toBeGreaterThan(5);
    const cut = samples.flatMap((bytes) => [0, 1, 2, 5, 9, bytes.length - 1].map((end) => bytes.subarray(0, end)));
    const long = samples.map((bytes) => bytes.map((byte, at) => at > 0 && at < 5 ? 0xff : byte));
    const text = tshark("-r", await traceOf([...cut, ...long], true), "-V");
    expect(text).toContain("The message ends within a field");
  });
});

describe.skipIf(!hasTshark || !hasTraces)(
  `docs/amtctl.lua and our layouts agree on what programs said${whySkipped}${whyNoTshark}`,
  () => {
    /** What we read, under the names of the dissector's fields. */
    function ours(bytes: Uint8Array): Record<string, unknown> {
      const message = decode(ApfMessage, bytes);
      switch (message.kind) {
        case "channelOpen":
          return {
            sender: message.sender,
            window: message.windowBytes,
            channel_type: message.type,
            port: message.port,
          };
        case "channelOpenConfirmation":
          return { recipient: message.recipient, sender: message.sender, window: message.windowBytes };
        case "channelOpenFailure":
          return { recipient: message.recipient, open_failure: message.reason };
        case "channelWindowAdjust":
          return { recipient: message.recipient, bytes_to_add: message.bytesToAdd };
        case "channelData":
          return { recipient: message.recipient, data_length: message.data.length };
        case "channelClose":
          return { recipient: message.recipient };
        case "protocolVersion":
          return { major: message.major, minor: message.minor, uuid: message.uuid };
        case "serviceRequest":
        case "serviceAccept":
          return { service: message.service };
        case "requestSuccess":
          return { port: message.port };
        case "globalRequest":
          return "port" in message.request ? { port: message.request.port, address: message.request.address } : {};
        case "disconnect":
          return { reason: message.reason };
        default:
          return {};
      }
    }

    it("on the fields of every message", async () => {
      const messages = messagesOf(LME).map(({ hex }) => fromHex(hex));
      const read = messages.map(ours);
      const names = [...new Set(read.flatMap((each) => Object.keys(each)))];
      const shown = fieldsOf(await traceOf(messages, true), ...names.map((name) => `amt_apf.${name}`)).slice(2);
      expect(names.length).toBeGreaterThan(10);
      expect(shown).toHaveLength(messages.length);
      read.forEach((each, i) => {
        for (const [name, value] of Object.entries(each)) {
          expect([i, name, shown[i]![names.indexOf(name)]]).toEqual([i, name, String(value ?? "")]);
        }
      });
    });
  },
);
