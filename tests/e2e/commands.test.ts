import { Ajv2020 } from "ajv/dist/2020.js";
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { schemas } from "../../schemas/mod.ts";
import { profileNames } from "../../simulator/mod.ts";
import { forms, run } from "./processes.ts";

/** Clients that a profile must have and must not have, by its description. */
const clientsOf = {
  activated: { has: ["AMTHI", "LME", "WD", "MKHI"], lacks: [] },
  unprovisioned: { has: ["AMTHI", "LME", "WD", "MKHI"], lacks: [] },
  acm: { has: ["AMTHI", "LME", "WD", "MKHI"], lacks: [] },
  disabled: { has: ["MKHI"], lacks: ["AMTHI", "WD"] },
  "no-amt": { has: ["MKHI"], lacks: ["AMTHI", "LME", "WD"] },
  legacy: { has: ["AMTHI", "LME", "WD", "MKHI"], lacks: ["MKHI-FIX"] },
  "tls-only": { has: ["AMTHI", "LME", "WD", "MKHI"], lacks: [] },
} as const;

const bootConfig = "BootConfigSetting=CIM_BootConfigSetting?InstanceID=Intel(r) AMT: Boot Configuration 0";

async function expectValid(name: keyof typeof schemas, value: unknown): Promise<void> {
  const validate = new Ajv2020({ strict: true }).compile((await schemas[name]()).default);
  validate(value);
  expect(validate.errors ?? []).toEqual([]);
}

