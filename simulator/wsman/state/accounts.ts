import type { AmtState } from "../../clients/amthi_state.ts";
import type { DigestAccount } from "../../http/digest.ts";

/** The accounts of a machine: that of local programs always, the administrator where AMT is set up. */
export class Accounts {
  /** `Digest:` and 32 hex digits. */
  readonly realm: string;
  readonly #state: AmtState;
  #admin: DigestAccount = { user: "admin", password: "P@ssw0rd" };

  constructor(state: AmtState) {
    this.#state = state;
    this.realm = `Digest:${state.uuid.replaceAll("-", "").toUpperCase()}`;
  }

  get all(): readonly DigestAccount[] {
    return this.#state.controlMode === "none" ? [this.#state.account] : [this.#admin, this.#state.account];
  }

  /** The administrator's name. */
  get admin(): string {
    return this.#admin.user;
  }

  /** `ha1`: MD5 of name, realm and password in hex. The old password counts no more. */
  setAdmin(user: string, ha1: string): void {
    this.#admin = { user, ha1: ha1.toLowerCase() };
  }

  /** It is the account of programs on this machine, which may do little. */
  isLocal(user: string): boolean {
    return user === this.#state.account.user;
  }
}
