/**
 * What came back for one request. Firmware of some release not knowing a command, or refusing it, is an answer like
 * any other; only what ends the connection is thrown.
 */
export type Outcome<T> =
  | { readonly ok: true; readonly data: T }
  | {
    readonly ok: false;
    readonly kind: RefusalKind;
    /** In words, fit for a person; no full stop. */
    readonly reason: string;
    /** The firmware's own word, where it gave one. */
    readonly status?: number;
  };

/**
 * `unsupported`: an empty answer, or a status that says so. `refused`: another status. `malformed`: an answer to
 * something else, of a wrong length, or not of this layout. `silent`: none came in time.
 */
export type RefusalKind = "unsupported" | "refused" | "malformed" | "silent";
