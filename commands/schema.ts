import { AmtError } from "../core/errors/mod.ts";
import { schemas } from "../schemas/mod.ts";
import { command } from "./command.ts";
import { asText } from "./flags.ts";
import type { SchemaOutput } from "./schema.schema.ts";

export default command({
  brief: "Print the JSON Schema of a command's --json output",
  description: "Without a command: an object with all of them, errors (error) and --version (version) among them.",
  flags: {},
  arguments: [{ name: "COMMAND", brief: "Names of the command", optional: true, rest: true, parse: asText }],
  examples: ["amtctl schema clients", "amtctl schema | jq keys"],

  async run(_context, _flags, [words]): Promise<SchemaOutput> {
    if (words.length === 0) {
      const all = Object.entries(schemas).map(async ([name, load]) => [name, (await load()).default] as const);
      return Object.fromEntries(await Promise.all(all));
    }
    const name = words.join("_");
    if (Object.hasOwn(schemas, name)) return (await schemas[name as keyof typeof schemas]()).default;
    const hint = `There are ${Object.keys(schemas).join(", ")}`;
    throw new AmtError("usage", `no schema is called "${words.join(" ")}"`, { hint });
  },

  render: (schema) => JSON.stringify(schema, undefined, 2),
});
