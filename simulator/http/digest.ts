/** Who may pass, by a password or by the hash that stands for it. */
export type DigestAccount = { readonly user: string } & ({ readonly password: string } | { readonly ha1: string });

/** What a response is made of. */
export type DigestParts = DigestAccount & {
  readonly realm: string;
  readonly method: string;
  readonly uri: string;
  readonly nonce: string;
  readonly nc: string;
  readonly cnonce: string;
  /** For the qop `auth-int`: what the request carries. */
  readonly body?: Uint8Array | undefined;
};

/** A request for the guard to judge. */
export interface DigestRequest {
  readonly authorization: DigestParameters;
  readonly method: string;
  readonly target: string;
  /** Needed for the qop `auth-int`. */
  readonly body?: Uint8Array | undefined;
}

/** Parameters of a header Authorization by their names in lower case; none when it is not of a digest. */
export type DigestParameters = Partial<Record<string, string>>;

/** Whose request may pass; `stale` when only its nonce is to blame. */
export type DigestVerdict = { readonly user: string } | "refused" | "stale";

/** What a challenge offers: AMT 14 and later may offer the second, and our own invention is the third alone. */
export type Qop = "auth" | "auth-int, auth" | "auth-int";

/** So many nonces are known; older ones are stale. */
const MOST_NONCES = 1000;

/** HTTP digest authentication with MD5, the only one that AMT has. Source: RFC 2617. */
export class DigestGuard {
  readonly #realm: string;
  readonly #accounts: () => readonly DigestAccount[];
  readonly #qop: Qop;
  readonly #nonces = new Set<string>();
  #made = 0;

  /** `accounts` is asked at each request. */
  constructor(realm: string, accounts: () => readonly DigestAccount[], qop: Qop = "auth") {
    this.#realm = realm;
    this.#accounts = accounts;
    this.#qop = qop;
  }

  /** A value of WWW-Authenticate with a new nonce; spaces and quotes are as in a challenge of AMT 15 (MPS's tests). */
  async challenge(stale: boolean): Promise<string> {
    const bytes = (await md5(`${this.#realm}:${++this.#made}`)).match(/../g)!.map((digits) => parseInt(digits, 16));
    const nonce = btoa(String.fromCharCode(...bytes));
    this.#nonces.add(nonce);
    if (this.#nonces.size > MOST_NONCES) this.#nonces.delete(this.#nonces.values().next().value!);
    return `Digest realm="${this.#realm}", nonce="${nonce}",stale="${stale}",qop="${this.#qop}"`;
  }

  async check({ authorization, method, target, body }: DigestRequest): Promise<DigestVerdict> {
    const { username, realm, nonce, uri, qop, nc, cnonce, response } = authorization;
    const account = this.#accounts().find(({ user }) => user === username);
    if (account === undefined || realm !== this.#realm || uri !== target) return "refused";
    if (qop === undefined || !this.#qop.split(", ").includes(qop)) return "refused";
    if (nonce === undefined || !/^[0-9a-f]{8}$/i.test(nc ?? "") || cnonce === undefined) return "refused";
    const parts = { ...account, realm, method, uri, nonce, nc: nc!, cnonce };
    const expected = await digestResponse(qop === "auth-int" ? { ...parts, body: body ?? new Uint8Array() } : parts);
    if (response !== expected) return "refused";
    return this.#nonces.has(nonce) ? { user: account.user } : "stale";
  }
}

/** The response to a challenge, of qop `auth-int` when there is a body: 32 hex digits. */
export async function digestResponse(parts: DigestParts): Promise<string> {
  const { user, realm, method, uri, nonce, nc, cnonce, body } = parts;
  const who = "ha1" in parts ? parts.ha1 : await md5(`${user}:${realm}:${parts.password}`);
  const what = await md5(`${method}:${uri}${body === undefined ? "" : `:${await md5(body)}`}`);
  return await md5(`${who}:${nonce}:${nc}:${cnonce}:${body === undefined ? "auth" : "auth-int"}:${what}`);
}

/** Reads a value of Authorization. */
export function digestParameters(authorization: string | undefined): DigestParameters {
  const [, list] = /^Digest\s+(.*)$/i.exec(authorization ?? "") ?? [];
  const found = (list ?? "").matchAll(/([a-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]*))/gi);
  return Object.fromEntries(Array.from(found, ([, name, quoted, bare]) => [name!.toLowerCase(), quoted ?? bare!]));
}

/** WebCrypto has no MD5. */
async function md5(text: string | Uint8Array): Promise<string> {
  const { createHash } = await import("node:crypto");
  return createHash("md5").update(text).digest("hex");
}
