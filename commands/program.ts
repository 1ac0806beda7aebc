import { AmtError } from "../core/errors/mod.ts";
import type { AnyCommand, CommandGroup, Context } from "./command.ts";
import type { Runtime } from "./context.ts";
import { LONGEST_MS } from "./duration.ts";
import { earlyOutputOptions, hasFlag, outputOptions, type Timeout } from "./global_flags.ts";
import { Interruption } from "./interruption.ts";
import type { Machine } from "./machine.ts";
import type { TraceFile } from "./trace_file.ts";
import { Output } from "./output.ts";
import type { Invocation } from "./runner.ts";
import { type Route, route } from "./route.ts";
import { OutputClosed } from "./writer.ts";

/**
 * How long work that must be finished may keep the program from ending: a watchdog is stopped in 1 s, and its node, which
 * the kernel may hold, closed in 2.
 */
const FINISH_MS = 4000;
/** The same, for the end of a stream that has nothing of the kind. */
const STREAM_END_MS = 1000;

/** Runs one command line; the answer is the exit code. Never rejects, and never exits by itself but on a second Ctrl-C. */
export async function program(runtime: Runtime, root: CommandGroup): Promise<number> {
  const output = new Output(runtime, earlyOutputOptions(runtime.args));
  try {
    const way = route(runtime.args, root);
    if (hasFlag(way.rest, "--version")) return await version(runtime, output);
    if (hasFlag(way.rest, "--help", "-h") || wantsOverview(way)) return await help(way, root, output);
    const { parse, unknownCommand } = await import("./runner.ts");
    if (typeof way.entry !== "function") {
      await parse({ flags: {}, arguments: [] }, way.path, way.rest);
      if (way.unknown !== undefined) throw await unknownCommand(way.entry, way.path, way.unknown);
      throw new AmtError("usage", "no command is named", { hint: `See ${["amtctl", ...way.path].join(" ")} --help` });
    }
    const command = (await way.entry()).default;
    const invocation = await parse(command, way.path, way.rest);
    return await execute(command, invocation, runtime);
  } catch (error) {
    return await report(error, output);
  }
}

/** The error is printed before anything that may hang is ended. */
async function execute(
  command: AnyCommand,
  { flags, values, globals }: Invocation,
  runtime: Runtime,
): Promise<number> {
  const output = new Output(runtime, outputOptions(globals));
  const isStream = "stream" in command;
  const limit = globals.timeout ?? (isStream ? undefined : defaultLimit(command.timeLimit?.(flags)));
  const interruption = new Interruption(runtime, { limit, isStream });
  const device = globals.device ?? (runtime.env("AMTCTL_DEVICE") || undefined);
  let trace: TraceFile | undefined;
  const { context, leave, close } = surroundings(runtime, output, interruption, async () => {
    const machine = await open(device, output);
    return trace === undefined ? machine : trace.recorded(machine);
  });
  try {
    if (globals.reveal && globals.trace === undefined && !("reveal" in command.flags)) throw nothingToReveal();
    if (globals.trace !== undefined) {
      const { TraceFile } = await import("./trace_file.ts");
      trace = await TraceFile.open(globals.trace, {
        ...{ device, reveal: globals.reveal },
        onProblem: (problem) => isStream || output.isText ? output.warning(traceWarning(problem)) : undefined,
      });
    }
    if (isStream) {
      for await (const event of interruption.guardEach(command.stream(context, flags, values), leave)) {
        await interruption.print(output.event(event, (terminal) => command.renderEvent(event, terminal)));
      }
      return 0;
    }
    const answer = await interruption.guard(command.run(context, flags, values));
    interruption.disarm();
    const value = output.isText ? answer : warned(answer, trace?.problem, output);
    const shown = command.shown === undefined ? value : command.shown(value, flags);
    await output.answer(value, (terminal) => command.render(value, terminal, flags), shown);
    return command.exitCode?.(value) ?? 0;
  } catch (error) {
    return await report(error, output, interruption);
  } finally {
    const settled = () => interruption.print(output.settled()).catch(() => {});
    await settled();
    interruption.disarm();
    await close();
    await settled();
    trace?.[Symbol.dispose]();
  }
}

