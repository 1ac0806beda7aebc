/**
 * Builds every form of the program: `build.ts [--out DIR] [--no-xz] [FORM…]`, FORM one of bundle, bun, bun-musl, deno;
 * all of them when none is named, into dist/. The bundle is made each time, since the others are made of it. A form
 * that cannot be made on this machine is named with the reason, and is a failure if it was asked for by name.
 */

import { mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { compileForBun, compileForMusl } from "./build_bun.ts";
import { bundle } from "./build_bundle.ts";
import { compileForDeno } from "./build_deno.ts";
import { describeFile, printReport } from "./build_report.ts";
import { NotMade, plainLine } from "./build_run.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const files = {
  bundle: "amtctl.mjs",
  bun: "amtctl-bun-linux-x64",
  "bun-musl": "amtctl-bun-linux-x64-musl",
  deno: "amtctl-deno-linux-x64",
} as const;
type Form = keyof typeof files;
type CompiledForm = Exclude<Form, "bundle">;
const compiledForms: readonly CompiledForm[] = ["bun", "bun-musl", "deno"];

const { out, named, withXz } = options(Deno.args);
try {
  Deno.exit(await make());
} catch (error) {
  console.error(`build: ${out}: ${plainLine(error)}`);
  Deno.exit(1);
}

/** Each file is made in a folder beside its place and moved there whole. */
async function make(): Promise<number> {
  const sums = join(out, "SHA256SUMS");
  mkdirSync(out, { recursive: true });
  rmSync(sums, { force: true });
  const scratch = mkdtempSync(join(out, ".making-"));
  const notes: string[] = [];
  let missing = 0;
  try {
    await bundle(root, join(scratch, files.bundle), await commit());
    renameSync(join(scratch, files.bundle), join(out, files.bundle));
    for (const form of named.length > 0 ? named : compiledForms) {
      if (form === "bundle") continue;
      try {
        const note = await compile(form, scratch);
        renameSync(join(scratch, files[form]), join(out, files[form]));
        if (note !== undefined) notes.push(`${files[form]} was not run: ${note}`);
      } catch (error) {
        if (!(error instanceof NotMade)) throw error;
        rmSync(join(out, files[form]), { force: true });
        notes.push(`${files[form]} was not made: ${error.message}`);
        if (named.length > 0) missing += 1;
      }
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  const made = Object.values(files).map((name) => describeFile(join(out, name), withXz));
  printReport(sums, made.filter((file) => file !== undefined), notes);
  return missing > 0 ? 1 : 0;
}

/** Answers why the result was not run, if it was not. */
async function compile(form: CompiledForm, scratch: string): Promise<string | undefined> {
  const script = join(out, files.bundle);
  const outfile = join(scratch, files[form]);
  if (form === "bun") return await compileForBun(root, script, outfile);
  if (form === "bun-musl") return await compileForMusl(root, script, outfile);
  return await compileForDeno(script, outfile);
}

async function commit(): Promise<string | undefined> {
  const git = async (...args: string[]) => {
    const command = new Deno.Command("git", { args: ["-C", root, ...args], env: { GIT_OPTIONAL_LOCKS: "0" } });
    const { success, stdout } = await command.output();
    return success ? new TextDecoder().decode(stdout).trim() : undefined;
  };
  const hash = await git("rev-parse", "--short=12", "HEAD").catch(() => undefined);
  if (hash === undefined) return undefined;
  const changed = await git("status", "--porcelain", "--untracked-files=no");
  return changed === "" ? hash : `${hash}-dirty`;
}

function options(args: readonly string[]): { out: string; named: Form[]; withXz: boolean } {
  const words = [...args];
  let out = join(root, "dist");
  const at = words.indexOf("--out");
  if (at >= 0) out = resolve(words.splice(at, 2)[1] ?? usage("--out"));
  const withXz = !words.includes("--no-xz");
  const named = words.filter((word) => word !== "--no-xz");
  for (const word of named) if (!(word in files)) usage(word);
  return { out, named: named as Form[], withXz };
}

function usage(word: string): never {
  console.error(`build: ${word} is not understood: [--out DIR] [--no-xz] [${Object.keys(files).join("|")}…]`);
  Deno.exit(2);
}
