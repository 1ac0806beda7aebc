import type { PartSource } from "../services/bundle/make_bundle.ts";
import clients from "./clients.ts";
import type { Answer, Command, Context, Terminal } from "./command.ts";
import { currentRuntime } from "./context.ts";
import devices from "./devices.ts";
import doctor from "./doctor.ts";
import type { ArgumentList, ArgumentValues, FlagSet, FlagValues } from "./flags.ts";
import hfsts from "./hfsts.ts";
import { printableLine } from "./printable.ts";
import { remarks } from "./remarks.ts";
import status from "./status.ts";
import { renderVersion, versionOutput } from "./version.ts";
import type { VersionOutput } from "./version.schema.ts";

/** One part of a bundle: how it is had, and how a person is shown it. */
interface Part {
  read(context: Context): Promise<object>;
  /** Throws anything when the value is not what this version of the command answers. */
  text(value: object, terminal: Terminal): string | Uint8Array;
}

const statusFlags = {
  get: undefined,
  hashes: false,
  flashLog: false,
  format: "own",
  releaseWatchdog: false,
  reveal: false,
} as const;

/** The parts in the order in which a person wants them. */
const parts: Readonly<Record<string, Part>> = {
  status: part(status, statusFlags, []),
  doctor: part(doctor, { releaseWatchdog: false }, []),
  hfsts: part(hfsts, { firmware: undefined, all: false }, [[]]),
  devices: part(devices, {}, []),
  clients: part(clients, { probe: false, force: false }, []),
  versions: {
    read: async () => versionOutput(await currentRuntime()),
    text: (value) => renderVersion(value as VersionOutput),
  },
};

/** The parts of this machine's bundle. */
export function partSources(context: Context): PartSource[] {
  return Object.entries(parts).map(([name, { read }]) => ({ name, read: (signal) => read(within(context, signal)) }));
}

/**
 * A part of a bundle for a person, with its own warnings and what was unavailable; JSON when it is none that this
 * version knows, or not as it writes it.
 */
export function partText(name: string, value: object, terminal: Terminal): string {
  const known = Object.hasOwn(parts, name) ? parts[name] : undefined;
  try {
    const part = bounded(value) as object;
    const text = known?.text(part, terminal);
    if (typeof text === "string") return [text, ...remarkLines(part, terminal)].join("\n");
  } catch {
    // The value is from elsewhere, so it may have any form.
  }
  return JSON.stringify(value, undefined, 2);
}

/** Throws when they are of another form. */
function remarkLines(part: Answer, terminal: Terminal): string[] {
  return remarks(part).map(({ style, label, text }) => `${terminal.style(style, `${label}:`)} ${printableLine(text)}`);
}

/** A command as a part, called with these flags and words. */
function part<F extends FlagSet, A extends ArgumentList, Output extends object>(
  command: Command<F, A, Output>,
  flags: FlagValues<F>,
  values: ArgumentValues<A>,
): Part {
  return {
    read: (context) => command.run(context, flags, values),
    text: (value, terminal) => command.render(value as Output, terminal, flags),
  };
}

/** The same surroundings with another signal; what they give when asked is not asked for here. */
function within(context: Context, signal: AbortSignal): Context {
  return Object.create(context, { signal: { value: signal } });
}

const LONGEST_TEXT = 4096;
const LONGEST_LIST = 1000;

/** Tables align to their longest cell, so what comes from elsewhere is cut before it fills the memory. */
function bounded(value: unknown): unknown {
  if (typeof value === "string") return value.slice(0, LONGEST_TEXT);
  if (Array.isArray(value)) return value.slice(0, LONGEST_LIST).map(bounded);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).slice(0, LONGEST_LIST).map(([name, each]) => [name, bounded(each)]));
}
