import { unlessAborted } from "../../core/delay.ts";
import { digestAuthorization, type DigestChallenge } from "./digest.ts";

/** Who asks. */
export interface Credentials {
  readonly user: string;
  /** Asked once, and only when a server came with a challenge; again after a rejection. */
  password(): Promise<string>;
}

/** The parts of a request that a digest goes over. */
interface Authorized {
  readonly method: string;
  readonly path: string;
  readonly body: Uint8Array;
}

/** Answers a server's latest challenge, for every request and on every connection until another one comes. */
export class Authorizer {
  readonly #credentials: Credentials;
  #password: Promise<string> | undefined;
  #challenge: DigestChallenge | undefined;
  /** Requests with this nonce. */
  #count = 0;

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
  }

  /** Takes a new challenge; one with the same nonce goes on counting. */
  accept(challenge: DigestChallenge): void {
    if (challenge.nonce !== this.#challenge?.nonce) this.#count = 0;
    this.#challenge = challenge;
  }

  /** A value for Authorization; `undefined` before a challenge. Rejects as `Credentials.password` does. */
  async authorization(
    { method, path, body }: Authorized,
    signal: AbortSignal | undefined,
    subject: string,
  ): Promise<string | undefined> {
    const challenge = this.#challenge;
    if (challenge === undefined) return undefined;
    const password = await unlessAborted(this.#askOnce(), signal, subject, () => {});
    const count = ++this.#count;
    const { user } = this.#credentials;
    const cnonce = crypto.randomUUID().replaceAll("-", "");
    return await digestAuthorization(challenge, { user, password, method, uri: path, body, count, cnonce });
  }

  #askOnce(): Promise<string> {
    if (this.#password === undefined) {
      this.#password = this.#credentials.password();
      this.#password.catch(() => this.#password = undefined);
    }
    return this.#password;
  }
}
