/** The only escape sequences that this program writes: reset, bold, red, green, yellow. */
// deno-lint-ignore no-control-regex
const OWN_STYLES = /^\x1b\[(?:0|1|31|32|33)m$/;

/**
 * Text that cannot move a cursor, change a terminal or hide: all but printable ASCII and line ends is written as an
 * escape such as `\x1b`. Names from firmware and sysfs pass through here. With `styles` our own colours stay.
 */
export function printable(text: string, styles = false): string {
  return text.replace(
    // deno-lint-ignore no-control-regex
    /\x1b\[\d\d?m|[^\n\x20-\x7e]/gu,
    (found) => styles && OWN_STYLES.test(found) ? found : escaped(found[0] === "\x1b" ? "\x1b" : found) + rest(found),
  );
}

/** As {@link printable}, for text that stays on one line. */
export function printableLine(text: string): string {
  return printable(text).replaceAll("\n", "\\n");
}

/** JSON of the value in ASCII, so that it survives any terminal and any encoding. */
export function asciiJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(/[\x7f-\uffff]/g, (unit) => `\\u${hex(unit, 4)}`);
}

function escaped(character: string): string {
  const code = character.codePointAt(0)!;
  if (character === "\t") return "\\t";
  if (character === "\r") return "\\r";
  if (code <= 0xff) return `\\x${hex(character, 2)}`;
  return code <= 0xffff ? `\\u${hex(character, 4)}` : `\\u{${hex(character, 5)}}`;
}

/** What follows the first character of an escape sequence. */
function rest(found: string): string {
  return found[0] === "\x1b" ? found.slice(1) : "";
}

function hex(character: string, digits: number): string {
  return character.codePointAt(0)!.toString(16).padStart(digits, "0");
}