function surroundings(
  runtime: Runtime,
  output: Output,
  interruption: Interruption,
  openMachine: () => Promise<Machine>,
) {
  let machine: Promise<Machine> | undefined;
  const unfinished: Promise<unknown>[] = [];
  const context: Context = {
    get signal() {
      return interruption.signal;
    },
    notes: output,
    get input() {
      return runtime.input();
    },
    get output() {
      return new WritableStream<Uint8Array>({ write: (bytes) => output.bytes(bytes) });
    },
    env: (name) => runtime.env(name),
    async askSecret(question) {
      const { askSecret } = await import("./terminal_prompt.ts");
      await output.settled();
      return await askSecret(question, interruption.signal);
    },
    finish(work) {
      unfinished.push(work.catch(() => {}));
      interruption.allow(FINISH_MS);
    },
    machine: () => machine ??= openMachine(),
  };
  const leave = (ending: Promise<unknown>) => void unfinished.push(within(ending, STREAM_END_MS));
  // Not raced against a timer: nothing that is disposed of here waits, and the first timer costs 5 ms on Deno.
  const close = async () => {
    if (unfinished.length > 0) await within(Promise.allSettled(unfinished), FINISH_MS);
    await (await machine?.catch(() => undefined))?.[Symbol.asyncDispose]();
  };
  return { context, leave, close };
}

/** Resolves when it has settled, or has had its time. */
async function within(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => timer = setTimeout(resolve, ms));
  await Promise.race([work.catch(() => {}), late]);
  clearTimeout(timer);
}

function defaultLimit(ms = 30_000): Timeout {
  return { text: `${ms / 1000}s`, ms: ms > LONGEST_MS ? undefined : ms };
}

async function open(device: string | undefined, output: Output): Promise<Machine> {
  const { openMachine } = await import("./machine.ts");
  const machine = await openMachine({ device });
  if (output.verbose === 0) return machine;
  const { tracedMachine } = await import("./trace.ts");
  return tracedMachine(machine, output);
}

/** In JSON an answer that has warnings tells of the trace too; where it has none, standard error does. */
function warned(answer: object, problem: AmtError | undefined, output: Output): object {
  const { warnings } = answer as { warnings?: unknown };
  if (problem === undefined) return answer;
  if (Array.isArray(warnings)) return { ...answer, warnings: [...warnings, traceWarning(problem)] };
  output.warning(traceWarning(problem));
  return answer;
}

function traceWarning({ message }: AmtError): string {
  return `the trace ends early: ${message}`;
}

function nothingToReveal(): AmtError {
  return new AmtError("usage", "--reveal without --trace: this command shows no secrets", {
    hint: "Leave it out, or name a file with --trace",
  });
}

function wantsOverview({ entry, rest, unknown }: Route): boolean {
  return typeof entry !== "function" && unknown === undefined && rest.every((word) => /^--(?:nd)?json$/.test(word));
}

async function version(runtime: Runtime, output: Output): Promise<number> {
  const { renderVersion, versionOutput } = await import("./version.ts");
  const value = versionOutput(runtime);
  await output.answer(value, () => renderVersion(value));
  return 0;
}

async function help({ path, entry, unknown }: Route, root: CommandGroup, output: Output): Promise<number> {
  const { helpFor } = await import("./help_text.ts");
  if (unknown !== undefined && typeof entry !== "function") {
    throw await (await import("./runner.ts")).unknownCommand(entry, path, unknown);
  }
  const value = await helpFor(path, root);
  await output.answer(value, () => value.text);
  return 0;
}

async function report(error: unknown, output: Output, interruption?: Interruption): Promise<number> {
  if (error instanceof OutputClosed) return 0;
  const reported = error instanceof AmtError ? error : unexpected(error);
  const printing = output.error(reported);
  await (interruption?.print(printing).catch(() => {}) ?? printing);
  return reported.exitCode;
}

function unexpected(error: unknown): AmtError {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new AmtError("unexpected", text.split("\n")[0]!, { cause: error });
}
