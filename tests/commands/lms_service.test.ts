import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import type { AnyCommand } from "../../commands/command.ts";
import { socketPath } from "../../commands/lms_socket.ts";
import { root } from "../../commands/root.ts";
import { route } from "../../commands/route.ts";
import { parse } from "../../commands/runner.ts";
import { catalog } from "../../core/errors/mod.ts";

const unit = readFileSync(new URL("../../docs/amtctl-lms.service", import.meta.url), "utf8");
const hasSystemd = spawnSync("systemd-analyze", ["--version"]).status === 0;

/** All values of one setting. */
function values(name: string, prefix = ""): string[] {
  const start = `${prefix}${name}=`;
  return unit.split("\n").filter((line) => line.startsWith(start)).map((line) => line.slice(start.length));
}

async function parsed(line: string) {
  const [program, ...words] = line.split(" ");
  expect(program).toBe("/usr/local/bin/amtctl");
  const { path, entry, rest } = route(words, root);
  expect(path).toEqual(["lms"]);
  const command: AnyCommand = (await (entry as () => Promise<{ default: AnyCommand }>)()).default;
  return await parse(command, path, rest);
}

describe("docs/amtctl-lms.service", () => {
  it("starts a command of this program", async () => {
    const { flags, values: given, globals } = await parsed(values("ExecStart")[0]!);
    expect(flags).toMatchObject({ events: true, mapHostname: false });
    expect([given.filter((value) => value !== undefined), globals.ndjson]).toEqual([[], true]);
  });
  it("tells of a drop-in for the hosts file that starts a command too, and lets its folder be written", async () => {
    const { flags } = await parsed(values("ExecStart", "#   ").at(-1)!);
    expect(flags).toMatchObject({ mapHostname: true });
    expect(values("ReadWritePaths", "#   ")).toEqual(["/etc"]);
  });
  it("takes its end by SIGTERM for success, and does not start again what stays as it is", () => {
    expect(values("Type")).toEqual(["notify"]);
    expect(values("SuccessExitStatus")).toEqual([String(catalog.cancelled.exit)]);
    const lasting = (["usage", "mei.permission", "amt.absent"] as const).map((code) => String(catalog[code].exit));
    expect(values("RestartPreventExitStatus")).toEqual([lasting.join(" ")]);
  });
  it("leaves what this program needs: the node, its socket, loopback, ports below 1024, memory for compiled code", () => {
    expect(values("DeviceAllow")).toEqual(["char-mei rw"]);
    const path = socketPath({ host: { uid: 0 }, simulated: false }, () => undefined)!;
    expect(values("ReadWritePaths")).toEqual([path.slice(0, path.lastIndexOf("/"))]);
    expect(values("RestrictAddressFamilies")).toEqual(["AF_UNIX AF_INET AF_INET6"]);
    expect([values("IPAddressAllow"), values("PrivateNetwork")]).toEqual([["localhost"], []]);
    expect(values("CapabilityBoundingSet")).toEqual(["CAP_NET_BIND_SERVICE"]);
    expect([values("MemoryDenyWriteExecute"), values("PrivateDevices")]).toEqual([[], []]);
    expect([values("NoNewPrivileges"), values("ProtectSystem")]).toEqual([["yes"], ["strict"]]);
  });
  it.skipIf(!hasSystemd)(`is what systemd understands${hasSystemd ? "" : " (no systemd-analyze here)"}`, () => {
    const folder = mkdtempSync(`${tmpdir()}/amtctl-unit-`);
    const path = `${folder}/amtctl-lms.service`;
    writeFileSync(path, unit.replaceAll("/usr/local/bin/amtctl ", "/bin/true "));
    const { status, stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", path], { encoding: "utf8" });
    rmSync(folder, { recursive: true });
    expect([status, stderr]).toEqual([0, ""]);
  });
});
