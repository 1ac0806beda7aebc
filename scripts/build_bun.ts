import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { answers, compiler, NotMade, plainLine } from "./build_run.ts";

/**
 * Variables by which the environment of a compiled executable makes Bun 1.4.5 run other code: options such as
 * `--preload`, the plain runtime instead of the program, and the debugger, which may evaluate anything.
 */
const foreignCode = ["BUN_OPTIONS", "BUN_BE_BUN", "BUN_INSPECT", "BUN_INSPECT_CONNECT_TO", "BUN_INSPECT_PRELOAD"];
const muslLoader = "/lib/ld-musl-x86_64.so.1";
const muslPackage = "@oven/bun-linux-x64-musl";

/** Makes the executable for glibc and runs it once. Never to be stripped: that takes the program out of it. */
export async function compileForBun(root: string, script: string, outfile: string): Promise<undefined> {
  await compile(root, join(root, "node_modules/bun/bin/bun.exe"), { script, outfile, target: "bun-linux-x64" });
  if (!await answers(outfile)) throw new Error("the executable that Bun made does not answer --version");
}

/** Makes the executable for musl; answers why it was not run where musl is not. */
export async function compileForMusl(root: string, script: string, outfile: string): Promise<string | undefined> {
  await compile(root, await muslBun(root), { script, outfile, target: "bun-linux-x64-musl" });
  if (!existsSync(muslLoader)) return `this machine has no ${muslLoader}`;
  if (!await answers(outfile)) throw new Error("the executable that Bun made for musl does not answer --version");
}

async function compile(root: string, base: string, to: { script: string; outfile: string; target: string }) {
  const deaf = `${to.outfile}.runtime`;
  writeFileSync(deaf, withoutForeignCode(readFileSync(base)), { mode: 0o755 });
  try {
    await compiler([
      join(root, "node_modules/bun/bin/bun.exe"),
      "build",
      "--compile",
      `--target=${to.target}`,
      `--compile-executable-path=${deaf}`,
      "--bytecode",
      "--format=esm",
      "--minify",
      "--no-compile-autoload-bunfig",
      "--no-compile-autoload-dotenv",
      `--outfile=${to.outfile}`,
      to.script,
    ], to.outfile);
  } finally {
    rmSync(deaf, { force: true });
  }
}

/**
 * The runtime with the names of those variables emptied: `getenv("")` finds nothing, in glibc and in musl. No option of
 * Bun's turns them off, and a program that runs is too late, since a preload comes before it.
 */
function withoutForeignCode(runtime: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(runtime.buffer, runtime.byteOffset, runtime.length);
  for (const name of foreignCode) {
    const string = `\0${name}\0`;
    const at = bytes.indexOf(string);
    if (at < 0 || bytes.indexOf(string, at + 1) >= 0) throw new Error(`${name} does not stand in this Bun once`);
    bytes[at + 1] = 0;
  }
  return runtime;
}

/**
 * Bun for musl in build/, fetched when it is not there. npm does not install it on a machine with glibc, but the lock
 * file has its version and its hash.
 */
async function muslBun(root: string): Promise<string> {
  const folder = join(root, "build/bun-musl");
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const { version, integrity } = packages[`node_modules/${muslPackage}`];
  const program = join(folder, `bun-${version}`);
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const archive = join(folder, `oven-bun-linux-x64-musl-${version}.tgz`);
  try {
    await compiler(["npm", "pack", `${muslPackage}@${version}`, "--pack-destination", folder], archive);
  } catch (error) {
    throw new NotMade(`${muslPackage} ${version} cannot be fetched (${plainLine(error)})`);
  }
  try {
    const hash = createHash("sha512").update(readFileSync(archive)).digest("base64");
    if (`sha512-${hash}` !== integrity) throw new Error(`${muslPackage} ${version} has not the hash of the lock file`);
    await compiler(["tar", "-xzf", archive, "--strip-components=2", "package/bin/bun"], join(folder, "bun"));
    renameSync(join(folder, "bun"), program);
  } finally {
    rmSync(archive, { force: true });
  }
  return program;
}
