import { AmtError } from "../core/errors/mod.ts";
import type { Fields, WsmanClassDeclaration } from "../protocols/wsman/classes/declare.ts";
import { classNames, findClass } from "../protocols/wsman/classes/mod.ts";
import { resourceUri } from "../protocols/wsman/mod.ts";
import { command, type Terminal } from "./command.ts";
import { asText } from "./flags.ts";
import { nearest } from "./nearest.ts";
import { table } from "./table.ts";
import type { WsmanClassesOutput } from "./wsman_classes.schema.ts";

type ToldClass = WsmanClassesOutput["classes"][number];
type ToldField = ToldClass["fields"][number];

export default command({
  brief: "List the classes of AMT's web service that are known here, or show one whole",
  description: "It asks no firmware: a release of AMT may lack some of them, and have others.",
  flags: {},
  arguments: [
    {
      name: "PATTERN",
      brief: "A name, or a part of one in any case; * stands for anything",
      optional: true,
      parse: asText,
    },
  ],
  examples: [
    "amtctl wsman classes",
    "amtctl wsman classes 'AMT_*Settings'",
    "amtctl wsman classes AMT_GeneralSettings",
  ],

  async run(_context, _flags, [pattern]): Promise<WsmanClassesOutput> {
    const names = matching(await classNames(), pattern);
    const found = await Promise.all(names.map((name) => findClass(name)));
    return { classes: found.flatMap((each) => each === undefined ? [] : [told(each)]) };
  },

  render({ classes }, terminal) {
    const [only, ...more] = classes;
    if (only !== undefined && more.length === 0) return whole(only, terminal);
    return table(classes, [
      { title: "CLASS", cell: ({ name }) => name },
      { title: "KEYS", cell: ({ keys }) => keys.join(",") },
      { title: "FIELDS", align: "right", cell: ({ fields }) => fields.length },
      { title: "METHODS", cell: ({ methods }) => methods.map(({ name }) => name).join(" ") },
    ], terminal);
  },
});

/** A whole name means that class alone. Throws `usage` when there is none. */
function matching(names: readonly string[], pattern: string | undefined): readonly string[] {
  if (pattern === undefined) return names;
  const wanted = pattern.toLowerCase();
  const exact = names.filter((name) => name.toLowerCase() === wanted);
  if (exact.length > 0) return exact;
  const parts = wanted.split("*").map((part) => part.replace(/[^\w]/g, "\\$&")).join(".*");
  const expression = new RegExp(wanted.includes("*") ? `^${parts}$` : parts);
  const found = names.filter((name) => expression.test(name.toLowerCase()));
  if (found.length > 0) return found;
  const near = nearest(pattern, names);
  throw new AmtError("usage", `no class that is known here is like ${JSON.stringify(pattern)}`, {
    hint: near.length === 0 ? "See amtctl wsman classes" : `Did you mean ${near.join(" or ")}?`,
  });
}

function told(declaration: WsmanClassDeclaration): ToldClass {
  const { name, keys, single, fields, readOnly, methods } = declaration;
  return {
    name,
    resourceUri: resourceUri(name),
    keys: [...keys],
    single,
    fields: toldFields(fields),
    readOnly: readOnly.filter((field) => Object.hasOwn(fields, field)),
    methods: Object.entries(methods).map(([method, { input, output }]) => (
      { name: method, input: toldFields(input), output: toldFields(output) }
    )),
  };
}

function toldFields(fields: Fields): ToldField[] {
  return Object.entries(fields).map(([name, type]) => ({
    name,
    type: type.kind,
    list: type.list === true,
    secret: type.secret === true,
    embedded: type.embedded?.name ?? null,
  }));
}

function whole({ name, resourceUri, keys, single, fields, readOnly, methods }: ToldClass, terminal: Terminal): string {
  const notes = ({ name, secret }: ToldField) =>
    [
      ...(keys.includes(name) ? ["key"] : []),
      ...(readOnly.includes(name) ? ["read only"] : []),
      ...(secret ? ["secret"] : []),
    ].join(", ");
  const parameters = (list: readonly ToldField[]) => list.map((each) => `${each.name}: ${typeText(each)}`).join(", ");
  const rows = table(fields, [
    { title: "FIELD", cell: (field) => field.name },
    { title: "TYPE", cell: typeText },
    { title: "", cell: (field) => notes(field) || " " },
  ], terminal);
  return [
    `${name}${single ? ", one instance" : ""}`,
    resourceUri,
    "",
    rows,
    ...methods.flatMap((
      method,
    ) => ["", `${method.name}(${parameters(method.input)})`, `  ${parameters(method.output)}`]),
  ].join("\n");
}

function typeText({ type, list, embedded }: ToldField): string {
  return `${list ? "list of " : ""}${embedded ?? type}`;
}
