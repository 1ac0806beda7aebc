import { Ajv2020 } from "ajv/dist/2020.js";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { packTar } from "modern-tar";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import bundle from "../../commands/bundle.ts";
import type { Context } from "../../commands/command.ts";
import { type Machine, openMachine } from "../../commands/machine.ts";
import { program } from "../../commands/program.ts";
import { root } from "../../commands/root.ts";
import { AmtError } from "../../core/errors/mod.ts";
import { schemas } from "../../schemas/mod.ts";
import type { HostTree } from "../../simulator/host_tree.ts";
import { fakeContext, fakeRuntime, plain } from "./fakes.ts";

const making = { force: false, identifying: false };
const none = { output: undefined, ...making };
const partFiles = ["status.json", "doctor.json", "hfsts.json", "devices.json", "clients.json", "versions.json"];

let folder: string;
let machine: Machine;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "amtctl-"));
  machine = await openMachine({ device: "sim" });
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await machine[Symbol.asyncDispose]();
});

const at = (name: string) => join(folder, name);
const make = (name: string, more: Partial<typeof making> = {}, context: Context = fakeContext(machine)) =>
  bundle.run(context, { output: at(name), ...making, ...more }, [undefined, undefined]);
const show = (name: string) => bundle.run(fakeContext({}), none, ["show", at(name)]);

async function expectValid(answer: object): Promise<void> {
  const validate = new Ajv2020({ strict: true }).compile((await schemas.bundle()).default);
  validate(answer);
  expect(validate.errors ?? []).toEqual([]);
}

/** A bundle of these parts, as another program may have made it. */
async function write(name: string, parts: Record<string, unknown>): Promise<void> {
  const list = Object.keys(parts).map((part) => ({ name: `${part}.json`, size: 0, sha256: "", error: null }));
  const manifest = {
    format: "amtctl bundle",
    formatVersion: 1,
    amtctl: "9.9.9",
    time: "2031-01-31T12:00:00.000Z",
    device: null,
    runtime: "bun 9",
    system: "linux",
    identifying: false,
    files: list,
  };
  const files = Object.entries({ manifest, ...parts }).map(([part, value]) => {
    const body = new TextEncoder().encode(JSON.stringify(value));
    return { header: { name: `${part}.json`, size: body.length }, body };
  });
  writeFileSync(at(name), gzipSync(await packTar(files)));
}

