/** What a server asks for in a WWW-Authenticate header. */
export interface Challenge {
  /** As the server spells it. */
  readonly scheme: string;
  /** By names in lower case, without quotes; of one that came twice, the first. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Commas and spaces, then a parameter (quoted or bare), a scheme, or a character that belongs to neither. */
const PART = /[\s,]*(?:([^\s,="]+)\s*=\s*(?:"((?:[^"\\]|\\[^])*)"?|([^\s,]*))|([^\s,="]+)|[^])/gy;

/**
 * The challenges of one WWW-Authenticate header, which may hold several. Reads whatever there is of them: AMT's commas
 * come with and without spaces, doubled, and at the end. Source: RFC 9110, 11.6.1.
 */
export function parseChallenges(value: string): Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  for (const [, name, quoted, bare, scheme] of value.trimEnd().matchAll(PART)) {
    if (scheme !== undefined) challenges.push({ scheme, parameters: new Map() });
    const parameters = challenges.at(-1)?.parameters;
    if (name === undefined || parameters?.has(name.toLowerCase())) continue;
    parameters?.set(name.toLowerCase(), bare ?? quoted!.replace(/\\([^])/g, "$1"));
  }
  return challenges;
}
