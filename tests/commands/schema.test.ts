import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { openMachine } from "../../commands/machine.ts";
import { root } from "../../commands/root.ts";
import schema from "../../commands/schema.ts";
import clients from "../../commands/clients.ts";
import { schemas } from "../../schemas/mod.ts";
import { allCommands } from "./all_commands.ts";
import { fakeContext } from "./fakes.ts";

const run = (...words: string[]) => schema.run(fakeContext({}), {}, [words]);

describe("schema", () => {
  it("has one for every command, and for errors and the version", async () => {
    const names = (await allCommands(root)).map(([words]) => words.join("_"));
    expect(Object.keys(schemas).sort()).toEqual([...names, "error", "version"].sort());
  });
  it.each(Object.keys(schemas))("prints a valid schema for %s", async (name) => {
    const document = await run(name);
    expect(document.$schema).toBe("https://json-schema.org/draft/2020-12/schema");
    expect(new Ajv2020({ strict: true }).validateSchema(document)).toBe(true);
  });
  it("prints all of them when none is named", async () => {
    expect(Object.keys(await run())).toEqual(Object.keys(schemas));
  });
  it.each(["nope", "constructor"])("refuses %s, and names those that are there", async (name) => {
    await expect(run(name)).rejects.toMatchObject({ code: "usage", hint: expect.stringContaining("clients, devices") });
  });
  it("refuses an answer with a field too many, too few or of another type", async () => {
    await using machine = await openMachine({ device: "sim" });
    const output = await clients.run(fakeContext(machine), { probe: false, force: false }, []);
    const validate = new Ajv2020({ strict: true }).compile(await run("clients"));
    expect(validate(output)).toBe(true);
    expect(validate({ ...output, extra: 1 })).toBe(false);
    expect(validate({ ...output, warnings: undefined })).toBe(false);
    expect(validate({ ...output, clients: [{ ...output.clients[0], name: 7 }] })).toBe(false);
  });
});
