import { catalog, exitCodes } from "../core/errors/mod.ts";
import type { AnyCommand, CommandEntry, CommandGroup } from "./command.ts";
import { type Argument, type Flag, flagName, type FlagSet } from "./flags.ts";
import { globalFlags } from "./global_flags.ts";
import type { HelpOutput } from "./help.schema.ts";

/** A topic of help that is no command. */
export const EXIT_CODES = "exit-codes";

/** Help for the root, a group or a command; the path must lead to one. */
export async function helpFor(path: readonly string[], root: CommandGroup): Promise<HelpOutput> {
  let entry: CommandEntry = root;
  for (const name of path) if (typeof entry !== "function") entry = entry.commands[name]!;
  const name = ["amtctl", ...path].join(" ");
  const text = typeof entry === "function" ? commandHelp(name, (await entry()).default) : await groupHelp(name, entry);
  return { topic: path.join(" "), text, exitCodes: [] };
}

/** Every exit code with its meaning and the error codes that lead to it. */
export function exitCodesHelp(): HelpOutput {
  const codes = Object.entries(exitCodes).map(([code, meaning]) => ({
    exitCode: Number(code),
    meaning,
    errors: Object.entries(catalog).flatMap(([name, { exit }]) => exit === Number(code) ? [name] : []),
  }));
  const text = columns(codes.map(({ exitCode, meaning, errors }) => [
    String(exitCode).padStart(3),
    meaning + (errors.length === 0 ? "" : ` [${errors.join(", ")}]`),
  ]));
  return { topic: EXIT_CODES, text, exitCodes: codes };
}

async function groupHelp(name: string, group: CommandGroup): Promise<string> {
  const commands = await Promise.all(
    Object.entries(group.commands).map(async ([each, entry]) => [each, await briefOf(entry)] as const),
  );
  return sections([
    ["", `${name}: ${group.brief}`],
    ["Usage", `  ${name} [FLAGS] COMMAND ...`],
    ["Commands", columns(commands)],
    ["Flags", flagLines(globalFlags)],
    ["More", columns([["amtctl help COMMAND", "Help for a command"], [`amtctl help ${EXIT_CODES}`, "Exit codes"]])],
  ]);
}

function commandHelp(name: string, command: AnyCommand): string {
  const words = command.arguments.map(argumentUsage);
  const others = Object.entries<Flag>(globalFlags).filter(([key]) => !(key in command.flags));
  return sections([
    ["", `${name}: ${command.brief}`],
    ["Usage", `  ${[name, "[FLAGS]", ...words].join(" ")}`],
    ["Examples", command.examples.map((example) => `  ${example}`).join("\n")],
    ["", command.description ?? ""],
    ["Arguments", columns(command.arguments.map((argument) => [argument.name, argument.brief]))],
    ["Flags", flagLines(command.flags)],
    ["Global flags", flagLines(Object.fromEntries(others))],
  ]);
}

async function briefOf(entry: CommandEntry): Promise<string> {
  return typeof entry === "function" ? (await entry()).default.brief : entry.brief;
}

function argumentUsage({ name, optional, rest }: Argument<unknown>): string {
  const word = rest ? `${name}...` : name;
  return optional ? `[${word}]` : word;
}

function flagLines(flags: FlagSet): string {
  return columns(Object.entries(flags).map(([key, flag]) => [flagUsage(key, flag), flag.brief + suffix(flag)]));
}

function flagUsage(key: string, flag: Flag): string {
  const short = flag.short === undefined ? "    " : `-${flag.short}, `;
  const value = flag.kind === "value" || flag.kind === "list"
    ? ` ${flag.placeholder}`
    : flag.kind === "choice"
    ? ` ${flag.values.join("|")}`
    : "";
  return `${short}--${flagName(key)}${value}`;
}

function suffix(flag: Flag): string {
  if (flag.kind === "list") return " (may be repeated)";
  return "default" in flag && flag.default !== undefined ? ` (default: ${flag.default})` : "";
}

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join("\n");
}

function sections(parts: readonly (readonly [title: string, text: string])[]): string {
  return parts.filter(([, text]) => text !== "")
    .map(([title, text]) => title === "" ? text : `${title}:\n${text}`)
    .join("\n\n");
}
