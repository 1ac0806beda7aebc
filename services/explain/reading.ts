/** Kinds of codes; each is a prefix that narrows a code to it. */
export const kinds = ["status", "hfsts", "mkhi", "apf", "errno", "exit", "error", "pt", "cim"] as const;
export type Kind = (typeof kinds)[number];

/** One meaning of a code. */
export interface Reading {
  kind: Kind;
  /** The code as its kind writes it: `0x814`, `HFSTS1:90000245`, `16`. */
  code: string;
  /** A name that programs use, such as `NOT_FOUND`; `null` where there is none. */
  name: string | null;
  /** For a person; no full stop. */
  text: string;
  /** What to do, where more is known. */
  advice: string | null;
}

/** A number that was written down, or a name. */
export interface Code {
  readonly text: string;
  /** As written: hexadecimal with `0x`, otherwise decimal. */
  readonly number: number | undefined;
  /** The digits taken for hexadecimal. */
  readonly hex: number | undefined;
  /** Whether it was written with `0x`. */
  readonly isHex: boolean;
}

/** Reads a code; a number has at most 32 bits. */
export function codeOf(text: string): Code {
  const isHex = /^0x[0-9a-f]{1,8}$/i.test(text);
  const digits = isHex ? text.slice(2) : text;
  const hex = /^[0-9a-f]{1,8}$/i.test(digits) ? parseInt(digits, 16) : undefined;
  const decimal = /^\d{1,10}$/.test(text) && Number(text) <= 0xffff_ffff ? Number(text) : undefined;
  return { text, number: isHex ? hex : decimal, hex, isHex };
}