describe.each(forms)("on $name", ({ program }) => {
  // Of the simulated machine's administrator (docs/simulator.md).
  const env = { AMTCTL_PASSWORD: "P@ssw0rd" };
  const amtctl = (...args: string[]) => run([...program, ...args], { env });

  it.each(profileNames)("clients --probe lists those of %s, valid against its schema", async (profile) => {
    const { code, out, err } = await amtctl("clients", "--probe", "--json", "--device", `sim:${profile}`);
    expect([code, err]).toEqual([0, ""]);
    const output = JSON.parse(out);
    await expectValid("clients", output);
    expect(output.device).toBe(`sim:${profile}`);
    const names = output.clients.map((client: { name: string }) => client.name);
    expect(names).toEqual(expect.arrayContaining([...clientsOf[profile].has]));
    for (const name of clientsOf[profile].lacks) expect(names).not.toContain(name);
  });

  it.each<[keyof typeof schemas, string[]]>([
    ["devices", ["devices"]],
    ["status", ["status", "--hashes"]],
    ["is", ["is", "activated"]],
    ["hfsts", ["hfsts"]],
    ["explain", ["explain", "0x814"]],
    ["bundle", ["bundle", "-o", "-"]],
    ["send", ["send", "MKHI", "ff020000"]],
    ["watchdog_status", ["watchdog", "status"]],
    ["watchdog_ping", ["watchdog", "ping"]],
    ["watchdog_stop", ["watchdog", "stop"]],
    ["wsman_identify", ["wsman", "identify", "--xml"]],
    ["wsman_get", ["wsman", "get", "AMT_GeneralSettings", "--xml"]],
    ["wsman_enum", ["wsman", "enum", "CIM_SoftwareIdentity"]],
    ["wsman_enum", ["wsman", "enum", "CIM_AssociatedPowerManagementService", "--references"]],
    ["wsman_put", ["wsman", "put", "AMT_GeneralSettings", "HostName=other", "PingResponseEnabled=false"]],
    ["wsman_invoke", ["wsman", "invoke", "AMT_TimeSynchronizationService", "GetLowAccuracyTimeSynch"]],
    ["wsman_classes", ["wsman", "classes"]],
    ["help", ["help", "exit-codes"]],
    ["schema", ["schema", "clients"]],
    ["setup_permissions", ["setup", "permissions"]],
    ["version", ["--version"]],
  ])("%s --json is valid against its schema", async (name, args) => {
    const { code, out, err } = await amtctl("--device", "sim", ...args, "--json");
    expect([code, err]).toEqual([0, ""]);
    await expectValid(name, JSON.parse(out));
  });

  it("--ndjson prints the same on one line", async () => {
    const { out } = await amtctl("devices", "--device", "sim", "--ndjson");
    expect(out.split("\n")).toHaveLength(2);
    await expectValid("devices", JSON.parse(out));
  });

  it.each<[string, string[], number, string]>([
    ["an unknown command", ["cleints"], 2, "usage"],
    ["an unknown flag", ["clients", "--prob"], 2, "usage"],
    ["a malformed GUID", ["send", "12f8002z-b4b7-4b2d-aca8-46e0ff65814c", "00"], 2, "usage"],
    ["malformed hex", ["send", "AMTHI", "0x"], 2, "usage"],
    ["an unknown profile", ["clients", "--device", "sim:nope"], 2, "usage"],
    ["a node that does not exist", ["clients", "--device", "/nonexistent/mei0"], 3, "mei.absent"],
    ["a field that is not there", ["status", "--get", "nothing", "--device", "sim"], 2, "usage"],
    ["a value of a disabled AMT", ["status", "--get", "uuid", "--device", "sim:disabled"], 7, "amt.disabled"],
    ["a disabled AMT", ["send", "AMTHI", "00", "--device", "sim:disabled"], 7, "amt.disabled"],
    ["a watchdog that is disabled with AMT", ["watchdog", "ping", "--device", "sim:disabled"], 7, "amt.disabled"],
    ["a watchdog that a close would stop", ["watchdog", "start", "--device", "sim"], 8, "amt.state"],
    ["a client that is not offered", ["send", "NFC", "00", "--device", "sim"], 16, "mei.clientNotOffered"],
    ["a trace that is there", ["devices", "--trace", "/etc/hostname", "--device", "sim"], 2, "usage"],
    ["secrets of a command without them", ["devices", "--reveal", "--device", "sim"], 2, "usage"],
    ["a port that AMT does not forward", ["apf", "open", "127.0.0.1", "9", "--device", "sim"], 10, "net.connect"],
    ["a trace that is none", ["apf", "replay", "/etc/passwd"], 2, "usage"],
    ["a message that is too long", ["send", "MKHI", "00".repeat(2049), "--device", "sim"], 2, "usage"],
    ["no class of AMT's", ["wsman", "get", "GeneralSettings", "--device", "sim"], 2, "usage"],
    ["a class that firmware lacks", ["wsman", "get", "IPS_Nothing", "--device", "sim"], 13, "wsman.fault"],
    ["a user that AMT does not know", ["wsman", "identify", "--user", "nobody", "--device", "sim"], 9, "auth.refused"],
    ["a host that is not there", ["wsman", "identify", "--host", "127.0.0.1:1"], 10, "net.connect"],
    [
      "consent that is needed",
      ["wsman", "invoke", "CIM_BootService", "SetBootConfigRole", "Role=1", bootConfig, "--device", "sim"],
      14,
      "consent.needed",
    ],
    ["a simulator for the whole network", ["sim", "serve", "--listen", "0.0.0.0:0"], 2, "usage"],
    ["silence", ["send", "FWU", "00", "--device", "sim", "--timeout", "100ms"], 15, "indeterminate"],
  ])("%s is an error object on stderr, valid against its schema", async (_case, args, exitCode, errorCode) => {
    const { code, out, err } = await amtctl(...args, "--json");
    expect([code, out]).toEqual([exitCode, ""]);
    const output = JSON.parse(err);
    await expectValid("error", output);
    expect(output.error).toMatchObject({ exitCode, code: errorCode });
  });

  it.each([
    [["cleints"], "clients"],
    [["clients", "--prob"], "--probe"],
    [["--jsn", "clients"], "--json"],
  ])("%j is met with what was meant", async (args, near) => {
    const { code, err } = await amtctl(...args);
    expect(code).toBe(2);
    expect(err).toContain(`hint: Did you mean ${near}?\n`);
  });

  it.each([
    [["send", "12f8002z-b4b7-4b2d-aca8-46e0ff65814c", "00"], "at character 8"],
    [["send", "AMTHI", "00 0g"], "at character 5"],
  ])("%j tells the position", async (args, position) => {
    const { code, err } = await amtctl(...args);
    expect(code).toBe(2);
    expect(err).toContain(position);
  });

  it.skipIf(existsSync("/sys/class/mei/mei0"))("without a node it ends with 3 and what to check", async () => {
    const { code, out, err } = await amtctl("clients");
    expect([code, out]).toEqual([3, ""]);
    expect(err).toMatch(/^error: no Management Engine device: .* \(mei\.absent\)\nhint: .+\n$/);
  });

  it("takes the device from AMTCTL_DEVICE", async () => {
    const { out } = await run([...program, "clients", "--json"], { env: { AMTCTL_DEVICE: "sim:legacy" } });
    expect(JSON.parse(out).device).toBe("sim:legacy");
  });
});
