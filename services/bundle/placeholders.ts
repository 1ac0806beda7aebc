import type { Guid } from "../../core/guid.ts";
import { isJunkUuid } from "../../protocols/amthi/mod.ts";
import { knownClients } from "../../protocols/mei/known_clients.ts";
import { isCommonWord } from "./common_words.ts";
import {
  type FieldKind,
  fieldKind,
  type IdentityKind,
  IPV4,
  IPV6,
  ipv6Groups,
  isCommonAddress,
  isCommonMac,
  isIpv4,
  isSecretField,
  MAC,
  UUID,
} from "./identity_kinds.ts";

const SECRET = "(left out)";

/** Word characters of a host name on either side. */
const BEFORE = "(?<![\\w.-])";
const AFTER = "(?![\\w-]|\\.\\w)";
/** A shorter name is a part of too many words and numbers. */
const SHORTEST_WORD = 4;

/**
 * Stable placeholders for what identifies a machine: the same value becomes the same `mac-1` wherever it stands, also
 * in the middle of a sentence. First {@link learn} of all values, then {@link replaced} for each.
 */
export class Placeholders {
  readonly #names = new Map<string, string>();
  readonly #counts = new Map<IdentityKind, number>();
  /** Texts that look like an identity and are none. */
  readonly #kept = new Set<string>(knownClients.map(({ guid }) => guid));
  /** Words of the values' own fixed lists and field names. */
  readonly #vocabulary = new Set<string>();
  /** Host names and ids as they stand in texts, in lower case. */
  readonly #words = new Map<string, string>();
  /** Other ways to write what was learnt: without separators, in another byte order. */
  readonly #spellings = new Map<string, string>();
  #wordPattern: RegExp | undefined;
  #spellingPattern: RegExp | undefined;

  /** Takes note of all identities in fields that are known to hold one. */
  learn(value: unknown, kind?: FieldKind): void {
    if (typeof value === "string") {
      if (kind === "vocabulary") this.#learnWords(value);
      else if (kind === "kept") this.#kept.add(value.toLowerCase());
      else if (kind === "host") { for (const part of hostParts(value)) this.#note(kind, part); }
      else if (kind !== undefined) this.#note(kind, value);
    } else if (Array.isArray(value)) {
      for (const each of value) this.learn(each, kind);
    } else if (typeof value === "object" && value !== null) {
      for (const [name, each] of Object.entries(value)) {
        this.#learnWords(name);
        this.learn(each, fieldKind(name) ?? inherited(kind));
      }
    }
  }

  #note(kind: IdentityKind, text: string): void {
    if (text !== "") this.#nameOf(kind, text);
  }

