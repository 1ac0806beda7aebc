import type { Runtime } from "./context.ts";
import type { VersionOutput } from "./version.schema.ts";

/** The version of amtctl; the same as in package.json. */
export const VERSION = "0.1.0";

/** Put in by the bundler. */
declare const AMTCTL_COMMIT: string | undefined;

/** What runs here: version, commit when it was built from one, runtime and platform. */
export function versionOutput(runtime: Runtime): VersionOutput {
  return {
    name: "amtctl",
    version: VERSION,
    commit: typeof AMTCTL_COMMIT === "string" ? AMTCTL_COMMIT : null,
    runtime: { name: runtime.name, version: runtime.version },
    platform: { ...runtime.platform },
  };
}

/** One line for people. */
export function renderVersion(output: VersionOutput): string {
  const { name, version, commit, runtime, platform } = output;
  const build = commit === null ? "" : ` (${commit})`;
  return `${name} ${version}${build}, ${runtime.name} ${runtime.version}, ${platform.os} ${platform.arch}`;
}
