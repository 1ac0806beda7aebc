import { build } from "esbuild";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { oneModule } from "../../../scripts/build_bundle.ts";

const repository = fileURLToPath(new URL("../../..", import.meta.url));
const folder = "build/kernel-rig";

/**
 * Bundles a program of this repository to one file that Bun and Deno run in the guest, and answers its path there.
 * `entry` is relative to the root. To be called before the guest is booted, since it keeps what it has seen of a folder.
 */
export async function bundle(entry: string, name: string): Promise<string> {
  await mkdir(join(repository, folder), { recursive: true });
  const made = await mkdtemp(join(repository, folder, "bundle-"));
  try {
    await build({
      absWorkingDir: repository,
      entryPoints: [entry],
      outfile: join(made, name),
      ...oneModule,
      logLevel: "warning",
    });
    // Whole or not at all: test files run side by side and bundle the same program.
    await rename(join(made, name), join(repository, folder, name));
  } finally {
    await rm(made, { recursive: true, force: true });
  }
  return `/repo/${folder}/${name}`;
}

/** The program itself, as it runs in the guest. */
export function bundleProgram(): Promise<string> {
  return bundle("commands/main.ts", "amtctl.mjs");
}
