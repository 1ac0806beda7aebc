import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import type { Context } from "../../commands/command.ts";
import explain from "../../commands/explain.ts";
import { program } from "../../commands/program.ts";
import { root } from "../../commands/root.ts";
import { schemas } from "../../schemas/mod.ts";
import { kinds } from "../../services/explain/explain.ts";
import { fakeContext, fakeRuntime, plain } from "./fakes.ts";

const noMachine: Context = {
  ...fakeContext({}),
  machine: () => Promise.reject(new Error("the command opened a machine")),
};

const run = (...words: string[]) => explain.run(noMachine, {}, [words]);

describe("explain", () => {
  it("answers with the readings of every code, and opens no machine", async () => {
    const { readings } = await run("0x814", "exit", "7", "HFSTS3", "0x20", "EBUSY");
    expect(readings.map(({ kind, code }) => `${kind} ${code}`)).toEqual([
      "status 0x814",
      "exit 7",
      "hfsts HFSTS3:00000020",
      "errno 16",
    ]);
  });
  it("answers by its schema", async () => {
    const validate = new Ajv2020({ strict: true }).compile((await schemas.explain()).default);
    const output = await run("16", "0x10", "2057", "4096", "mkhi:8d", "mei.busy", "hfsts1:80022054", "nope");
    expect([validate(output), validate.errors]).toEqual([true, null]);
  });
  it("renders a block for each reading", async () => {
    expect(explain.render(await run("wsman:6", "mei.busy"), plain, {})).toMatchInlineSnapshot(`
      "6 INTEGRITY_CHECK_FAILED  ReturnValue (PT_STATUS)
        stored data is damaged

      6 IN_USE  ReturnValue
        what it would change is in use (RequestPowerStateChange, RequestStateChange)

      6 FLASH_WRITE_LIMIT_EXCEEDED  ReturnValue
        the flash was written too often in a short time (IPS_HostBasedSetupService.Setup, AdminSetup, UpgradeClientToAdmin)

      mei.busy  error code of amtctl
        busy: another program holds what is needed (exit code 5)
        Stop the program that holds it, or try again when it is done"
    `);
  });
  it("tells what it knows when one code is unknown, and warns of that one", async () => {
    const output = await run("nope", "EBUSY", "hfsts3:30");
    expect(output.readings.map(({ code }) => code)).toEqual(["16"]);
    expect(output.unknown).toEqual(["nope", "hfsts3:30"]);
    expect(output.warnings).toEqual([
      '"nope" is no code that is known',
      '"hfsts3:30" is no HFSTS word. Write 0x before it, or all eight digits: hfsts3:0x30, hfsts3:00000030',
    ]);
    const runtime = fakeRuntime(["explain", "nope", "EBUSY"]);
    expect(await program(runtime, root)).toBe(0);
    expect(runtime.stdout).toMatch(/^16 EBUSY/);
    expect(runtime.stderr).toBe('warning: "nope" is no code that is known\n');
  });
  it.each([[["nope"]], [["nope", "nor"]], [["exit"]], [[""]]])("refuses %j, and names the kinds", async (words) => {
    await expect(run(...words)).rejects.toMatchObject({
      code: "usage",
      exitCode: 2,
      hint: expect.stringContaining(kinds.join(", ")),
    });
  });
  it("refuses hfsts3:30 with how it is written", async () => {
    await expect(run("hfsts3:30")).rejects.toMatchObject({
      code: "usage",
      hint: expect.stringContaining("hfsts3:0x30"),
    });
  });
});
