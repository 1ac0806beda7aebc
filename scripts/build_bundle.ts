import { build, stop } from "esbuild";

/**
 * Bundles the program to one module that runs on Deno, Bun and Node alike. `commit` is what `--version` says it was
 * built from. Rejects when a source cannot be bundled or `outfile` cannot be written.
 */
export async function bundle(root: string, outfile: string, commit: string | undefined): Promise<void> {
  try {
    await build({
      absWorkingDir: root,
      entryPoints: ["commands/main.ts"],
      outfile,
      bundle: true,
      minify: true,
      format: "esm",
      platform: "neutral",
      mainFields: ["module", "main"],
      target: "es2023",
      external: ["bun:ffi", "node:*"],
      legalComments: "none",
      define: commit === undefined ? {} : { AMTCTL_COMMIT: JSON.stringify(commit) },
      logLevel: "silent",
    });
  } finally {
    await stop();
  }
}