describe("bundle -o", () => {
  it("writes a file for its owner alone, with every part", async () => {
    const answer = await make("a.tar.gz");
    await expectValid(answer);
    expect(answer).toMatchObject({ action: "make", archive: null, unavailable: [], warnings: [] });
    expect(answer.manifest).toMatchObject({ device: "sim:activated", identifying: false });
    expect(answer.manifest.files.map(({ name, error }) => [name, error])).toEqual(
      partFiles.map((name) => [name, null]),
    );
    expect(statSync(at("a.tar.gz")).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["a.tar.gz"]);
    expect(bundle.render(answer, plain, none)).toMatch(
      /: 6 parts, \d+ bytes; what identifies this machine is replaced/,
    );
  });
  it("makes one of a machine without a Management Engine, of what there is", async () => {
    await using bare = await openMachine({ device: "sim:+no-pci" });
    const answer = await make("a.tar.gz", {}, fakeContext(bare));
    await expectValid(answer);
    expect(answer.manifest.device).toBeNull();
    expect(answer.unavailable.map(({ field }) => field)).toEqual([
      "status.json",
      "hfsts.json",
      "devices.json",
      "clients.json",
    ]);
    const shown = await show("a.tar.gz");
    expect(shown.action === "show" && Object.keys(shown.parts)).toEqual(["doctor", "versions"]);
    expect(shown.unavailable[0]!.reason).toContain("(mei.absent)");
  });
  it("leaves a file that is there, and asks nothing of the machine", async () => {
    writeFileSync(at("a"), "before");
    const untouched = { ...fakeContext({}), machine: () => Promise.reject(new Error("the machine was asked")) };
    await expect(make("a", {}, untouched)).rejects.toMatchObject({ code: "usage", hint: "--force replaces it" });
    expect(readFileSync(at("a"), "utf8")).toBe("before");
    await make("a", { force: true });
    expect(readFileSync(at("a")).subarray(0, 2).toString("hex")).toBe("1f8b");
  });
  it("leaves nothing behind when it is interrupted", async () => {
    const interrupt = new AbortController();
    const reason = new AmtError("cancelled", "interrupted");
    const notes = {
      detail: () => {},
      warning: () => {},
      progress: (text: string) => void (/hfsts/.test(text) && interrupt.abort(reason)),
    };
    const context = { ...fakeContext(machine), notes, signal: interrupt.signal };
    await expect(make("a", {}, context)).rejects.toBe(reason);
    expect(readdirSync(folder)).toEqual([]);
  });
  it("warns when identities are kept", async () => {
    const { warnings } = await make("a", { identifying: true });
    expect(warnings).toEqual([expect.stringContaining("identifies this machine")]);
  });
  it("writes the bundle's bytes to standard output, and has them in JSON", async () => {
    const chunks: number[] = [];
    const runtime = {
      ...fakeRuntime(["--device", "sim", "bundle", "-o", "-"]),
      write: (stream: string, bytes: Uint8Array) => {
        if (stream === "stdout") chunks.push(...bytes);
        return Promise.resolve(bytes.length);
      },
    };
    expect(await program(runtime, root)).toBe(0);
    writeFileSync(at("a"), Uint8Array.from(chunks));
    expect(Object.keys((await show("a") as { parts: object }).parts)).toHaveLength(6);
    const answer = await bundle.run(fakeContext(machine), { output: "-", ...making }, [undefined, undefined]);
    await expectValid(answer);
    expect(answer).toMatchObject({ file: "-", archive: expect.stringMatching(/^1f8b/) });
  });
});

