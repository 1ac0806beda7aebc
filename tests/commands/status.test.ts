import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { program } from "../../commands/program.ts";
import { root } from "../../commands/root.ts";
import status from "../../commands/status.ts";
import { AMTHI } from "../../protocols/mei/known_clients.ts";
import { createSimulator, profileNames } from "../../simulator/mod.ts";
import { chooseNode } from "../../transport/sysfs.ts";
import schema from "../../schemas/status.json" with { type: "json" };
import { fakeContext, fakeRuntime, plain } from "./fakes.ts";

async function run(...args: string[]) {
  const runtime = fakeRuntime(args);
  const exitCode = await program(runtime, root);
  return { exitCode, stdout: runtime.stdout, stderr: runtime.stderr };
}

const validate = new Ajv2020().compile(schema);

describe("status", () => {
  it.each(profileNames)("fits its schema on %s, with and without all that can be asked for", async (profile) => {
    for (const more of [[], ["--hashes", "--reveal"]]) {
      const { exitCode, stdout, stderr } = await run("status", "--json", "--device", `sim:${profile}`, ...more);
      expect([exitCode, stderr]).toEqual([0, ""]);
      expect(validate(JSON.parse(stdout)) ? "" : validate.errors).toBe("");
    }
  });

  it("prints a page for a person, and what is missing on standard error", async () => {
    const { exitCode, stdout, stderr } = await run("info", "--device", "sim:activated");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^AMT\n {2}device +sim:activated\n {2}version +16\.1\.25 build 2049\n/);
    expect(stdout).toMatch(/^ {2}control mode +client control mode$/m);
    expect(stderr).toMatch(/^unavailable: operationalState, .*: the kernel driver mei_wdt holds the WD client/m);
  });

  it.each([
    ["amtVersion", "16.1.25\n"],
    ["controlMode.value", "client\n"],
    ["controlMode.raw", "1\n"],
    ["sku.text", "AMT Pro\nCorporate\n"],
    ["versions.Build Number", "2049\n"],
    ["firmwareStatus[2]", "00000030\n"],
    ["device", "sim:activated\n"],
  ])("--get %s prints the bare value", async (path, text) => {
    expect(await run("status", "--get", path, "--device", "sim")).toMatchObject({ exitCode: 0, stdout: text });
  });

  it.each([["unavailable", '{"field":"uuid"'], ["warnings", "do not fit: uuid"]])(
    "--get %s asks for everything",
    async (get, text) => {
      const { mei, host } = createSimulator("activated", { faults: [{ kind: "garbage", nth: 10, client: AMTHI }] });
      const device = { name: "/dev/mei0", path: "/dev/mei0", node: chooseNode(host) };
      const context = fakeContext({ host, device: () => device, openMei: () => Promise.resolve(mei) });
      const flags = {
        get,
        format: "own",
        hashes: false,
        flashLog: false,
        releaseWatchdog: false,
        reveal: false,
      } as const;
      expect(status.render(await status.run(context, flags, []), plain, flags)).toContain(text);
    },
  );

  it("--get of a list prints what there is of it, and tells what is missing", async () => {
    const { exitCode, stdout, stderr } = await run("status", "--get", "lan", "--device", "sim:legacy");
    expect([exitCode, stdout.match(/"macAddress":[^,]*/g)]).toEqual([0, [
      '"macAddress":"00:00:5e:00:53:41"',
      '"macAddress":null',
    ]]);
    expect(stderr).toBe("unavailable: lan.1: INTERFACE_DOES_NOT_EXIST (0x9c5): there is no such network interface\n");
  });

  it.each(["rpc-go", "rpc-go2"])("--get with --format %s is a usage error", async (format) => {
    expect(await run("status", "--get", "uuid", "--format", format, "--device", "sim")).toMatchObject({
      exitCode: 2,
      stdout: "",
    });
  });

  it("shows the addresses of IPv6 to a person too", async () => {
    expect((await run("status", "--device", "sim")).stdout).toMatch(
      /^ {2}ipv6 addresses +fe80::200:5eff:fe00:5301 2001:db8::10$/m,
    );
  });

  it("--get with --json prints the value as JSON", async () => {
    expect(await run("status", "--get", "sku.text", "--ndjson", "--device", "sim")).toMatchObject({
      exitCode: 0,
      stdout: '["AMT Pro","Corporate"]\n',
    });
  });

  it.each([["nothing"], ["lan[9].macAddress"], [""]])("--get %j is a usage error", async (path) => {
    expect(await run("status", `--get=${path}`, "--device", "sim")).toMatchObject({ exitCode: 2, stdout: "" });
  });

  it.each([
    ["sim:disabled", "uuid", 7],
    ["sim:no-amt", "uuid", 6],
    ["sim:activated", "operationalState", 5],
    ["sim:+no-permission", "uuid", 4],
    ["sim:+no-permission", "firmwareVersions[0]", 0],
    ["sim:disabled", "lan", 7],
    ["sim:legacy", "lan[0].macAddress", 0],
    ["sim:legacy", "lan[1].macAddress", 13],
    ["sim:legacy", "redirection.kvm", 0],
    ["sim:legacy", "redirection.kvm.enabled", 13],
    ["sim:disabled", "dnsSuffix.host", 0],
    ["sim:activated", "sku.text.length", 2],
  ])("on %s --get %s, which may not be had, exits with %i", async (device, path, exitCode) => {
    expect((await run("status", "--get", path, "--device", device)).exitCode).toBe(exitCode);
  });

  it.each([
    ["sim:legacy", "uuid", /identity \(UUID\)/],
    ["sim:legacy", "webUiEnabled", /amtctl doctor tells them apart/],
    ["sim:legacy", "redirection.sol.enabled", /amtctl doctor tells them apart/],
    ["sim:activated", "operationalState", /--release-watchdog/],
    ["sim:+no-permission", "uuid", /amtctl setup permissions/],
  ])("on %s --get %s says what to do about it", async (device, path, hint) => {
    const { stderr } = await run("status", "--get", path, "--device", device);
    expect(stderr.split("\n").find((line) => line.startsWith("hint: "))).toMatch(hint);
  });

  it("without rights tells what sysfs has, what is missing, and why, and exits with 0", async () => {
    const { exitCode, stdout, stderr } = await run("status", "--device", "sim:+no-permission");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("90000245");
    expect(stderr).toMatch(/^unavailable: versions, amtVersion, .*: \/dev\/mei0: this user may not open it$/m);
  });

  it("--release-watchdog tells what is asked for over the watchdog's client", async () => {
    const { stdout } = await run("status", "--json", "--release-watchdog", "--device", "sim");
    expect(JSON.parse(stdout)).toMatchObject({
      operationalState: { value: "enabled", raw: 1 },
      tlsEnforcedLocally: false,
    });
  });

  it.each(["rpc-go", "rpc-go2"])("--format %s prints JSON, with and without --json", async (format) => {
    const text = await run("status", "--format", format, "--device", "sim");
    const json = await run("status", "--format", format, "--json", "--device", "sim");
    expect(JSON.parse(text.stdout)).toMatchObject({ amt: "16.1.25", sku: "16392", features: "AMT Pro Corporate" });
    expect(JSON.parse(json.stdout)).toEqual(JSON.parse(text.stdout));
  });

  it("tells the password of the local system account only with --reveal", async () => {
    const { localSystemAccount } = JSON.parse((await run("status", "--json", "--reveal", "--device", "sim")).stdout);
    expect(localSystemAccount.password).not.toBe("");
    for (
      const args of [["--json"], ["--hashes"], ["-vvv"], ["--format", "rpc-go"], ["--get", "localSystemAccount"]]
    ) {
      const { stdout, stderr } = await run("status", ...args, "--device", "sim");
      expect(stdout + stderr).not.toContain(localSystemAccount.password);
    }
    expect((await run("status", "--get", "localSystemAccount", "--device", "sim")).exitCode).toBe(2);
  });
});
