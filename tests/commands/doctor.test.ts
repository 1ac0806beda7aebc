import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import doctor from "../../commands/doctor.ts";
import type { DoctorOutput } from "../../commands/doctor.schema.ts";
import { openMachine } from "../../commands/machine.ts";
import { program } from "../../commands/program.ts";
import { root } from "../../commands/root.ts";
import { schemas } from "../../schemas/mod.ts";
import { fakeContext, fakeRuntime, plain } from "./fakes.ts";

const flags = { releaseWatchdog: false };

const runs = new Map<string, Promise<DoctorOutput>>();

/** One examination serves several tests: that of a busy client takes two seconds. */
function run(device: string, releaseWatchdog = false): Promise<DoctorOutput> {
  const key = `${device} ${releaseWatchdog}`;
  const running = runs.get(key) ?? examined(device, releaseWatchdog);
  runs.set(key, running);
  return running;
}

async function examined(device: string, releaseWatchdog: boolean): Promise<DoctorOutput> {
  await using machine = await openMachine({ device });
  return await doctor.run(fakeContext(machine), { releaseWatchdog }, []);
}

const check = (output: DoctorOutput, id: string) => output.checks.find((each) => each.id === id)!;

/** What a person reads of it: the findings that are not plainly in order, with their advice. */
const told = ({ checks }: DoctorOutput) =>
  checks
    .filter(({ verdict }) => verdict === "attention" || verdict === "note")
    .map(({ finding, causes, fix }) => [finding, ...causes, fix].join("\n"));

const troubles: readonly [device: string, attention: readonly string[], id: string, finding: string, fix: string][] = [
  ["sim:disabled", ["amt-client"], "amt-client", "AMT is switched off", "Enable AMT in the firmware setup"],
  ["sim:no-amt", ["amt-client"], "amt-client", "consumer firmware", "Nothing on this machine changes that"],
  ["sim:+no-pci", ["pci"], "pci", "no PCI function", "Switch the Management Engine on"],
  ["sim:+no-driver", ["driver"], "driver", "mei_me is not loaded", "modprobe mei_me"],
  [
    "sim:+no-permission",
    ["permissions"],
    "permissions",
    "user 1000 may not open /dev/mei0",
    "amtctl setup permissions",
  ],
  ["sim:+busy", ["holders"], "holders", "/dev/mei0 is open in lms (process 742)", "systemctl stop lms"],
  ["sim:tls-only", [], "tls", "TLS only", "16993"],
  ["sim:+lockdown", [], "lockdown", "locked down (confidentiality)", "clients --probe"],
];