describe("bundle show", () => {
  it("renders every part as its own command does", async () => {
    await make("a");
    const answer = await show("a");
    await expectValid(answer);
    const text = bundle.render(answer, plain, none) as string;
    expect(text).toMatch(/^made +2\d{3}-.* by amtctl /);
    for (const part of ["status", "doctor", "hfsts", "devices", "clients", "versions"]) {
      expect(text).toContain(`\n=== ${part} ===\n`);
    }
    expect(text).toMatch(/^ +uuid +uuid-1$/m);
    expect(text).toMatch(/^AMTHI +12f80028-/m);
    expect(text).toMatch(/^\[ok\] +Device node/m);
    expect(text).not.toContain('"device"');
  });
  it("shows what each part warns of, and what it could not have, by reason", async () => {
    await using locked = await openMachine({ device: "sim:+no-permission" });
    await make("a", {}, fakeContext(locked));
    const text = bundle.render(await show("a"), plain, none) as string;
    const status = text.slice(text.indexOf("=== status ==="), text.indexOf("=== doctor ==="));
    const lines = [...status.matchAll(/^unavailable: (.*)$/gm)].map(([, line]) => line);
    expect(lines).toContainEqual(expect.stringMatching(/\buuid, .*: \/dev\/mei0: this user may not open it$/));
    expect(text).toMatch(/^unavailable: clients \(debugfs\): /m);
  });
  it("shows remarks of other forms as JSON, and no line of theirs as one of its own", async () => {
    const clients = { device: "", clients: [], unavailable: [], warnings: ["a\n=== doctor ===", "b"] };
    await write("a", { clients, devices: { devices: [], warnings: "x" } });
    const text = bundle.render(await show("a"), plain, none) as string;
    expect(text).toContain("warning: a\\n=== doctor ===\nwarning: b");
    expect(text).toContain('"warnings": "x"');
  });
  it("holds parts that fit the schemas of their commands", async () => {
    await make("a");
    const { parts } = await show("a") as { parts: Record<string, object> };
    for (const name of ["status", "doctor", "hfsts", "devices", "clients"] as const) {
      const validate = new Ajv2020({ strict: true }).compile((await schemas[name]()).default);
      validate(parts[name]);
      expect([name, validate.errors]).toEqual([name, null]);
    }
  });
  it.each(["amt", "linux", "client", "firmware", "driver", "lockdown", "class", "wired", "json", "activated"])(
    "holds the same parts when the host is named %s",
    async (name) => {
      const partsOn = async (hostName: string) => {
        await using named = await openMachine({ device: "sim" });
        const path = "/proc/sys/kernel/hostname";
        const host = named.host as HostTree;
        if (host.stat(path) !== undefined) host.remove(path);
        host.file(path, `${hostName}\n`);
        await make("a", { force: true }, fakeContext(named));
        return (await show("a") as { parts: object }).parts;
      };
      expect(await partsOn(name)).toEqual(await partsOn("zebra7"));
    },
  );
  it("reads standard input", async () => {
    await make("a");
    const context = { ...fakeContext({}), input: new Blob([readFileSync(at("a"))]).stream() };
    expect((await bundle.run(context, none, ["show", "-"])).file).toBe("-");
  });
  it("shows parts of other forms as JSON", async () => {
    await write("a", { status: { device: 7, lan: "x" }, clients: { clients: [null] }, other: { a: 1 } });
    const answer = await show("a");
    await expectValid(answer);
    const text = bundle.render(answer, plain, none) as string;
    for (const json of ['"device": 7', '"clients": [', '"a": 1']) expect(text).toContain(json);
  });
  it("does not fill the memory with a table that one cell makes wide", async () => {
    const client = { guid: "", name: "", sources: [] };
    const many = Array.from({ length: 20_000 }, () => client);
    await write("a", { clients: { device: "", clients: [{ ...client, name: "x".repeat(1 << 20) }, ...many] } });
    const text = bundle.render(await show("a"), plain, none);
    expect(text.length).toBeLessThan(16 << 20);
  });
  it("writes no escape sequence of a bundle to the terminal", async () => {
    await write("a", { versions: { name: "amtctl", version: "\x1b[2J", commit: null, runtime: {}, platform: {} } });
    const runtime = fakeRuntime(["bundle", "show", at("a"), "--color=always"]);
    expect(await program(runtime, root)).toBe(0);
    expect(runtime.stdout).toContain("\\x1b[2J");
    expect(runtime.stdout).not.toContain("\x1b[2J");
  });
  it("rejects with usage when the file is not there, or is a directory", async () => {
    await expect(show("none")).rejects.toMatchObject({ code: "usage", message: `${at("none")} does not exist` });
    await expect(show(".")).rejects.toMatchObject({ code: "usage", message: expect.stringContaining("a directory") });
  });
  it("reads no more than a bundle may have", async () => {
    const run = bundle.run(fakeContext({}), none, ["show", "/dev/zero"]);
    await expect(run).rejects.toMatchObject({ code: "usage", message: "/dev/zero: more than 16777216 bytes" });
  });
});

describe("bundle", () => {
  it.each([
    [["bundle"], "no file is named to write to"],
    [["bundle", "shwo", "a"], 'ACTION: "shwo" is nothing that bundle does'],
    [["bundle", "show"], "show: FILE is missing"],
    [["bundle", "show", "a", "--force"], "show takes no flags of making a bundle"],
    [["bundle", "show", "a", "b"], "too many arguments"],
    [["bundle", "-o", ""], "the name of the file is empty"],
    [["bundle", "show", ""], "FILE: the name of the file is empty"],
    [["bundle", "-o", "/nonexistent/x"], "/nonexistent/x: there is no such folder"],
    [["bundle", "-o", "/proc"], "/proc is a directory"],
    [["bundle", "-o", "/proc", "--force"], "/proc is a directory"],
    [["--device", "/proc", "bundle", "-o", "-"], "/proc is a directory, and no node of the mei driver"],
  ])("%j is told as usage", async (args, message) => {
    const runtime = fakeRuntime(args);
    expect(await program(runtime, root)).toBe(2);
    expect(runtime.stderr).toContain(message);
  });
});
