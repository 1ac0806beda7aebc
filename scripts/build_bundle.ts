import { build, type BuildOptions, stop } from "esbuild";

/** What makes one module of many that runs on Deno, Bun and Node alike: the runtime's own modules stay outside. */
export const oneModule = {
  bundle: true,
  format: "esm",
  platform: "neutral",
  mainFields: ["module", "main"],
  target: "es2023",
  external: ["bun:ffi", "node:*"],
  alias: { crypto: new URL("node_crypto.cjs", import.meta.url).pathname },
} as const satisfies BuildOptions;

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
      ...oneModule,
      minify: true,
      legalComments: "none",
      define: commit === undefined ? {} : { AMTCTL_COMMIT: JSON.stringify(commit) },
      logLevel: "silent",
    });
  } finally {
    await stop();
  }
}
