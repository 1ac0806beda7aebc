/** Lower-case hex digits, two a byte, without separators. */
export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

/** Where a text stops being hex. */
export class HexError extends Error {
  override readonly name = "HexError";
  /** Index of the character, from 0. */
  readonly position: number;

  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}

/** The bytes of hex digits; white space, `:` and `-` between bytes are passed over. Throws {@link HexError}. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  let high: number | undefined;
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    const digit = "0123456789abcdef".indexOf(character.toLowerCase());
    if (digit < 0) {
      if (high === undefined && /[\s:-]/.test(character)) continue;
      throw new HexError(`"${character}" is not a hex digit`, i);
    }
    if (high === undefined) {
      high = digit;
    } else {
      bytes.push(high * 16 + digit);
      high = undefined;
    }
  }
  if (high !== undefined) throw new HexError("the last byte has one digit", text.length);
  return Uint8Array.from(bytes);
}
