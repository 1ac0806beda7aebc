import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KnownHosts, knownHostsPath } from "../../../services/trust/known_hosts.ts";
import { readKnownHosts } from "../../../services/trust/known_hosts_text.ts";

const print = (digit: string) => `sha256:${digit.repeat(64)}`;
const today = new Date("2026-11-25T00:00:00Z");
const place = "amt.example:16993";

let folder: string;
let path: string;
let told: string[];
const open = (at: string | undefined = path) =>
  new KnownHosts({ path: at, tell: (level, text) => told.push(`${level}: ${text}`) });
const mode = (of: string) => statSync(of).mode & 0o777;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "amtctl-known-"));
  path = join(folder, "config/amtctl/known_hosts");
  told = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o600 });
}

describe("knownHostsPath", () => {
  const at = (env: Record<string, string>) => knownHostsPath((name) => env[name]);
  it("is in XDG_CONFIG_HOME, else in HOME", () => {
    expect(at({ XDG_CONFIG_HOME: "/x", HOME: "/h" })).toBe("/x/amtctl/known_hosts");
    expect(at({ HOME: "/h" })).toBe("/h/.config/amtctl/known_hosts");
    expect(at({ XDG_CONFIG_HOME: "relative", HOME: "/h" })).toBe("/h/.config/amtctl/known_hosts");
    expect(at({ XDG_CONFIG_HOME: "", HOME: "/h" })).toBe("/h/.config/amtctl/known_hosts");
  });
  it("is nowhere when neither names a folder", () => {
    expect(at({})).toBeUndefined();
    expect(at({ HOME: "" })).toBeUndefined();
  });
});

describe("KnownHosts", () => {
  it("finds nothing, makes nothing and says nothing where there is no file", async () => {
    expect(await open().find(place)).toEqual([]);
    expect([readdirSync(folder), told]).toEqual([[], []]);
  });
  it("finds in another run what it added, whatever the case of the name", async () => {
    expect(await open().add("AMT.example:16993", print("1"), today)).toEqual([print("1")]);
    expect(await open().find("amt.EXAMPLE:16993")).toEqual([print("1")]);
    expect(readFileSync(path, "utf8")).toContain(`\n${place} ${print("1")} 2026-11-25\n`);
    expect(told).toEqual([]);
  });
  it("makes the file and its folders the owner's alone, and leaves nothing beside it", async () => {
    await open().add(place, print("1"), today);
    expect([mode(path), mode(dirname(path)), mode(dirname(dirname(path)))]).toEqual([0o600, 0o700, 0o700]);
    expect(readdirSync(dirname(path))).toEqual(["known_hosts"]);
  });
  it("has a port apart from another of the same host", async () => {
    const hosts = open();
    await hosts.add(place, print("1"), today);
    expect(await hosts.find("amt.example:16995")).toEqual([]);
  });
  it("knows every fingerprint that the file has for a place", async () => {
    write(`${place} ${print("1")}\n${place} ${print("2")}\n`);
    expect(await open().find(place)).toEqual([print("1"), print("2")]);
  });
  it("answers what another program wrote meanwhile, and writes nothing then", async () => {
    write(`${place} ${print("1")}\n`);
    const before = readFileSync(path, "utf8");
    expect(await open().add(place, print("2"), today)).toEqual([print("1")]);
    expect(readFileSync(path, "utf8")).toBe(before);
  });

  it("loses nothing of what many write at once", async () => {
    const names = Array.from({ length: 40 }, (_, index) => `host${index}:16993`);
    await Promise.all(names.map((name) => open().add(name, print("a"), today)));
    const { entries, unreadable } = readKnownHosts(readFileSync(path, "utf8"));
    expect([entries.map((entry) => entry.place).sort(), unreadable]).toEqual([names.sort(), []]);
    expect([readdirSync(dirname(path)), told]).toEqual([["known_hosts"], []]);
  });
  it("takes a lock that a program left behind", async () => {
    write("");
    writeFileSync(`${path}.lock`, "");
    const past = Date.now() / 1000 - 60;
    utimesSync(`${path}.lock`, past, past);
    await Promise.all([open().add("a:1", print("1"), today), open().add("b:2", print("2"), today)]);
    expect(readKnownHosts(readFileSync(path, "utf8")).entries).toHaveLength(2);
    expect(readdirSync(dirname(path))).toEqual(["known_hosts"]);
  });

  it("tells of lines that it cannot read, once each, and keeps them byte for byte", async () => {
    const broken = "caf\u00e9 \u2603\nother.example:1 sha256:12\n";
    write(broken);
    const hosts = open();
    await hosts.find(place);
    await hosts.add(place, print("1"), today);
    expect(told).toEqual([1, 2].map((line) => `warning: ${path}:${line}: no host:port and sha256:HEX; left as it is`));
    expect(readFileSync(path, "utf8")).toBe(`${broken}${place} ${print("1")} 2026-11-25\n`);
  });
  it("does not take a host for a new one when its line cannot be read", async () => {
    write(`${place} sha256:12\n`);
    const broken = { code: "tls.untrusted", exitCode: 11, details: { line: 1, file: path } };
    await expect(open().find(place)).rejects.toMatchObject(broken);
    await expect(open().add(place, print("1"), today)).rejects.toMatchObject(broken);
    expect(readdirSync(dirname(path))).toEqual(["known_hosts"]);
  });

  it("remembers for this run, with one warning, when there is no folder to write to", async () => {
    const hosts = new KnownHosts({ path: undefined, tell: (level, text) => told.push(`${level}: ${text}`) });
    await hosts.add(place, print("1"), today);
    await hosts.add("other:1", print("2"), today);
    expect(await hosts.find(place)).toEqual([print("1")]);
    expect(told).toEqual([expect.stringMatching(/^warning: .*HOME.*this run only$/)]);
  });
  it("remembers for this run, with a warning, when the folder cannot be made", async () => {
    writeFileSync(join(folder, "file"), "");
    const hosts = open(join(folder, "file/amtctl/known_hosts"));
    await hosts.add(place, print("1"), today);
    expect(await hosts.find(place)).toEqual([print("1")]);
    expect(told).toEqual([expect.stringMatching(/ENOTDIR.*this run only$/)]);
  });
  it("trusts nobody when the file is none that can be read, for it may know another certificate", async () => {
    mkdirSync(path, { recursive: true });
    await expect(open().find(place)).rejects.toMatchObject({
      code: "tls.untrusted",
      message: `${path}: not a file, so that known hosts are not known`,
    });
  });
  it("warns of a file that others may write to, and makes it the owner's alone when it writes", async () => {
    write(`${place} ${print("1")}\n`);
    chmodSync(path, 0o666);
    const hosts = open();
    expect(await hosts.find(place)).toEqual([print("1")]);
    expect(told).toEqual([expect.stringContaining("chmod 600")]);
    await hosts.add("other:1", print("2"), today);
    expect(mode(path)).toBe(0o600);
  });
  it("writes through a link", async () => {
    write("");
    const real = join(folder, "real");
    writeFileSync(real, "# mine\n");
    rmSync(path);
    symlinkSync(real, path);
    await open().add(place, print("1"), today);
    expect(readFileSync(real, "utf8")).toBe(`# mine\n${place} ${print("1")} 2026-11-25\n`);
    expect(existsSync(`${real}.lock`)).toBe(false);
  });
});