describe("doctor", () => {
  it.each(troubles)(
    "on %s needs attention for %j, and says what to do",
    async (device, attention, id, finding, fix) => {
      const output = await run(device);
      expect(output.attention).toEqual(attention);
      expect(doctor.exitCode!(output)).toBe(attention.length > 0 ? 20 : 0);
      expect(check(output, id)).toMatchObject({
        verdict: attention.length > 0 ? "attention" : "note",
        finding: expect.stringContaining(finding),
        fix: expect.stringContaining(fix),
      });
      expect(check(output, id).causes).not.toEqual([]);
    },
  );
  it("tells all of these apart", async () => {
    const outputs = await Promise.all(troubles.map(([device]) => run(device)));
    const findings = outputs.map((output) => told(output).join("\n"));
    expect(new Set(findings).size).toBe(troubles.length);
    const own = outputs.map((output, index) => check(output, troubles[index]![2]));
    expect(new Set(own.map(({ finding }) => finding)).size).toBe(troubles.length);
    expect(new Set(own.map(({ fix }) => fix)).size).toBe(troubles.length);
  });
  it.each(["sim:disabled", "sim:no-amt", "sim:no-amt+no-permission"])(
    "does not say of %s that there is no AMT",
    async (device) => expect(JSON.stringify(await run(device))).not.toMatch(/\bno AMT\b|without an? AMT/i),
  );
  it.each(["sim", "sim:acm", "sim:legacy", "sim:unprovisioned"])(
    "on %s finds nothing that needs attention",
    async (device) => {
      const output = await run(device);
      expect(output.attention).toEqual([]);
      expect(output.summary).toMatch(/^nothing needs attention/);
    },
  );
  it("goes by the firmware's own word on TLS when it is asked", async () => {
    expect(check(await run("sim:tls-only", true), "tls").finding).toBe("AMT's ports on this machine take TLS only");
    expect(check(await run("sim:activated"), "tls")).toMatchObject({
      verdict: "unknown",
      finding: expect.stringContaining("--release-watchdog"),
    });
    expect(check(await run("sim:activated", true), "tls").verdict).toBe("ok");
  });
  it.each([...troubles.map(([device]) => device), "sim", "sim:legacy", "sim:unprovisioned"])(
    "answers by its schema on %s",
    async (device) => {
      const validate = new Ajv2020({ strict: true }).compile((await schemas.doctor()).default);
      validate(await run(device));
      expect(validate.errors).toBeNull();
    },
  );
  it("tells what it could not have of the firmware, and why", async () => {
    expect((await run("sim")).unavailable).toContainEqual({
      field: "operationalState",
      reason: expect.stringContaining("mei_wdt holds the WD client"),
    });
    expect((await run("sim:activated", true)).unavailable).toEqual([]);
  });
  it("says of a device that is none of the driver's only that, and asks for no other cause", async () => {
    const output = await run("/dev/null");
    expect(output.attention).toContain("node");
    expect(check(output, "amt-client")).toMatchObject({ verdict: "skipped", causes: [] });
  });
  it("says what is missing where a device is named and not there", async () => {
    const output = await run("/nonexistent/mei0");
    expect(output).toMatchObject({ device: null, attention: expect.arrayContaining([expect.any(String)]) });
  });
  it("renders a line for each check, and advice below those that have some", async () => {
    expect(doctor.render(await run("sim:+no-driver"), plain, flags)).toMatchInlineSnapshot(`
      "[ok]  PCI function       0000:00:16.0, 8086:51e0
      [!!]  Driver             no driver is bound to 0000:00:16.0: the module mei_me is not loaded
              1. it was unloaded, or this system loads no drivers by itself: modprobe mei_me loads it
              2. this kernel came without it: modinfo mei_me finds nothing
              3. the kernel refuses it, for want of a signature: dmesg says so after modprobe mei_me
              fix: modprobe mei_me
      [--]  Device node        not checked: "Driver" comes first
      [--]  Permissions        not checked: "Driver" comes first
      [ok]  Kernel lockdown    the kernel is not locked down
      [--]  Open by            not checked: "Driver" comes first
      [--]  AMT client         not checked: "Driver" comes first
      [--]  Firmware health    not checked: there is no node whose registers could be read
      [--]  Operational state  not checked: "Driver" comes first
      [--]  Provisioning       not checked: "Driver" comes first
      [--]  Local TLS          not checked: "Driver" comes first
      [--]  Network link       not checked: "Driver" comes first
      [--]  Local management   not checked: "Driver" comes first
      [--]  Activation         not checked: "Driver" comes first
      1 of 14 checks needs attention: driver; 11 not checked"
    `);
  });
  it("styles its marks on a terminal", async () => {
    const styled: string[] = [];
    doctor.render(await run("sim:+busy"), { style: (name, text) => `${styled.push(`${name} ${text}`)}` }, flags);
    expect(new Set(styled)).toEqual(new Set(["green [ok]", "red [!!]"]));
  });
  it("ends with 20, 0 or 2", async () => {
    const exit = (...words: string[]) => program(fakeRuntime(words), root);
    expect(await exit("--device", "sim:+no-pci", "doctor")).toBe(20);
    expect(await exit("--device", "sim", "doctor")).toBe(0);
    expect(await exit("--device", "sim:+nope", "doctor")).toBe(2);
  });
});
