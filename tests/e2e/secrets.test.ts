import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../../commands/root.ts";
import { allCommands } from "../commands/all_commands.ts";
import { forms, run } from "./processes.ts";

/** The password of the simulated machine's local system account (docs/simulator.md). */
const secret = "simulated-osadmin-activated";
/** Of the simulated machine's administrator, which "sim serve" tells as such. */
const administrator = "P@ssw0rd";
/** What commands that carry standard input to AMT send: a payload with the same secret. */
const input = `GET / HTTP/1.0\r\nX-Secret: ${secret}\r\n\r\n`;

const folder = mkdtempSync(`${tmpdir()}/secrets-`);
afterAll(() => rmSync(folder, { recursive: true }));
/** A trace that has the secret, as payload. */
const revealed = `${folder}/revealed.pcapng`;
const passwordFile = `${folder}/password`;

/** How each command is called to tell as much as it does without being asked for secrets. */
const lines: Readonly<Record<string, readonly string[]>> = {
  clients: ["--probe", "--force"],
  devices: [],
  status: ["--hashes", "--flash-log", "--release-watchdog"],
  is: ["activated"],
  doctor: ["--release-watchdog"],
  hfsts: ["--all"],
  explain: ["0x814"],
  bundle: ["-o", "-", "--identifying"],
  send: ["AMTHI", "010100001100000400000000"],
  "setup permissions": [],
  schema: ["status"],
  help: ["exit-codes"],
  "watchdog status": [],
  "watchdog ping": [],
  "watchdog start": [],
  "watchdog stop": [],
  "watchdog run": ["--", "true"],
  tunnel: ["--stdio"],
  lms: ["--events", "--timeout", "2s"],
  "apf monitor": ["--timeout", "2s"],
  "apf open": ["127.0.0.1", "16992"],
  "apf replay": [revealed],
  "wsman identify": ["--user", "$$OsAdmin"],
  "wsman get": ["AMT_GeneralSettings", "--user", "$$OsAdmin"],
  "wsman enum": ["AMT_EthernetPortSettings", "--password-file", passwordFile],
  "wsman put": ["AMT_GeneralSettings", "HostName=other", "--password-file", passwordFile],
  "wsman invoke": [
    "AMT_TimeSynchronizationService",
    "GetLowAccuracyTimeSynch",
    "--password-file",
    passwordFile,
  ],
  "wsman classes": ["AMT_GeneralSettings"],
  "sim serve": ["--listen", "0", "--timeout", "2s"],
};

/** Where it is neither "ok" nor "doctor found something". */
const codes: Readonly<Record<string, readonly number[]>> = {
  // The simulated machine's watchdog is the kernel's, which cannot be left armed.
  "watchdog start": [8],
  lms: [12],
  "apf monitor": [12],
  "sim serve": [12],
};

const { program } = forms.find(({ name }) => name.includes("executable")) ?? forms[0]!;
const device = ["--device", "sim"];

describe("a secret that was not asked for", () => {
  beforeAll(async () => {
    const open = [...program, ...device, "apf", "open", "127.0.0.1", "16992", "--trace", revealed, "--reveal"];
    expect((await run(open, { input })).code).toBe(0);
    expect(readFileSync(revealed, "latin1")).toContain(secret);
    writeFileSync(passwordFile, `${administrator}\n`, { mode: 0o600 });
  });

  it("is looked for in every command", async () => {
    const names = (await allCommands(root)).map(([words]) => words.join(" "));
    expect(Object.keys(lines).sort()).toEqual(names.sort());
  });

  it.each(Object.entries(lines))("is in no output of %s", async (name, more) => {
    for (const format of [[], ["--json"], ["-vvv"]]) {
      const trace = `${folder}/${name}${format[0] ?? ""}`;
      const words = [...name.split(" "), ...format, "--trace", trace, ...more];
      const { code, out, err } = await run([...program, ...device, ...words], { input });
      expect(codes[name] ?? [0, 20]).toContain(code);
      expect((out + err).length).toBeGreaterThan(name === "is" && format[0] !== "--json" ? -1 : 0);
      for (const text of [out, err, readFileSync(trace, "latin1")]) {
        if (name !== "sim serve") expect(text).not.toContain(administrator);
        expect(text).not.toContain(secret);
        expect(text).not.toContain(hex(secret));
        expect(text).not.toContain(btoa(secret).slice(0, 20));
      }
    }
  });

  it("is in the trace of status when it is asked for, so that the search is known to find it", async () => {
    const trace = `${folder}/status--reveal`;
    await run([...program, ...device, "status", "--reveal", "--trace", trace]);
    expect(readFileSync(trace, "latin1")).toContain(secret);
  });

  it("is in no process's command line or environment, not even when it is asked for", async () => {
    const seen = new Set<string>();
    let told = "";
    const done = run([...program, ...device, "status", "--reveal", "--get", "localSystemAccount.password"]);
    const watched = done.then(({ out }) => void (told = out));
    while (told === "") {
      for (const text of processTexts()) seen.add(text);
      await Promise.race([watched, new Promise((resolve) => setTimeout(resolve, 1))]);
    }
    expect(told.trim()).toBe(secret);
    expect([...seen].some((text) => text.includes("localSystemAccount.password"))).toBe(true);
    expect([...seen].filter((text) => text.includes(secret))).toEqual([]);
  });

  it("is left in no file", async () => {
    const before = readdirSync(tmpdir());
    await run([...program, ...device, "status", "--reveal"]);
    expect(readdirSync(tmpdir()).filter((name) => !before.includes(name) && name.includes("amtctl"))).toEqual([]);
  });
});

function hex(text: string): string {
  return Array.from(text, (letter) => letter.charCodeAt(0).toString(16)).join("");
}

/** What /proc shows of every process to any user, and to its owner. */
function processTexts(): string[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((pid) =>
    ["cmdline", "environ"].flatMap((file) => {
      try {
        return [readFileSync(`/proc/${pid}/${file}`, "latin1")];
      } catch {
        return [];
      }
    })
  );
}
