import { existsSync } from "node:fs";
import { dirname } from "node:path";

/** A form that this machine cannot make; the message says what it lacks. */
export class NotMade extends Error {}

/** Runs a compiler to its end. Throws with all it printed when there is no result; it may end with 0 all the same. */
export async function compiler(command: readonly string[], outfile: string): Promise<void> {
  const [program, ...args] = command;
  // Bun leaves the file that it could not rename in the working folder.
  const options = { args, env: { NO_COLOR: "1" }, cwd: dirname(outfile) };
  const { success, stdout, stderr } = await new Deno.Command(program!, options).output();
  if (success && existsSync(outfile)) return;
  throw new Error(new TextDecoder().decode(stderr) + new TextDecoder().decode(stdout));
}

/** Runs what was made. Answers whether it says that it is this program. */
export async function answers(program: string): Promise<boolean> {
  try {
    const args = ["--version", "--json"];
    const { stdout } = await new Deno.Command(program, { args, stdin: "null", clearEnv: true }).output();
    return JSON.parse(new TextDecoder().decode(stdout)).name === "amtctl";
  } catch {
    return false;
  }
}

/** The line of an error, or of what a compiler printed, that says most; without a stack. */
export function plainLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const trimmed = text.split("\n").map((line) => line.trim().replace(/^.*\berror:\s*/i, ""));
  const lines = trimmed.filter((line) => line !== "");
  const telling = [/no space|NoSpaceLeft|read-only|denied|E[A-Z]{3,}\b/, /error|fail/i];
  const line = telling.map((pattern) => lines.find((each) => pattern.test(each))).find((each) => each !== undefined);
  return line ?? lines[0] ?? "no reason was told";
}
