import { spawn } from "node:child_process";

const root = new URL("../..", import.meta.url).pathname;
/** The deno of this repository. */
export const deno = `${root}node_modules/deno/deno`;
const bun = `${root}node_modules/bun/bin/bun.exe`;

/** What build_forms.ts makes before the first test. */
export const bundle = `${root}build/forms/amtctl.mjs`;
export const bunExecutable = `${root}build/forms/amtctl-bun-linux-x64`;

/** A way to run the program. */
export interface Form {
  readonly name: string;
  readonly program: readonly string[];
}

/** A form whose runtime runs other scripts too. */
export interface ScriptForm extends Form {
  /** The runtime and its own arguments, before the script. */
  readonly runtime: readonly string[];
}

/** The program from its sources. */
export const sourceForms: readonly ScriptForm[] = [
  { name: "Deno", runtime: [deno, "run", "-A"], program: [deno, "run", "-A", `${root}commands/main.ts`] },
  { name: "Bun", runtime: [bun], program: [bun, `${root}commands/main.ts`] },
];

/** Every form of the program that end-to-end tests run. */
export const forms: readonly Form[] = [
  ...sourceForms,
  { name: "Deno from the bundle", program: [deno, "run", "-A", bundle] },
  { name: "the Bun executable", program: [bunExecutable] },
];

/** A script of this folder. */
export function script(name: string): string {
  return `${root}tests/e2e/${name}`;
}

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Uint8Array;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** `open` is an input on which nothing comes and that does not end. */
  readonly input?: string | Uint8Array | { readonly open: true };
  /** Called with all of stderr so far, whenever more of it comes. */
  onError?(text: string, kill: (signal: NodeJS.Signals) => void): void;
}

/** Runs a process to its end, with nothing of the tests' own environment but where programs and homes are. */
export function run(command: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const { PATH = "", HOME = "/root" } = process.env;
  const child = spawn(command[0]!, command.slice(1), { env: { PATH, HOME, ...options.env }, cwd: root });
  const out: Uint8Array[] = [];
  let err = "";
  child.stdout.on("data", (chunk: Uint8Array) => out.push(chunk));
  child.stderr.on("data", (chunk: Uint8Array) => {
    err += new TextDecoder().decode(chunk);
    options.onError?.(err, (signal) => child.kill(signal));
  });
  // A child that never reads its input closes it early.
  child.stdin.on("error", () => {});
  const { input = "" } = options;
  if (typeof input === "string" || input instanceof Uint8Array) child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const stdout = Buffer.concat(out);
      resolve({ code, signal, stdout, out: new TextDecoder().decode(stdout), err });
    });
  });
}

/** Runs a line of sh in which `$PROGRAM` is the program, and `$RUNTIME` what runs scripts. */
export function shell(form: Form | ScriptForm, line: string, options: RunOptions = {}): Promise<Finished> {
  const runtime = "runtime" in form ? { RUNTIME: form.runtime.join(" ") } : {};
  const env = { PROGRAM: form.program.join(" "), ...runtime, ...options.env };
  return run(["sh", "-c", line], { ...options, env });
}
