/** Prime, so that a piece that is lost, doubled or out of order shows wherever it stands. */
const PERIOD = 65_521;
const LONGEST = 1024 * 1024;

let made: Uint8Array | undefined;

/** Bytes `from` to `from + length` of the endless sequence that simulated services send, in pieces; not to be changed. */
export function* pattern(length: number, from = 0): Generator<Uint8Array, void> {
  made ??= make();
  for (let at = from; at < from + length;) {
    const start = at % PERIOD;
    const piece = made.subarray(start, start + Math.min(LONGEST, from + length - at));
    at += piece.length;
    yield piece;
  }
}

/** Marsaglia's xorshift32. */
function make(): Uint8Array {
  const bytes = new Uint8Array(LONGEST + PERIOD);
  let state = 2_463_534_242;
  for (let i = 0; i < PERIOD; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state;
  }
  for (let at = PERIOD; at < bytes.length; at += PERIOD) bytes.copyWithin(at, 0, PERIOD);
  return bytes;
}
