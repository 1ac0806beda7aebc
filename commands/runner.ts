import {
  ArgumentParseError,
  buildApplication,
  buildCommand,
  buildRouteMap,
  type Command,
  type CommandContext,
  type PartialApplicationConfiguration,
  type RouteMap,
  run,
  text_en,
} from "@stricli/core";
import { AmtError } from "../core/errors/mod.ts";
import type { AnyCommand, CommandGroup } from "./command.ts";
import { type Argument, type ArgumentList, asText, type Flag, flagName, type FlagSet } from "./flags.ts";
import { type GlobalFlags, globalFlags } from "./global_flags.ts";

/** A command line, understood. */
export interface Invocation {
  readonly flags: Readonly<Record<string, unknown>>;
  readonly values: readonly unknown[];
  readonly globals: GlobalFlags;
}

/** Reads the words after the command's name. Throws `usage`, with the nearest flag where one was mistyped. */
export async function parse(
  command: Pick<AnyCommand, "flags" | "arguments">,
  path: readonly string[],
  words: readonly string[],
): Promise<Invocation> {
  const keys = new Map(Object.keys({ ...globalFlags, ...command.flags }).map((key) => [flagName(key), key]));
  let parsed: Invocation | undefined;
  const parsing = buildCommand({
    // The types of this library follow from the function's parameters; ours are declared as data.
    parameters: parameters({ ...globalFlags, ...command.flags }, command.arguments) as never,
    docs: { brief: "" },
    func(named: Record<string, unknown>, ...words: unknown[]) {
      const values = argumentValues(command.arguments, words);
      const flags = Object.fromEntries(Object.entries(named).map(([name, value]) => [keys.get(name) ?? name, value]));
      for (const [key, { kind }] of Object.entries<Flag>(command.flags)) if (kind === "list") flags[key] ??= [];
      parsed = { flags, values, globals: flags as GlobalFlags };
    },
  });
  const problem = await apply(parsing, words);
  if (parsed !== undefined) return parsed;
  if ("passwordFile" in command.flags && words.some((word) => /^--password(?:=|$)/.test(word))) {
    throw (await import("./password.ts")).passwordOnCommandLine();
  }
  throw usage(problem, `See ${["amtctl", ...path].join(" ")} --help`);
}

/** The error for a word that no command has as its name, with the nearest ones. */
export async function unknownCommand(group: CommandGroup, path: readonly string[], word: string): Promise<AmtError> {
  const nothing = buildCommand({ parameters: {}, docs: { brief: "" }, func() {} });
  const names = [...Object.keys(group.commands), ...Object.keys(group.aliases ?? {})];
  const hint = `See ${["amtctl", ...path].join(" ")} --help`;
  if (names.length === 0) return new AmtError("usage", `no command "${word}"`, { hint });
  const routes = Object.assign(Object.create(null), Object.fromEntries(names.map((name) => [name, nothing])));
  return usage(await apply(buildRouteMap({ routes, docs: { brief: "" } }), [word]), hint);
}

/** What the library found wrong; nothing is printed and no process is touched. */
type Problem = { readonly message: string; readonly cause?: unknown };

async function apply(
  root: Command<CommandContext> | RouteMap<CommandContext>,
  words: readonly string[],
): Promise<Problem> {
  let problem: Problem | undefined;
  const note = (message: string, cause?: unknown) => {
    problem ??= { message, cause };
    return message;
  };
  const configuration: PartialApplicationConfiguration = {
    name: "amtctl",
    scanner: { caseStyle: "original", allowArgumentEscapeSequence: true },
    documentation: { disableAnsiColor: true },
    localization: {
      text: {
        ...text_en,
        exceptionWhileParsingArguments: (error) => note(messageOf(error), error),
        exceptionWhileRunningCommand: (error) => note(messageOf(error), error),
        noCommandRegisteredForInput: ({ input, corrections }) => {
          const nearest = corrections.map((name) => name.replaceAll("`", "")).join(" or ");
          return note(`no command "${input}"${nearest === "" ? "" : `, did you mean ${nearest}?`}`);
        },
      },
    },
  };
  const sink = { write: () => {} };
  const application = buildApplication(root as Command<CommandContext>, configuration, {});
  await run(application, words, { process: { stdout: sink, stderr: sink, exitCode: 0 } });
  return problem ?? { message: "the command line cannot be read" };
}

