/** `WDIOF_` bits of linux/watchdog.h. */
const names = new Map([
  [0x0001, "overheat"],
  [0x0002, "fanFault"],
  [0x0004, "extern1"],
  [0x0008, "extern2"],
  [0x0010, "powerUnder"],
  [0x0020, "cardReset"],
  [0x0040, "powerOver"],
  [0x0080, "setTimeout"],
  [0x0100, "magicClose"],
  [0x0200, "preTimeout"],
  [0x0400, "alarmOnly"],
  [0x8000, "keepAlivePing"],
]);

/** The names of the bits that are set, lowest first; one without a name as `0x800`. */
export function watchdogFlags(bits: number): string[] {
  return Array.from({ length: 32 }, (_, i) => 2 ** i)
    .filter((bit) => Math.floor(bits / bit) % 2 === 1)
    .map((bit) => names.get(bit) ?? `0x${bit.toString(16)}`);
}
