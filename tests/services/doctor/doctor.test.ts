import { describe, expect, it } from "vitest";
import { openMachine } from "../../../commands/machine.ts";
import { AmtError } from "../../../core/errors/mod.ts";
import { AMTHI } from "../../../protocols/mei/known_clients.ts";
import { type Check, type Facts } from "../../../services/doctor/check.ts";
import { diagnose, summary } from "../../../services/doctor/doctor.ts";
import { type DoctorSource, examine } from "../../../services/doctor/examine.ts";
import { createSimulator, type Fault } from "../../../simulator/mod.ts";
import type { MeiTransport } from "../../../transport/mei.ts";
import { chooseNode } from "../../../transport/sysfs.ts";
import { facts, status } from "./facts.ts";

const verdicts = (checks: readonly Check[]) => Object.fromEntries(checks.map(({ id, verdict }) => [id, verdict]));
const ids = (checks: readonly Check[], verdict: Check["verdict"]) =>
  checks.filter((check) => check.verdict === verdict).map(({ id }) => id);

describe("diagnose", () => {
  it("answers every check in its order, whatever is known", () => {
    const order = [
      "pci",
      "driver",
      "node",
      "permissions",
      "lockdown",
      "holders",
      "amt-client",
      "hfsts",
      "operational-state",
      "provisioning",
      "tls",
      "link",
      "lms",
      "activation",
    ];
    for (const name of ["activated", "+no-pci"]) expect(diagnose(facts(name)).map(({ id }) => id)).toEqual(order);
  });
  it("skips what a finding leaves nothing to look at for, naming the first one", () => {
    const checks = diagnose(facts("+no-pci"));
    expect(ids(checks, "attention")).toEqual(["pci"]);
    expect(checks.find(({ id }) => id === "activation")).toMatchObject({
      verdict: "skipped",
      finding: 'not checked: "PCI function" comes first',
    });
    expect(verdicts(checks).lockdown).toBe("ok");
  });
  it("says what MKHI knows also while AMTHI is busy", () => {
    const capabilities = { amtCapable: true, amtEnabled: true, capable: [], enabled: [], available: [] };
    const busy = new AmtError("mei.busy", "busy");
    const found = verdicts(diagnose(facts("+busy", { contact: busy, status: status({ capabilities }) })));
    expect(found).toMatchObject({
      holders: "attention",
      "amt-client": "ok",
      "operational-state": "ok",
      tls: "skipped",
    });
  });
});

describe("summary", () => {
  it("counts what needs attention and what was not looked at", () => {
    const check = (id: string, verdict: Check["verdict"]): Check => ({
      id,
      title: id,
      verdict,
      finding: "",
      causes: [],
      fix: null,
    });
    expect(summary([check("a", "ok"), check("b", "note")])).toBe("nothing needs attention");
    expect(summary([check("a", "attention"), check("b", "ok"), check("c", "skipped")])).toBe(
      "1 of 3 checks needs attention: a; 1 not checked",
    );
    expect(summary([check("a", "attention"), check("b", "attention"), check("c", "unknown")])).toBe(
      "2 of 3 checks need attention: a, b; 1 could not be told",
    );
  });
});

describe("examine", () => {
  const source = (mei: MeiTransport, openMei = () => Promise.resolve(mei)): DoctorSource => {
    const { host } = createSimulator();
    return { host, device: () => ({ name: "/dev/mei0", path: "/dev/mei0", node: chooseNode(host) }), openMei };
  };
  const faulty = (...faults: Fault[]) => source(createSimulator("activated", { faults }).mei);
  const code = ({ contact }: Facts) => contact === "connected" ? contact : contact?.code;

  it("connects to AMTHI once", async () => {
    const { mei } = createSimulator();
    const asked: string[] = [];
    const counting: MeiTransport = {
      connect(client, options) {
        asked.push(client);
        return mei.connect(client, options);
      },
    };
    const found = await examine(source(counting));
    expect(found).toMatchObject({ contact: "connected", status: { provisioningState: { value: "post" } } });
    expect(asked.filter((client) => client === AMTHI)).toHaveLength(1);
  });
  it.each<[string, string]>([
    ["+no-permission", "mei.permission"],
    ["disabled", "amt.disabled"],
    ["no-amt", "amt.absent"],
    ["+busy", "mei.busy"],
  ])("makes a fact of what AMTHI says on %s", async (name, expected) => {
    await using machine = await openMachine({ device: `sim:${name}` });
    expect(code(await examine(machine))).toBe(expected);
  });
  it.each(["+no-pci", "+no-driver"])("makes a fact of the device that is missing on %s", async (name) => {
    await using machine = await openMachine({ device: `sim:${name}` });
    expect(await examine(machine)).toMatchObject({ device: undefined, absence: { code: "mei.absent" } });
  });
  it("makes a fact of a firmware that gives no answer of use", async () => {
    const found = await examine(faulty({ kind: "garbage", nth: 1, onwards: true }));
    expect(found).toMatchObject({ contact: { code: "firmware.protocol" }, status: { amtVersion: null } });
    expect(found.status?.warnings).toEqual([expect.stringContaining("no answer that can be used")]);
  });
  it("makes a fact of a device that cannot be opened at all", async () => {
    const { mei } = createSimulator();
    const broken = source(mei, () => Promise.reject(new AmtError("unexpected", "no foreign function interface")));
    expect(code(await examine(broken))).toBe("unexpected");
  });
  it("rejects when it is interrupted", async () => {
    const reason = new AmtError("timeout", "over");
    await expect(examine(faulty({ kind: "silent", nth: 1, onwards: true }), { signal: AbortSignal.abort(reason) }))
      .rejects.toMatchObject({ code: "timeout" });
    await expect(examine(faulty(), { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "cancelled" });
  });
  it("rejects with what is a defect", async () => {
    const broken = source(createSimulator().mei, () => Promise.reject(new TypeError("defect")));
    await expect(examine(broken)).rejects.toThrowError(TypeError);
  });
});