function usage(problem: Problem, hint: string): AmtError {
  const { cause } = problem;
  if (cause instanceof AmtError) return cause;
  // Arguments are named in capitals, flags are not.
  if (cause instanceof ArgumentParseError && cause.exception instanceof AmtError) {
    const { code, message, hint, details } = cause.exception;
    const name = cause.externalFlagNameOrPlaceholder;
    const subject = name === name.toUpperCase() ? name : `--${name}`;
    return new AmtError(code, `${subject}: ${message}`, { cause, hint, details });
  }
  const match = /^(.*), did you mean (.*)\?$/s.exec(problem.message);
  if (match === null) return new AmtError("usage", problem.message, { cause, hint });
  return new AmtError("usage", match[1]!, { cause, hint: `Did you mean ${match[2]}?` });
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.charAt(0).toLowerCase() + message.slice(1);
}

/** Our declarations in the form of the library; without a prototype, so that `--constructor` is no flag. */
function parameters(flags: FlagSet, list: ArgumentList) {
  const entries = Object.entries(flags).map(([key, flag]) => [flagName(key), parameter(flag)]);
  const aliases = Object.entries(flags).flatMap(([key, flag]) =>
    flag.short === undefined ? [] : [[flag.short, flagName(key)]]
  );
  return {
    flags: Object.assign(Object.create(null), Object.fromEntries(entries)),
    aliases: Object.assign(Object.create(null), Object.fromEntries(aliases)),
    positional: positional(list),
  };
}

function parameter(flag: Flag) {
  const { brief } = flag;
  switch (flag.kind) {
    case "switch":
      return { kind: "boolean", brief, default: false, withNegated: false };
    case "count":
      return { kind: "counter", brief };
    case "choice":
      return { kind: "enum", brief, values: flag.values, ...certainty(flag.default) };
    case "value":
      return { kind: "parsed", brief, parse: flag.parse, ...certainty(flag.default) };
    case "list":
      return { kind: "parsed", brief, parse: flag.parse, optional: true, variadic: true };
  }
}

function certainty(value: string | undefined) {
  return value === undefined ? { optional: true } : { default: value };
}

/** The library knows arguments of which each has its place, or one that takes all words; a mixture is taken as words. */
function positional(list: ArgumentList) {
  const parameters = list.map(({ name, brief, optional, parse }) => ({ brief, placeholder: name, optional, parse }));
  const [first] = parameters;
  if (first === undefined || list.at(-1)?.rest === undefined) return { kind: "tuple", parameters };
  if (isMixed(list)) return { kind: "array", parameter: { ...first, optional: true, parse: asText }, minimum: 0 };
  return { kind: "array", parameter: first, minimum: first.optional ? 0 : 1 };
}

function argumentValues(list: ArgumentList, words: readonly unknown[]): readonly unknown[] {
  if (!isMixed(list)) return list[0]?.rest ? [words] : words;
  return list.map((argument, at) => {
    const own = (argument.rest ? words.slice(at) : words.slice(at, at + 1)) as readonly string[];
    if (own.length === 0 && !argument.optional) throw new Error(`Expected argument for ${argument.name}`);
    const values = own.map((word) => parsedWord(argument, word));
    return argument.rest ? values : values[0];
  });
}

function isMixed(list: ArgumentList): boolean {
  return list.length > 1 && list.at(-1)?.rest === true;
}

function parsedWord({ name, parse }: Argument<unknown>, word: string): unknown {
  try {
    return parse(word);
  } catch (error) {
    if (!(error instanceof AmtError)) throw error;
    const { code, message, hint, details } = error;
    throw new AmtError(code, `${name}: ${message}`, { cause: error, hint, details });
  }
}
