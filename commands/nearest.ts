/** Of `names` those that `word` may have been meant to be, the nearest first, three at most; case does not matter. */
export function nearest(word: string, names: readonly string[]): string[] {
  const wanted = word.toLowerCase();
  const limit = Math.max(1, Math.floor(word.length / 4));
  return names
    .map((name) => ({ name, distance: distanceTo(wanted, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ name }) => name);
}

/** `, did you mean A or B?`, or nothing. */
export function didYouMean(word: string, names: readonly string[]): string {
  const near = nearest(word, names);
  return near.length === 0 ? "" : `, did you mean ${near.join(" or ")}?`;
}

/** A name that holds the word, or that lacks its prefix alone, counts as near. */
function distanceTo(word: string, name: string): number {
  if (word.length >= 4 && name.includes(word)) return name.endsWith(word) ? 0 : 1;
  return Math.min(edits(word, name), edits(word, name.replace(/^[a-z]+_/, "")));
}

/** Letters to put in, to take out or to replace. */
function edits(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const replaced = row[j - 1]! + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[other.length]!;
}
