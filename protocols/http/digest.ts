import { AmtError } from "../../core/errors/mod.ts";
import { type Challenge, parseChallenges } from "./challenge.ts";

/** A Digest challenge that can be answered. Its texts have one character a byte, as they came. */
export interface DigestChallenge {
  readonly realm: string;
  readonly nonce: string;
  /** `undefined` is the way of RFC 2069. */
  readonly qop: "auth" | "auth-int" | undefined;
  /** As the server spells it, where it does. */
  readonly algorithm: string | undefined;
  readonly opaque: string | undefined;
  /** Only the nonce was to blame. */
  readonly stale: boolean;
}

/** What a challenge is answered with. */
export interface DigestParts {
  readonly user: string;
  readonly password: string;
  readonly method: string;
  /** The target of the request, exactly. */
  readonly uri: string;
  readonly body: Uint8Array;
  /** Which request this is with this nonce; the first is 1. */
  readonly count: number;
  /** The client's own nonce. */
  readonly cnonce: string;
}

/**
 * The Digest challenge among the WWW-Authenticate headers of a 401; `subject` stands in front of messages. Throws
 * `auth.refused` when there are only challenges of other kinds, and `firmware.protocol` for none, or for one that lacks
 * something or wants what is not known here.
 */
export function digestChallenge(headers: readonly string[], subject: string): DigestChallenge {
  const challenges = headers.flatMap(parseChallenges);
  const digests = challenges.filter(({ scheme }) => scheme.toLowerCase() === "digest");
  if (digests.length === 0) throw noDigest(challenges, subject);
  const digest = digests.find(isMd5);
  if (digest === undefined) {
    const algorithm = digests[0]!.parameters.get("algorithm");
    throw new AmtError("firmware.protocol", `${subject}: its Digest challenge wants algorithm ${algorithm}, not MD5`);
  }
  const { parameters } = digest;
  return {
    realm: needed(parameters, "realm", subject),
    nonce: needed(parameters, "nonce", subject),
    qop: quality(parameters.get("qop"), subject),
    algorithm: parameters.get("algorithm"),
    opaque: parameters.get("opaque"),
    stale: parameters.get("stale")?.toLowerCase() === "true",
  };
}

/**
 * A value for Authorization, one character a byte; user and password go as UTF-8. Throws `usage` for a user name with
 * control characters. Source: RFC 7616, 3.4 (MD5, `auth` and `auth-int`) and RFC 2069, 2.1.2 (no qop).
 */
export async function digestAuthorization(challenge: DigestChallenge, parts: DigestParts): Promise<string> {
  // deno-lint-ignore no-control-regex
  if (/[\x00-\x1f\x7f]/.test(parts.user)) throw new AmtError("usage", "the user name has a control character");
  const { realm, nonce, qop, algorithm, opaque } = challenge;
  const { method, uri, body, count, cnonce } = parts;
  const user = utf8(parts.user);
  const who = await md5(`${user}:${realm}:${utf8(parts.password)}`);
  const what = await md5(qop === "auth-int" ? `${method}:${uri}:${await md5(body)}` : `${method}:${uri}`);
  const nc = count.toString(16).padStart(8, "0");
  const counted = qop === undefined ? nonce : `${nonce}:${nc}:${cnonce}:${qop}`;
  const fields = [
    `username=${quoted(user)}`,
    `realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    `uri=${quoted(uri)}`,
    `response="${await md5(`${who}:${counted}:${what}`)}"`,
  ];
  if (algorithm !== undefined) fields.push(`algorithm=${algorithm}`);
  if (opaque !== undefined) fields.push(`opaque=${quoted(opaque)}`);
  if (qop !== undefined) fields.push(`qop=${qop}`, `nc=${nc}`, `cnonce=${quoted(cnonce)}`);
  return `Digest ${fields.join(", ")}`;
}

function noDigest(challenges: readonly Challenge[], subject: string): AmtError {
  if (challenges.length === 0) return new AmtError("firmware.protocol", `${subject}: 401 without a challenge`);
  const schemes = challenges.map(({ scheme }) => scheme).join(", ");
  return new AmtError("auth.refused", `${subject}: it takes ${schemes}, and not Digest`, {
    details: { schemes },
    hint: "Only Digest is spoken here, not Kerberos: use a user that is AMT's own",
  });
}

function isMd5({ parameters }: Challenge): boolean {
  return (parameters.get("algorithm") ?? "MD5").toUpperCase() === "MD5";
}

function needed(parameters: ReadonlyMap<string, string>, name: string, subject: string): string {
  const value = parameters.get(name);
  if (value !== undefined) return value;
  throw new AmtError("firmware.protocol", `${subject}: its Digest challenge has no ${name}`);
}

/** AMT 14 and later may offer `auth-int, auth`; `auth` works wherever it is offered. */
function quality(qop: string | undefined, subject: string): DigestChallenge["qop"] {
  const offered = (qop ?? "").toLowerCase().split(/[\s,]+/).filter((each) => each !== "");
  const known = (["auth", "auth-int"] as const).find((each) => offered.includes(each));
  if (known === undefined && offered.length > 0) {
    throw new AmtError("firmware.protocol", `${subject}: its Digest challenge wants qop ${qop}`);
  }
  return known;
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

/** UTF-8 with one character a byte, as headers of `node:http` have it. */
function utf8(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
}

/** WebCrypto has no MD5. */
async function md5(data: string | Uint8Array): Promise<string> {
  const { createHash } = await import("node:crypto");
  const hash = createHash("md5");
  return (typeof data === "string" ? hash.update(data, "latin1") : hash.update(data)).digest("hex");
}
