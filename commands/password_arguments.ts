import { AmtError } from "../core/errors/mod.ts";

const LONGEST_USER = 128;

/** A user's name for a digest. Throws `usage`. */
export function parseUser(text: string): string {
  if (/^[^\p{Cc}:]+$/u.test(text) && text.length <= LONGEST_USER) return text;
  throw new AmtError("usage", "it is no user's name", {
    hint: `Give 1 to ${LONGEST_USER} characters, without a colon and control characters`,
  });
}

/** The number of an open descriptor to read from. Throws `usage`. */
export function parseDescriptor(text: string): number {
  if (/^\d{1,7}$/.test(text) && text !== "1" && text !== "2") return Number(text);
  throw new AmtError("usage", `"${text}" is no descriptor to read from`, {
    hint: "Open one in the shell: amtctl ... --password-fd 3 3<FILE",
  });
}
