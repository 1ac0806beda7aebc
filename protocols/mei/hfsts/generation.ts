/** Firmware whose host firmware status registers have one layout, in the order of their versions. */
export const generations = ["txe", "me", "csme11", "csme16", "csme18"] as const;
export type Generation = (typeof generations)[number];

/** All but TXE, of whose registers little is public. */
export const notTxe: readonly Generation[] = ["me", "csme11", "csme16", "csme18"];
export const csme: readonly Generation[] = ["csme11", "csme16", "csme18"];
/** Before 18 changed most of HFSTS3 to HFSTS6. */
export const csmeBefore18: readonly Generation[] = ["csme11", "csme16"];

interface Versions {
  readonly family: "TXE" | "ME" | "CSME";
  readonly first: number;
  readonly last: number;
}

/** The first numbers of their versions. Source: fwupd libfwupdplugin/fu-intel-me-device.c. */
const versions: Readonly<Record<Generation, Versions>> = {
  txe: { family: "TXE", first: 1, last: 5 },
  me: { family: "ME", first: 6, last: 10 },
  csme11: { family: "CSME", first: 11, last: 15 },
  csme16: { family: "CSME", first: 16, last: 17 },
  csme18: { family: "CSME", first: 18, last: Infinity },
};

/** The generation of a firmware by the first number of its version; `undefined` for one that is none. */
export function generationOf(major: number): Generation | undefined {
  if (!Number.isInteger(major)) return undefined;
  return generations.find((each) => versions[each].first <= major && major <= versions[each].last);
}

/** The firmware in words, neighbours taken together: `ME 6 to CSME 15`, `CSME 16+`. */
export function generationText(...among: readonly Generation[]): string {
  const runs: Generation[][] = [];
  for (const each of generations.filter((each) => among.includes(each))) {
    const run = runs.at(-1);
    const isNeighbour = run !== undefined && generations.indexOf(run.at(-1)!) + 1 === generations.indexOf(each);
    if (isNeighbour) run.push(each);
    else runs.push([each]);
  }
  return runs.map(([from, ...more]) => span(versions[from!], versions[more.at(-1) ?? from!])).join(", ");
}

/** Whose reading it is, ` [ME 6 to CSME 15]`; empty where every generation reads it so. */
export function onlyFor(readers: readonly Generation[]): string {
  return readers.length === generations.length ? "" : ` [${generationText(...readers)}]`;
}

function span(from: Versions, to: Versions): string {
  if (to.last === Infinity) return `${from.family} ${from.first}+`;
  return from.family === to.family
    ? `${from.family} ${from.first}-${to.last}`
    : `${from.family} ${from.first} to ${to.family} ${to.last}`;
}
