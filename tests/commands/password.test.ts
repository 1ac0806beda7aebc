import { chmodSync, closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, describe, expect, it } from "vitest";
import { AmtError } from "../../core/errors/mod.ts";
import { amtFlags } from "../../commands/amt_flags.ts";
import { parseDescriptor, parseUser } from "../../commands/password_arguments.ts";
import { givenPassword } from "../../commands/password.ts";
import { parse } from "../../commands/runner.ts";

const folder = mkdtempSync(`${tmpdir()}/password-`);
afterAll(() => rmSync(folder, { recursive: true }));

interface Given {
  readonly file?: string;
  readonly fd?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | ReadableStream<Uint8Array>;
  readonly signal?: AbortSignal;
  readonly readsInput?: boolean;
}

/** What is given, and what was warned of. */
function given({ file, fd, env = {}, input = "", signal = new AbortController().signal, readsInput = false }: Given) {
  const warnings: string[] = [];
  const asked: string[] = [];
  const context = {
    signal,
    env(name: string) {
      asked.push(name);
      return env[name];
    },
    input: typeof input === "string" ? new Blob([input]).stream() : input,
  };
  const flags = { passwordFile: file, passwordFd: fd };
  const password = givenPassword(context, flags, { readsInput, warn: (text) => void warnings.push(text) });
  return { password, warnings, asked };
}

