import { readFingerprint } from "./fingerprint.ts";

/** What a file of known hosts says. */
export interface KnownHostsText {
  readonly entries: readonly KnownHost[];
  /** Lines, counted from 1, that are neither an entry nor a comment; the place, where they seem to have one. */
  readonly unreadable: readonly { readonly line: number; readonly place: string }[];
}

export interface KnownHost {
  /** `host:port` in lower case. */
  readonly place: string;
  /** In the form of `fingerprintOf`. */
  readonly fingerprint: string;
  /** Counted from 1. */
  readonly line: number;
}

const HEADING = "# Certificates that amtctl has met. Take a line out to have its host met anew.\n";

/** Reads lines of `host:port sha256:HEX [YYYY-MM-DD]`; `#` starts a comment, and nothing is dropped silently. */
export function readKnownHosts(text: string): KnownHostsText {
  const entries: KnownHost[] = [];
  const unreadable: { line: number; place: string }[] = [];
  for (const [index, each] of text.split("\n").entries()) {
    const words = each.trim().split(/\s+/);
    const place = words[0]!.toLowerCase();
    if (place === "" || place.startsWith("#")) continue;
    const fingerprint = readFingerprint(words[1] ?? "");
    const isDated = words.length === 3 && /^\d{4}-\d\d-\d\d$/.test(words[2]!);
    const line = index + 1;
    if (fingerprint !== undefined && (words.length === 2 || isDated)) entries.push({ place, fingerprint, line });
    else unreadable.push({ line, place });
  }
  return { entries, unreadable };
}

/** The text with one more entry at its end; every line that is there stays as it is. */
export function withKnownHost(text: string, place: string, fingerprint: string, date: Date): string {
  const before = text === "" ? HEADING : text.endsWith("\n") ? text : `${text}\n`;
  return `${before}${place} ${fingerprint} ${date.toISOString().slice(0, 10)}\n`;
}