  /** `macAddress` has two words. */
  #learnWords(text: string): void {
    for (const [word] of text.matchAll(/[A-Z]?[a-z]+|[A-Z]+/g)) this.#vocabulary.add(word.toLowerCase());
  }

  /** A copy without identities, and without secrets. */
  replaced(value: unknown): unknown {
    return this.#replaced(value, undefined);
  }

  #replaced(value: unknown, kind: FieldKind | undefined): unknown {
    if (typeof value === "string") {
      if (kind === "vocabulary") return value;
      return kind === undefined || kind === "kept" || value === "" ? this.#text(value) : this.#nameOf(kind, value);
    }
    if (Array.isArray(value)) return value.map((each) => this.#replaced(each, kind));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, this.#replaced(each, fieldKind(name) ?? inherited(kind))]),
    );
  }

  /** A text with placeholders in place of the identities in it. */
  #text(text: string): string {
    return this.#withoutWords(text)
      .replace(
        this.#spellingPattern ??= anyOf(this.#spellings.keys(), "(?<![0-9a-f])", "(?![0-9a-f])"),
        (found) => this.#spellings.get(found.toLowerCase()) ?? found,
      )
      .replace(UUID, (found) => this.#nameOf("uuid", found))
      .replace(MAC, (found) => this.#nameOf("mac", found))
      .replace(IPV6, (found) => ipv6Groups(found) === undefined ? found : this.#nameOf("ip", found))
      .replace(IPV4, (found) => isIpv4(found) ? this.#nameOf("ip", found) : found);
  }

  /** Names of hosts, those below a known domain among them. */
  #withoutWords(text: string): string {
    const words = () => [...this.#words.keys()].filter((word) => this.#isTelling(word));
    this.#wordPattern ??= anyOf(words(), `${BEFORE}(?:[a-z0-9_-]+\\.)*`, AFTER);
    return text.replace(
      this.#wordPattern,
      (found) => this.#words.get(found.toLowerCase()) ?? this.#nameOf("host", found),
    );
  }

  /** Whether a name is one wherever it stands, and not only in the fields that are for names. */
  #isTelling(word: string): boolean {
    return word.length >= SHORTEST_WORD && /[a-z]/.test(word) && !isCommonWord(word) && !this.#vocabulary.has(word);
  }

  /** The placeholder of a value, or the value where it says nothing of this machine. */
  #nameOf(kind: IdentityKind, text: string): string {
    const known = canonical(kind, text);
    if (this.#kept.has(text.toLowerCase()) || known === undefined) return text;
    const key = `${known.kind} ${known.text}`;
    const before = this.#names.get(key);
    if (before !== undefined) return before;
    const count = (this.#counts.get(known.kind) ?? 0) + 1;
    const name = `${known.kind}-${count}`;
    this.#counts.set(known.kind, count);
    this.#names.set(key, name);
    this.#remember(known.kind, known.text, name);
    return name;
  }

  #remember(kind: IdentityKind, text: string, name: string): void {
    if (kind === "host" || kind === "id") {
      this.#words.set(text, name);
      this.#wordPattern = undefined;
    } else if (kind === "mac" || kind === "uuid") {
      for (const spelling of spellings(text)) this.#spellings.set(spelling, name);
      this.#spellingPattern = undefined;
    }
  }
}

/** What is inside of an identity is of its kind; a list's name says nothing of the objects in it. */
function inherited(kind: FieldKind | undefined): FieldKind | undefined {
  return kind === "vocabulary" ? undefined : kind;
}

/** A copy in which fields that hold secrets are left out. */
export function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, isSecret(name, each) ? SECRET : withoutSecrets(each)]),
  );
}

/** That there is one, or that it was changed, is none. */
function isSecret(name: string, value: unknown): boolean {
  return isSecretField(name) && Boolean(value) && typeof value !== "boolean";
}

/** One spelling for all; `undefined` for what identifies nothing. An address that stands for a name is an address. */
function canonical(kind: IdentityKind, text: string): { kind: IdentityKind; text: string } | undefined {
  const lower = text.toLowerCase();
  switch (kind) {
    case "mac":
      return isCommonMac(lower) ? undefined : { kind, text: lower.replaceAll("-", ":") };
    case "uuid":
      return isJunkUuid(lower as Guid) ? undefined : { kind, text: lower };
    case "id":
      return { kind, text: lower };
    case "ip":
    case "host": {
      if (isCommonAddress(lower) || lower.startsWith("localhost") || lower === "(none)") return undefined;
      const groups = isIpv4(lower) ? lower : ipv6Groups(lower);
      if (groups !== undefined) return { kind: "ip", text: groups };
      const name = lower.replace(/\.$/, "");
      return name === "" ? undefined : { kind: "host", text: name };
    }
  }
}

/** A host's name, and the domain that it is in, which other hosts may be named by. */
function hostParts(name: string): string[] {
  const [, ...domain] = name.split(".");
  return domain.length < 2 || isIpv4(name) ? [name] : [name, domain.join(".")];
}

function spellings(text: string): string[] {
  const plain = text.replaceAll(/[:-]/g, "");
  if (plain.length !== 32) return [plain];
  const swapped = (start: number, end: number) => plain.slice(start, end).match(/../g)!.reverse().join("");
  return [plain, swapped(0, 8) + swapped(8, 12) + swapped(12, 16) + plain.slice(16)];
}

/** Finds any of these, the longest first; nothing when there are none. */
function anyOf(words: Iterable<string>, before: string, after: string): RegExp {
  const escaped = [...words].sort((a, b) => b.length - a.length).map((word) =>
    word.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")
  );
  return escaped.length === 0 ? /(?!)/g : new RegExp(`${before}(?:${escaped.join("|")})${after}`, "gi");
}
