import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundle } from "./build_bundle.ts";
import { compiler } from "./build_run.ts";

export const formNames = ["deno bundle", "bun bundle", "bun executable"] as const;

/** One way to run the program, and an empty one in the same way; both are the first words of a command line. */
export interface Form {
  readonly name: typeof formNames[number];
  readonly program: readonly string[];
  readonly empty: readonly string[];
}

/** Builds the program and an empty one into `folder`. Rejects with what a compiler printed. */
export async function makeForms(root: string, folder: string): Promise<Form[]> {
  const deno = [join(root, "node_modules/deno/deno"), "run", "-A", "--quiet"];
  const bun = join(root, "node_modules/bun/bin/bun.exe");
  const program = join(folder, "program.mjs");
  const empty = join(folder, "empty.mjs");
  await bundle(root, program, undefined);
  writeFileSync(empty, "export {};\n");
  return [
    { name: "deno bundle", program: [...deno, program], empty: [...deno, empty] },
    { name: "bun bundle", program: [bun, program], empty: [bun, empty] },
    {
      name: "bun executable",
      program: [await executable(bun, program, join(folder, "program"))],
      empty: [await executable(bun, empty, join(folder, "empty"))],
    },
  ];
}

async function executable(bun: string, script: string, outfile: string): Promise<string> {
  const options = ["--no-compile-autoload-bunfig", "--no-compile-autoload-dotenv", `--outfile=${outfile}`];
  await compiler([bun, "build", "--compile", "--bytecode", "--format=esm", "--minify", ...options, script], outfile);
  return outfile;
}
