import type { Trust } from "../trust/mod.ts";

/** How AMT's web service is reached, as answers show it. */
export interface Way {
  /** `tcp`: over the network; `lms`: through the local management service of this machine; `apf`: through its ME. */
  readonly by: "tcp" | "lms" | "apf";
  /** A name or an address, without brackets; 127.0.0.1 on this machine. */
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** Why the certificate is taken for the right one; `null` without TLS, and until there was a connection. */
  readonly trusted: Trust["by"] | null;
  /** Of the certificate, `sha256:HEX`; `null` when `trusted` is. */
  readonly fingerprint: string | null;
}
