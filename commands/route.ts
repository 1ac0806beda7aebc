import type { CommandEntry, CommandGroup } from "./command.ts";
import { globalFlags } from "./global_flags.ts";
import { flagName } from "./flags.ts";

/** Where a command line leads. */
export interface Route {
  /** Names from the root to the command or group, without aliases. */
  readonly path: readonly string[];
  readonly entry: CommandEntry;
  /** All other words in their order: flags and arguments. */
  readonly rest: readonly string[];
  /** A word that should have been the name of a command in the group `entry`; `rest` ends before it. */
  readonly unknown?: string;
}

const valueFlags = Object.entries(globalFlags)
  .filter(([, flag]) => flag.kind === "value" || flag.kind === "choice")
  .map(([key]) => `--${flagName(key)}`);

/** Follows the words that are no flags down to a command; global flags may stand before and between them. */
export function route(args: readonly string[], root: CommandGroup): Route {
  const path: string[] = [];
  const rest: string[] = [];
  let entry: CommandEntry = root;
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    if (typeof entry === "function" || word === "--") {
      return { path, entry, rest: [...rest, ...args.slice(i)] };
    } else if (word.startsWith("-")) {
      rest.push(word);
      const value = args[i + 1];
      if (valueFlags.includes(word) && value !== undefined) {
        rest.push(value);
        i++;
      }
    } else {
      const name: string = own(entry.aliases, word) ?? word;
      const next: CommandEntry | undefined = own(entry.commands, name);
      if (next === undefined) return { path, entry, rest, unknown: word };
      path.push(name);
      entry = next;
    }
  }
  return { path, entry, rest };
}

function own<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}
