import { AmtError } from "../core/errors/mod.ts";
import { asText, type FlagSet, type FlagValues } from "./flags.ts";
import { parseDuration } from "./duration.ts";
import type { OutputOptions } from "./output.ts";

/** Flags that every command knows; they may stand before its name or after it. */
export const globalFlags = {
  device: {
    kind: "value",
    brief: "Node of the mei driver, or sim[:PROFILE[+SITUATION]] for a simulated one (default: AMTCTL_DEVICE, or the " +
      "ME's node)",
    placeholder: "PATH",
    parse: asText,
  },
  json: { kind: "switch", brief: "Answer as one JSON object; errors too" },
  ndjson: { kind: "switch", brief: "The same on one line; streams print a line for each event" },
  timeout: {
    kind: "value",
    brief: "End after this time: 500ms, 30s, 5m, none (default: 30s; none for streams)",
    placeholder: "DURATION",
    parse: parseTimeout,
  },
  color: {
    kind: "choice",
    brief: "Colour: auto is on a capable terminal without NO_COLOR",
    values: ["auto", "always", "never"],
    default: "auto",
  },
  noProgress: { kind: "switch", brief: "Show no progress" },
  verbose: { kind: "count", brief: "Tell decisions (-v), requests (-vv), first bytes of messages (-vvv)", short: "v" },
  trace: {
    kind: "value",
    brief: "Write all that is said to the firmware's clients to a new file, pcapng for Wireshark",
    placeholder: "FILE",
    parse: parseFile,
  },
  reveal: { kind: "switch", brief: "With --trace: also passwords, and what connections through the tunnel carry" },
  help: { kind: "switch", brief: "Show help", short: "h" },
  version: { kind: "switch", brief: "Show the version" },
} as const satisfies FlagSet;

export type GlobalFlags = FlagValues<typeof globalFlags>;

/** A time limit as it was asked for; `ms` is `undefined` for none. */
export interface Timeout {
  readonly text: string;
  readonly ms: number | undefined;
}

/** A time limit. Throws `usage`. */
export function parseTimeout(text: string): Timeout {
  return { text, ms: parseDuration(text) };
}

function parseFile(text: string): string {
  if (text !== "" && text !== "-") return text;
  throw new AmtError("usage", text === "" ? "the name of the file is empty" : "a trace goes to a file", {
    hint: "Name a file that is not there yet",
  });
}

/** How to print what these flags ask for. */
export function outputOptions(flags: GlobalFlags): OutputOptions {
  return {
    format: flags.ndjson ? "ndjson" : flags.json ? "json" : "text",
    color: flags.color,
    progress: !flags.noProgress,
    verbose: flags.verbose,
  };
}

/** Whether one of these words stands on the command line as a flag. */
export function hasFlag(args: readonly string[], ...flags: readonly string[]): boolean {
  const end = args.indexOf("--");
  return (end < 0 ? args : args.slice(0, end)).some((arg) => flags.includes(arg));
}

/** How to print before the command line has been understood, or when it cannot be. */
export function earlyOutputOptions(args: readonly string[]): OutputOptions {
  return {
    format: hasFlag(args, "--ndjson") ? "ndjson" : hasFlag(args, "--json") ? "json" : "text",
    color: hasFlag(args, "--color=never") ? "never" : hasFlag(args, "--color=always") ? "always" : "auto",
    progress: false,
    verbose: hasFlag(args, "-vv", "-vvv") ? 2 : 0,
  };
}
