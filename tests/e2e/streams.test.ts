import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { forms, run, script, type ScriptForm, shell, sourceForms } from "./processes.ts";

const SIZE = 3_000_000;

describe.each(forms)("on $name", (form) => {
  it.each(["clients", "devices", "help", "help exit-codes", "schema", "--version", "nope"])(
    "%s is ASCII without escape sequences on a pipe, whatever the terminal",
    async (args) => {
      const env = { TERM: "xterm-256color", LANG: "C" };
      const { out, err } = await shell(form, `$PROGRAM --device sim ${args}`, { env });
      expect(out + err).toMatch(/^[\n\x20-\x7e]+$/);
    },
  );

  it("has colour on a terminal, and none on a dumb one", async () => {
    const line = `script -qec "$PROGRAM --device sim clients" /dev/null`;
    expect((await shell(form, line, { env: { TERM: "xterm" } })).out).toContain("\x1b[1mNAME");
    expect((await shell(form, line, { env: { TERM: "dumb" } })).out).not.toContain("\x1b");
    expect((await shell(form, line, { env: { TERM: "xterm", NO_COLOR: "1" } })).out).not.toContain("\x1b");
  });

  it("is quiet and content when the reader goes away", async () => {
    const line = `{ $PROGRAM --device sim schema; echo "code $?" >&2; } | head -c 1`;
    const { out, err } = await shell(form, line);
    expect([out, err]).toEqual(["{", "code 0\n"]);
  });

  it.each([["", /^error: standard output: ENOSPC \(io\.write\)\nhint: /], [
    "--json",
    /^\{"error":\{"code":"io\.write",/,
  ]])(
    "ends with 1 and io.write when the disk is full %s",
    async (flag, message) => {
      const { code, err } = await shell(form, `$PROGRAM --device sim clients ${flag} > /dev/full`);
      expect(code).toBe(1);
      expect(err).toMatch(message);
    },
  );

  it("reads and writes bytes", async () => {
    const input = Uint8Array.of(0xff, 0x02, 0, 0);
    const { code, stdout } = await run([...form.program, "--device", "sim", "send", "MKHI", "-", "--binary"], {
      input,
    });
    expect(code).toBe(0);
    expect([...stdout.subarray(0, 4)]).toEqual([0xff, 0x82, 0, 0]);
    expect(stdout).toHaveLength(28);
  });
});

describe.each(sourceForms)("much output on $name", (form) => {
  it("arrives whole through a pipe whose reader is slow", async () => {
    expect(await digest(form, `$RUNTIME ${script("write_much.ts")} ${SIZE} | (sleep 0.2; sha256sum)`)).toBe(whole());
  });

  it("arrives whole through a pipe that does not block", async () => {
    // The flag belongs to the pipe, so it stays for whoever writes to it next.
    const nonblocking = "use Fcntl; fcntl(STDOUT, F_SETFL, O_WRONLY | O_NONBLOCK) or die";
    const line = `{ perl -e '${nonblocking}'; grep flags /proc/self/fdinfo/3 3>&1 >&2;
      $RUNTIME ${script("write_much.ts")} ${SIZE}; } | (sleep 0.2; sha256sum)`;
    const { out, err } = await shell(form, line);
    expect(parseInt(err.split(/\s+/)[1]!, 8) & 0o4000).toBe(0o4000);
    expect(out.split(" ")[0]).toBe(whole());
  });

  it("is appended to a file as it is", async () => {
    const folder = mkdtempSync(join(tmpdir(), "amtctl-"));
    try {
      const file = join(folder, "out");
      writeFileSync(file, "before\n");
      await shell(form, `$RUNTIME ${script("write_much.ts")} ${SIZE} >> ${file}`);
      expect(statSync(file).size).toBe(7 + SIZE);
      expect(readFileSync(file).subarray(0, 10).toString("latin1")).toBe("before\n\0\x01\x02");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

async function digest(form: ScriptForm, line: string): Promise<string> {
  return (await shell(form, line)).out.split(" ")[0]!;
}

function whole(): string {
  return createHash("sha256").update(Uint8Array.from({ length: SIZE }, (_, i) => i % 251)).digest("hex");
}