function file(name: string, content: string | Uint8Array, mode = 0o600): string {
  const path = `${folder}/${name}`;
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

describe("givenPassword", () => {
  it("takes the first line of a file, before all else", async () => {
    const path = file("lines", "P@ss w0rd \nsecond\n");
    const env = { AMTCTL_PASSWORD: "other" };
    expect(await given({ file: path, fd: 3, env }).password!()).toBe("P@ss w0rd ");
  });
  it.each([["without a line end", "P@ssw0rd"], ["of Windows", "P@ssw0rd\r\n"], ["with a BOM", "\ufeffP@ssw0rd\n"]])(
    "takes a file %s",
    async (name, content) => {
      expect(await given({ file: file(name.replaceAll(" ", "_"), content) }).password!()).toBe("P@ssw0rd");
    },
  );
  it("takes any characters that are no control characters", async () => {
    const password = ` "\\:,&<é€😀'`;
    expect(await given({ file: file("any", `${password}\n`) }).password!()).toBe(password);
  });
  it.each([[0o600, false], [0o640, true], [0o604, true], [0o620, false]])(
    "of a file with mode %o warns that others may read it: %s",
    async (mode, warns) => {
      const path = file(`mode${mode}`, "P@ssw0rd\n", mode);
      const { password, warnings } = given({ file: path });
      await password!();
      expect(warnings).toEqual(
        warns ? [`${path}: others may read the password in it; take their right away: chmod 600`] : [],
      );
    },
  );
  it("takes the first line of standard input for -, and waits for no more", async () => {
    const input = new ReadableStream<Uint8Array>({ start: (to) => to.enqueue(new TextEncoder().encode("P@ss\nmore")) });
    expect(await given({ file: "-", input }).password!()).toBe("P@ss");
    expect(await given({ fd: 0, input: "P@ssw0rd" }).password!()).toBe("P@ssw0rd");
  });
  it("throws usage for standard input when the command reads it", () => {
    for (const from of [{ file: "-" }, { fd: 0 }]) {
      expect(() => given({ ...from, readsInput: true })).toThrow(expect.objectContaining({ code: "usage" }));
    }
    expect(given({ file: "x", fd: 0, readsInput: true }).password).toBeDefined();
  });
  it("takes the first line of a descriptor, before the environment", async () => {
    const fd = openSync(file("descriptor", "P@ssw0rd\nmore\n", 0o644), "r");
    const { password, warnings } = given({ fd, env: { AMT_PASSWORD: "other" } });
    expect(await password!()).toBe("P@ssw0rd");
    expect(warnings).toEqual([]);
    closeSync(fd);
  });
  it("takes AMTCTL_PASSWORD before AMT_PASSWORD, and reads each once", async () => {
    const { password, asked } = given({ env: { AMTCTL_PASSWORD: "first", AMT_PASSWORD: "second" } });
    expect([await password!(), await password!(), asked]).toEqual(["first", "first", ["AMTCTL_PASSWORD"]]);
    expect(await given({ env: { AMTCTL_PASSWORD: "", AMT_PASSWORD: "second" } }).password!()).toBe("second");
  });
  it("is undefined when nothing is given", () => {
    expect(given({}).password).toBeUndefined();
    expect(given({ env: { AMTCTL_PASSWORD: "" } }).password).toBeUndefined();
  });

  it.each([
    ["is empty", "\nP@ssw0rd\n"],
    ["is empty", ""],
    ["has a control character", "P@ss\u001b[2Jw0rd\n"],
    ["has a control character", "P@ss\tw0rd\n"],
    ["has a control character", "P@ssw0rd\0"],
    ["has more than 256 characters", "x".repeat(257)],
    ["has more than 256 characters", "x".repeat(100_000)],
    ["is not in UTF-8", Uint8Array.of(0x50, 0xff, 0x0a)],
  ])("rejects with usage, and does not tell it, when it %s", async (problem, content) => {
    const path = file("wrong", content);
    const error = await given({ file: path }).password!().catch((error) => error);
    expect(error).toBeInstanceOf(AmtError);
    expect(error).toMatchObject({ code: "usage", message: `the password from ${path} ${problem}` });
    expect(`${error.stack} ${JSON.stringify(error)} ${error.cause}`).not.toMatch(/P@ss|xxx/);
  });
  it("rejects with usage for a file that is not there, and a descriptor that is not open", async () => {
    await expect(given({ file: `${folder}/none` }).password!()).rejects.toMatchObject({ code: "usage" });
    await expect(given({ fd: 999_999 }).password!()).rejects.toMatchObject({
      code: "usage",
      message: "descriptor 999999 is not open",
    });
  });
  it("ends the wait for a line when the signal fires", async () => {
    const abort = new AbortController();
    const reading = given({ file: "-", input: new ReadableStream(), signal: abort.signal }).password!();
    abort.abort(new AmtError("cancelled", "interrupted"));
    await expect(reading).rejects.toMatchObject({ code: "cancelled" });
  });
});

describe("a command line", () => {
  const command = { flags: amtFlags, arguments: [] };

  it.each([[["--password", "s3cret"]], [["--password=s3cret"]], [["--user", "admin", "--password"]]])(
    "with %j is refused with the ways there are, and does not tell the password",
    async (words) => {
      const error = await parse(command, ["wsman", "get"], words).catch((error) => error);
      expect(error).toMatchObject({
        code: "usage",
        message: "a password on the command line is seen by every user of this machine",
        hint: expect.stringContaining("--password-file FILE"),
      });
      expect(`${error.stack} ${error.hint}`).not.toContain("s3cret");
    },
  );
  it("gives pins as a list, empty without one", async () => {
    const pin = `sha256:${"0a".repeat(32)}`;
    expect((await parse(command, [], ["--pin", pin, "--pin", pin.toUpperCase()])).flags["pin"]).toEqual([pin, pin]);
    expect((await parse(command, [], [])).flags["pin"]).toEqual([]);
  });
});

describe("parseUser", () => {
  it.each(["admin", "$$OsAdmin", "Ädmin", "a b"])("takes %s", (user) => expect(parseUser(user)).toBe(user));
  it.each(["", "a:b", "a\nb", "x".repeat(129)])("throws usage for %j", (user) => {
    expect(() => parseUser(user)).toThrow(expect.objectContaining({ code: "usage" }));
  });
});

describe("parseDescriptor", () => {
  it.each([["0", 0], ["3", 3], ["63", 63]])("takes %s", (text, fd) => expect(parseDescriptor(text)).toBe(fd));
  it.each(["", "1", "2", "-1", "3.5", "x", "12345678"])("throws usage for %j", (text) => {
    expect(() => parseDescriptor(text)).toThrow(expect.objectContaining({ code: "usage" }));
  });
});
