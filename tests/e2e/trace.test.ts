import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, describe, expect, it } from "vitest";
import { packets } from "../services/trace/pcapng_by_the_draft.ts";
import { forms, run, shell } from "./processes.ts";

const folder = mkdtempSync(`${tmpdir()}/amtctl-e2e-`);
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newFile = () => `${folder}/${++files}.pcapng`;

/** Long enough for a machine with few processors that runs other tests too. */
const WAIT = { timeout: 20_000, interval: 20 };

describe.each(forms)("--trace on $name", (form) => {
  it("writes what Wireshark's format asks for, and apf replay reads it", async () => {
    const file = newFile();
    const { code } = await run([...form.program, "--device", "sim", "status", "--trace", file, "--json"]);
    expect(code).toBe(0);
    const count = packets(readFileSync(file)).length;
    expect(count).toBeGreaterThan(50);
    const { out } = await run([...form.program, "apf", "replay", file, "--ndjson"]);
    expect(out.trim().split("\n")).toHaveLength(count);
  });

  it("leaves all packets whole when the program is killed", async () => {
    const file = newFile();
    const [name, ...args] = [...form.program, "--device", "sim", "apf", "monitor", "--trace", file];
    const { PATH = "", HOME = "/root" } = process.env;
    const child = spawn(name!, args, { env: { PATH, HOME }, stdio: "ignore" });
    const killed = new Promise<string | null>((resolve) => child.on("exit", (_, signal) => resolve(signal)));
    // The second answer of the handshake.
    await expect.poll(() => existsSync(file) && readFileSync(file).includes("510000026f", 0, "hex"), WAIT).toBe(true);
    child.kill("SIGKILL");
    expect(await killed).toBe("SIGKILL");
    const last = packets(readFileSync(file)).at(-1)!;
    expect(last.data.toString("hex", 28)).toBe("510000026f");
  });

  it.each<[string[], RegExp | undefined]>([
    [[], /^warning: the trace ends early: .+$/m],
    [["--json"], undefined],
  ])("goes on with a warning when the file cannot grow, %j", async (flags, warning) => {
    const file = newFile();
    // In blocks of 512 bytes; without the trap the kernel would end the process.
    const line = `trap "" XFSZ; ulimit -f 4; exec $PROGRAM --device sim status --trace ${file} ${flags.join(" ")}`;
    const { code, out, err } = await shell(form, line);
    expect(code).toBe(0);
    expect(out).toContain("16.1.25");
    if (warning !== undefined) expect(err).toMatch(warning);
    else expect(JSON.parse(out).warnings).toContainEqual(expect.stringContaining("the trace ends early"));
    expect(statSync(file).size).toBeLessThanOrEqual(2048);
    expect(packets(readFileSync(file)).length).toBeGreaterThan(3);
  });
});
