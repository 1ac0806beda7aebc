import type { ExitCode } from "../core/errors/mod.ts";
import type { Missing } from "../services/missing.ts";
import type { ArgumentList, ArgumentValues, FlagSet, FlagValues } from "./flags.ts";
import type { Machine } from "./machine.ts";

/** All that a command may touch. It prints nothing: it returns a value, or yields events. */
export interface Context {
  /**
   * Aborts on Ctrl-C and when `--timeout` is over, with the `AmtError` to end with as its reason. Both are listened
   * for from the first time this is read, so whatever waits takes it.
   */
  readonly signal: AbortSignal;
  readonly notes: Notes;
  /** Bytes from standard input, for commands that carry bytes. */
  readonly input: ReadableStream<Uint8Array>;
  /** Bytes to standard output, for the same; such a command renders nothing. */
  readonly output: WritableStream<Uint8Array>;
  /** The machine that `--device` names, opened at the first call. */
  machine(): Promise<Machine>;
  /** A variable of the environment. */
  env(name: string): string | undefined;
  /**
   * Asks the person at the terminal, with `question` in front, without showing the answer. Rejects with `usage` where
   * there is no terminal, with `cancelled` when nothing is answered, and for the signal.
   */
  askSecret(question: string): Promise<string>;
  /** Work that the program waits for a little before it ends, even when it is interrupted: nothing is left half done. */
  finish(work: Promise<unknown>): void;
}

/** What goes to standard error beside the answer; but for warnings it is left out with `--json`. */
export interface Notes {
  /** A line for `-v` (decisions), `-vv` (requests) or `-vvv` (bytes). */
  detail(level: 1 | 2 | 3, text: string): void;
  /** Replaces the line before it; shown on a terminal only. */
  progress(text: string): void;
  /** What to beware of that no answer and no event carries: with JSON an object of its own line. */
  warning(text: string): void;
}

/** Style names for a capable terminal; without colour the text comes back as it was. */
export interface Terminal {
  style(name: "bold" | "red" | "yellow" | "green", text: string): string;
}

/** What answers about a machine have, beside their own fields. */
export interface Answer {
  readonly unavailable?: readonly Missing[];
  readonly warnings?: readonly string[];
}

interface Declaration<F extends FlagSet, A extends ArgumentList> {
  /** One line. */
  readonly brief: string;
  /** More, for `--help`. */
  readonly description?: string;
  readonly flags: F;
  readonly arguments: A;
  /** Whole command lines. */
  readonly examples: readonly string[];
}

/** A command with one answer. */
export interface Command<F extends FlagSet, A extends ArgumentList, Output extends object> extends Declaration<F, A> {
  run(context: Context, flags: FlagValues<F>, values: ArgumentValues<A>): Promise<Output>;
  /** What JSON shows in place of the answer, where flags ask for a part of it or for another form. */
  shown?(output: Output, flags: FlagValues<F>): unknown;
  /**
   * For people; an empty text prints nothing, and bytes go out as they are. `unavailable` and `warnings` are printed
   * for every command alike.
   */
  render(output: Output, terminal: Terminal, flags: FlagValues<F>): string | Uint8Array;
  /** For commands that take their time when asked to; 30 s otherwise. In ms. */
  timeLimit?(flags: FlagValues<F>): number;
  /** For commands whose answer decides it; 0 otherwise. */
  exitCode?(output: Output): ExitCode;
}

/** A command that goes on: a line, or a line of JSON, for each event. No `--timeout` unless one is given. */
export interface StreamCommand<F extends FlagSet, A extends ArgumentList, Event extends object>
  extends Declaration<F, A> {
  stream(context: Context, flags: FlagValues<F>, values: ArgumentValues<A>): AsyncIterable<Event>;
  renderEvent(event: Event, terminal: Terminal): string;
}

export type AnyCommand = Command<FlagSet, ArgumentList, object> | StreamCommand<FlagSet, ArgumentList, object>;

/** Declares a command; it gives the flags and arguments their types. */
export function command<const F extends FlagSet, const A extends ArgumentList, Output extends object>(
  declaration: Command<F, A, Output>,
): Command<F, A, Output> {
  return declaration;
}

/** Declares a command that yields events. */
export function streamCommand<const F extends FlagSet, const A extends ArgumentList, Event extends object>(
  declaration: StreamCommand<F, A, Event>,
): StreamCommand<F, A, Event> {
  return declaration;
}

/** A command that is loaded when it is called, or a group of them. */
export type CommandEntry = (() => Promise<{ readonly default: AnyCommand }>) | CommandGroup;

export interface CommandGroup {
  readonly brief: string;
  readonly commands: Readonly<Record<string, CommandEntry>>;
  /** Other names for its commands. */
  readonly aliases?: Readonly<Record<string, string>>;
}
