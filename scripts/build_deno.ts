import { answers, compiler, NotMade, plainLine } from "./build_run.ts";

/**
 * Makes the executable of Deno and runs it once. Deno takes the runtime for it, denort, from DENORT_BIN or downloads
 * it. `-A`, since /sys needs every permission and FFI alone gets around the others; no code cache, since that is read
 * from a foreseeable path below /tmp, whoever owns it.
 */
export async function compileForDeno(script: string, outfile: string): Promise<undefined> {
  const flags = "--no-config --no-npm --no-remote --no-lock --no-check --no-prompt --no-code-cache -A".split(" ");
  try {
    await compiler([Deno.execPath(), "compile", ...flags, "--output", outfile, script], outfile);
  } catch (error) {
    if (/denort|dl\.deno\.land|base binary/.test(String(error))) {
      throw new NotMade(`denort is neither in DENORT_BIN nor can it be downloaded (${plainLine(error)})`);
    }
    throw error;
  }
  if (await answers(outfile)) return;
  const denort = Deno.env.get("DENORT_BIN");
  if (denort === undefined) throw new Error("the executable that Deno made does not answer --version");
  throw new NotMade(`it was compiled and does not run; is ${denort} a denort?`);
}
