import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import type { AnyCommand } from "../../commands/command.ts";
import { root } from "../../commands/root.ts";
import { route } from "../../commands/route.ts";
import { parse } from "../../commands/runner.ts";
import { catalog } from "../../core/errors/mod.ts";

const unit = readFileSync(new URL("../../docs/amtctl-watchdog.service", import.meta.url), "utf8");
const hasSystemd = spawnSync("systemd-analyze", ["--version"]).status === 0;

/** All values of one setting. */
function values(name: string): string[] {
  return unit.split("\n").filter((line) => line.startsWith(`${name}=`)).map((line) => line.slice(name.length + 1));
}

describe("docs/amtctl-watchdog.service", () => {
  it("starts a command of this program", async () => {
    const [program, ...words] = values("ExecStart")[0]!.split(" ");
    expect(program).toBe("/usr/local/bin/amtctl");
    const { path, entry, rest } = route(words, root);
    expect(path).toEqual(["watchdog", "run"]);
    const command: AnyCommand = (await (entry as () => Promise<{ default: AnyCommand }>)()).default;
    const { flags, values: given, globals } = await parse(command, path, rest);
    expect(flags).toMatchObject({ via: "auto" });
    expect([given, globals.ndjson]).toEqual([[[]], true]);
  });
  it("allows more time than a run takes to say that it is alive, and to end", () => {
    expect(values("Type")).toEqual(["notify"]);
    expect(Number(values("WatchdogSec"))).toBeGreaterThanOrEqual(2 * 5);
    expect(Number(values("TimeoutStopSec"))).toBeGreaterThan(4);
  });
  it("takes its end by SIGTERM for success, and does not start again what stays as it is", () => {
    expect(values("SuccessExitStatus")).toEqual([String(catalog.cancelled.exit)]);
    const lasting = (["usage", "mei.permission", "amt.absent"] as const).map((code) => String(catalog[code].exit));
    expect(values("RestartPreventExitStatus")).toEqual([lasting.join(" ")]);
  });
  it("leaves what this program needs: the nodes, an AF_UNIX socket, /proc/uptime, memory for compiled code", () => {
    expect(values("DeviceAllow")).toEqual(["char-watchdog rw", "char-mei rw"]);
    expect(values("RestrictAddressFamilies")).toEqual(["AF_UNIX"]);
    expect(values("ProcSubset")).toEqual(["all"]);
    expect([values("MemoryDenyWriteExecute"), values("PrivateDevices")]).toEqual([[], []]);
    expect([values("NoNewPrivileges"), values("ProtectSystem")]).toEqual([["yes"], ["strict"]]);
  });
  it.skipIf(!hasSystemd)(`is what systemd understands${hasSystemd ? "" : " (no systemd-analyze here)"}`, () => {
    const folder = mkdtempSync(`${tmpdir()}/amtctl-unit-`);
    const path = `${folder}/amtctl-watchdog.service`;
    writeFileSync(path, unit.replace("/usr/local/bin/amtctl ", "/bin/true "));
    const { status, stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", path], { encoding: "utf8" });
    rmSync(folder, { recursive: true });
    expect([status, stderr]).toEqual([0, ""]);
  });
});
