export interface DigestAccount {
  readonly user: string;
  readonly password: string;
}

/** What a response is made of. */
export interface DigestParts extends DigestAccount {
  readonly realm: string;
  readonly method: string;
  readonly uri: string;
  readonly nonce: string;
  readonly nc: string;
  readonly cnonce: string;
}

/** Whether a request may pass; `stale` when only its nonce is to blame. */
export type DigestVerdict = "passed" | "refused" | "stale";

/** So many nonces are known; older ones are stale. */
const MOST_NONCES = 1000;

/** HTTP digest authentication with MD5 and qop `auth`, the only one that AMT has. Source: RFC 2617. */
export class DigestGuard {
  readonly #realm: string;
  readonly #accounts: ReadonlyMap<string, DigestAccount>;
  readonly #nonces = new Set<string>();
  #made = 0;

  constructor(realm: string, accounts: readonly DigestAccount[]) {
    this.#realm = realm;
    this.#accounts = new Map(accounts.map((account) => [account.user, account]));
  }

  /** A value of WWW-Authenticate with a new nonce; spaces and quotes are as in a challenge of AMT 15 (MPS's tests). */
  async challenge(stale: boolean): Promise<string> {
    const bytes = (await md5(`${this.#realm}:${++this.#made}`)).match(/../g)!.map((digits) => parseInt(digits, 16));
    const nonce = btoa(String.fromCharCode(...bytes));
    this.#nonces.add(nonce);
    if (this.#nonces.size > MOST_NONCES) this.#nonces.delete(this.#nonces.values().next().value!);
    return `Digest realm="${this.#realm}", nonce="${nonce}",stale="${stale}",qop="auth"`;
  }

  /** Judges a value of Authorization. */
  async check(authorization: string | undefined, method: string, target: string): Promise<DigestVerdict> {
    const { username, realm, nonce, uri, qop, nc, cnonce, response } = parameters(authorization ?? "");
    const account = this.#accounts.get(username ?? "");
    if (account === undefined || realm !== this.#realm || uri !== target || qop !== "auth") return "refused";
    if (nonce === undefined || !/^[0-9a-f]{8}$/i.test(nc ?? "") || cnonce === undefined) return "refused";
    const expected = await digestResponse({ ...account, realm, method, uri, nonce, nc: nc!, cnonce });
    if (response !== expected) return "refused";
    return this.#nonces.has(nonce) ? "passed" : "stale";
  }
}

/** The response to a challenge: 32 hex digits. */
export async function digestResponse(parts: DigestParts): Promise<string> {
  const { user, realm, password, method, uri, nonce, nc, cnonce } = parts;
  const [who, what] = [await md5(`${user}:${realm}:${password}`), await md5(`${method}:${uri}`)];
  return await md5(`${who}:${nonce}:${nc}:${cnonce}:auth:${what}`);
}

/** WebCrypto has no MD5. */
async function md5(text: string): Promise<string> {
  const { createHash } = await import("node:crypto");
  return createHash("md5").update(text, "utf8").digest("hex");
}

function parameters(authorization: string): Partial<Record<string, string>> {
  const [, list] = /^Digest\s+(.*)$/i.exec(authorization) ?? [];
  const found = (list ?? "").matchAll(/([a-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]*))/gi);
  return Object.fromEntries(Array.from(found, ([, name, quoted, bare]) => [name!.toLowerCase(), quoted ?? bare!]));
}
