/** A register's value as a person writes it. */
export interface RegisterWord {
  /** 1 to 6, where it was named. */
  readonly register: number | undefined;
  readonly word: number;
}

/**
 * Reads `0x94000245`, `94000245`, `HFSTS3=0x30` or `3:0x30`; `undefined` for anything else. Without `0x` a word has all
 * of its eight digits, so that what was cut off is not taken for a whole one.
 */
export function parseRegisterWord(text: string): RegisterWord | undefined {
  const match = /^(?:(?:HFSTS)?([1-6])[=:])?(?:0x([0-9a-f]{1,8})|([0-9a-f]{8}))$/i.exec(text);
  if (match === null) return undefined;
  const [, register, short, whole] = match;
  return { register: register === undefined ? undefined : Number(register), word: parseInt((short ?? whole)!, 16) };
}

/** The word with eight digits, as sysfs `fw_status` prints it. */
export function registerWordText(word: number): string {
  return word.toString(16).toUpperCase().padStart(8, "0");
}
