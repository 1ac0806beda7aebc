import { unlessAborted } from "../core/delay.ts";
import { AmtError } from "../core/errors/mod.ts";
import type { Context } from "./command.ts";
import { errnoOf, fileError } from "./file_error.ts";

/** Where a password may come from, as flags name it. */
export interface PasswordFlags {
  readonly passwordFile: string | undefined;
  readonly passwordFd: number | undefined;
}

export interface PasswordOptions {
  /** What the environment has is for another user. */
  readonly isOwn?: boolean;
  /** The command itself reads standard input. */
  readonly readsInput: boolean;
  /** Told what to beware of. */
  warn(text: string): void;
}

/** For hints: every way there is to give one. */
export const PASSWORD_WAYS =
  "Give it by --password-file FILE, by --password-fd N, in AMTCTL_PASSWORD, or at a prompt on a terminal";

/** AMT takes 32 characters; who has more has given the wrong file. */
const LONGEST = 256;
const LINE_END = 0x0a;
const VARIABLES = ["AMTCTL_PASSWORD", "AMT_PASSWORD"] as const;

/**
 * What reads the password, from the first of these that is given: `--password-file`, `--password-fd`, AMTCTL_PASSWORD,
 * AMT_PASSWORD (which whoever runs programs as this user can see in /proc); `undefined` when none is. It rejects with
 * `usage` for what is no password, without telling it; as `fileError` says; and for the signal. Throws `usage` when the
 * command reads standard input too.
 */
export function givenPassword(
  context: Pick<Context, "signal" | "env" | "input">,
  { passwordFile, passwordFd }: PasswordFlags,
  { readsInput, isOwn = false, warn }: PasswordOptions,
): (() => Promise<string>) | undefined {
  if (passwordFile === "-" || (passwordFile === undefined && passwordFd === 0)) {
    if (readsInput) {
      throw new AmtError("usage", "standard input is what the command itself reads", { hint: PASSWORD_WAYS });
    }
    return async () => passwordOf(await firstLineOfInput(context), "standard input");
  }
  if (passwordFile !== undefined) {
    return async () =>
      passwordOf(await firstLineOfFile(passwordFile, passwordFile, context.signal, warn), passwordFile);
  }
  if (passwordFd !== undefined) {
    const name = `descriptor ${passwordFd}`;
    const path = `/proc/self/fd/${passwordFd}`;
    return async () => passwordOf(await firstLineOfFile(path, name, context.signal, () => {}), name);
  }
  for (const name of isOwn ? [] : VARIABLES) {
    const value = context.env(name);
    if (value !== undefined && value !== "") return () => Promise.resolve(checkPassword(value, name));
  }
  return undefined;
}

/** The error for a password that is written on the command line. */
export function passwordOnCommandLine(): AmtError {
  return new AmtError("usage", "a password on the command line is seen by every user of this machine", {
    hint: PASSWORD_WAYS,
  });
}

/** The text itself when it can be a password. Throws `usage`, which names `source` and never the text. */
export function checkPassword(text: string, source: string): string {
  const problem = text === ""
    ? "is empty"
    : /\p{Cc}/u.test(text)
    ? "has a control character"
    : text.length > LONGEST
    ? `has more than ${LONGEST} characters`
    : undefined;
  if (problem === undefined) return text;
  throw new AmtError("usage", `the password from ${source} ${problem}`, { hint: "It is one line of text in UTF-8" });
}

/** A line of UTF-8, without its end, as {@link checkPassword} checks it. */
export function passwordOf(line: Uint8Array, source: string): string {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(line);
  } catch {
    // The error itself might show bytes of it.
    throw new AmtError("usage", `the password from ${source} is not in UTF-8`);
  }
  return checkPassword(text.replace(/\r$/, ""), source);
}

async function firstLineOfInput({ input, signal }: Pick<Context, "signal" | "input">): Promise<Uint8Array> {
  const reader = input.getReader();
  try {
    return await firstLine(async () => (await unlessAborted(reader.read(), signal, "standard input", () => {})).value);
  } catch (cause) {
    if (cause instanceof AmtError) throw cause;
    throw new AmtError("io.read", `standard input: ${(cause as Error).message}`, { cause });
  } finally {
    // Not awaited: what waits for a line that never comes may not end.
    reader.cancel().catch(() => {});
  }
}

async function firstLineOfFile(
  path: string,
  name: string,
  signal: AbortSignal,
  warn: (text: string) => void,
): Promise<Uint8Array> {
  const files = await import("node:fs/promises");
  const reading = (async () => {
    const file = await files.open(path, "r");
    try {
      const stat = await file.stat();
      if (stat.isFile() && (stat.mode & 0o044) !== 0) {
        warn(`${name}: others may read the password in it; take their right away: chmod 600`);
      }
      return await firstLine(async () => {
        const { buffer, bytesRead } = await file.read(new Uint8Array(LONGEST), 0, LONGEST);
        return bytesRead === 0 ? undefined : buffer.subarray(0, bytesRead);
      });
    } finally {
      await file.close();
    }
  })();
  try {
    // What a pipe has to say may never come; the read itself cannot be ended.
    return await unlessAborted(reading, signal, name, () => void reading.catch(() => {}));
  } catch (cause) {
    if (cause instanceof AmtError) throw cause;
    if (path !== name && errnoOf(cause) === "ENOENT") {
      throw new AmtError("usage", `${name} is not open`, {
        cause,
        hint: `Open it in the shell: ${name.split(" ")[1]}<FILE`,
      });
    }
    throw fileError("read", name, cause);
  }
}

/** Bytes up to the first line end, or to the end; of a line that is too long, more than a password has. */
async function firstLine(next: () => Promise<Uint8Array | undefined>): Promise<Uint8Array> {
  const bytes: number[] = [];
  while (bytes.length <= 4 * LONGEST) {
    const chunk = await next();
    const end = chunk?.indexOf(LINE_END) ?? 0;
    bytes.push(...(chunk ?? []).slice(0, end < 0 ? 4 * LONGEST + 1 : end));
    if (end >= 0) break;
  }
  return Uint8Array.from(bytes);
}
