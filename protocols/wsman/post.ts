/** What came back for an envelope, whatever it is. */
export interface WsmanReply {
  /** Of HTTP. */
  readonly status: number;
  readonly contentType: string | undefined;
  readonly body: Uint8Array;
}

export interface PostOptions {
  /** The envelope changes something: a lost answer is `indeterminate`, and it is never sent twice. */
  readonly changes: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Brings an envelope to AMT and its answer back, with whatever authentication that needs. It sees to it that nothing
 * waits for ever, and rejects when there is no answer; any answer but 401 is the caller's.
 */
export type WsmanPost = (envelope: Uint8Array, options: PostOptions) => Promise<WsmanReply>;
