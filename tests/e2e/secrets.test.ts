import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { root } from "../../commands/root.ts";
import { allCommands } from "../commands/all_commands.ts";
import { forms, run } from "./processes.ts";

/** The password of the simulated machine's local system account (docs/simulator.md). */
const secret = "simulated-osadmin-activated";

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
};

const { program } = forms.find(({ name }) => name.includes("executable")) ?? forms[0]!;
const device = ["--device", "sim"];

describe("a secret that was not asked for", () => {
  it("is looked for in every command", async () => {
    const names = (await allCommands(root)).map(([words]) => words.join(" "));
    expect(Object.keys(lines).sort()).toEqual(names.sort());
  });

  it.each(Object.entries(lines))("is in no output of %s", async (name, more) => {
    for (const format of [[], ["--json"], ["-vvv"]]) {
      const { code, out, err } = await run([...program, ...device, ...name.split(" "), ...format, ...more]);
      // The simulated machine's watchdog is the kernel's, which cannot be left armed.
      expect(name === "watchdog start" ? [8] : [0, 20]).toContain(code);
      expect((out + err).length).toBeGreaterThan(name === "is" && format[0] !== "--json" ? -1 : 0);
      for (const text of [out, err]) {
        expect(text).not.toContain(secret);
        expect(text).not.toContain(hex(secret));
        expect(text).not.toContain(btoa(secret).slice(0, 20));
      }
    }
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
