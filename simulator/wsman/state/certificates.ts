import type { TlsIdentity } from "../../tls/identity.ts";

export interface Certificate {
  readonly handle: number;
  /** Base64 of DER. */
  readonly der: string;
  /** As AMT writes names: `C=…,O=…,CN=…`. */
  readonly subject: string;
  readonly issuer: string;
  readonly isTrustedRoot: boolean;
}

/** The certificates that AMT holds, and which of them its ports with TLS show. */
export class Certificates {
  readonly #identity: (() => Promise<TlsIdentity>) | undefined;
  #held: Certificate[] | undefined;
  /** Handle of the one that TLS uses. */
  inUse: number | undefined;

  /** Where there is an identity, its two certificates are held from the start, and the first is in use. */
  constructor(identity: (() => Promise<TlsIdentity>) | undefined) {
    this.#identity = identity;
    if (identity !== undefined) this.inUse = 0;
  }

  async all(): Promise<readonly Certificate[]> {
    return this.#held ??= await this.#create();
  }

  async remove(handle: number): Promise<void> {
    this.#held = (await this.all()).filter((each) => each.handle !== handle);
  }

  async #create(): Promise<Certificate[]> {
    if (this.#identity === undefined) return [];
    const { leaf, authority } = await this.#identity();
    return [
      { handle: 0, der: leaf.der, subject: leaf.subject, issuer: authority.subject, isTrustedRoot: false },
      { handle: 1, der: authority.der, subject: authority.subject, issuer: authority.subject, isTrustedRoot: true },
    ];
  }
}
