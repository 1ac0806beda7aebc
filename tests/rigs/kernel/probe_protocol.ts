/** One system call of guest/probe.ts. Bytes are hex. */
export type Call =
  | { readonly name: "open"; readonly path: string }
  /** `slow` goes off the main thread, as CONNECT and NOTIFY_SET do in the program. */
  | {
    readonly name: "ioctl";
    readonly fd: number;
    readonly request: number;
    readonly argument: string;
    readonly slow?: true;
  }
  | { readonly name: "write"; readonly fd: number; readonly bytes: string }
  | { readonly name: "read"; readonly fd: number; readonly length: number }
  | { readonly name: "poll"; readonly fd: number; readonly events: number; readonly timeoutMs: number }
  | { readonly name: "close" | "sync"; readonly fd: number };

export interface Request {
  readonly id: number;
  readonly call: Call;
}

/** What the call answered: its value and the bytes it filled in, or its errno; and how long it took. */
export interface Answer {
  readonly id: number;
  readonly ms: number;
  readonly value?: number;
  readonly bytes?: string;
  readonly errno?: string;
}
