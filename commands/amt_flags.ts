import { parsePin } from "../services/trust/fingerprint.ts";
import { asText, type FlagSet, type FlagValues } from "./flags.ts";
import { parseHost } from "./host_argument.ts";
import { parseDescriptor, parseUser } from "./password_arguments.ts";

/** Flags of every command that talks to AMT's web service. */
export const amtFlags = {
  host: {
    kind: "value",
    brief: "Another machine's AMT, over the network (default: this machine's; port 16992, or 16993 with TLS)",
    placeholder: "HOST[:PORT]",
    parse: parseHost,
  },
  tls: { kind: "switch", brief: "Speak TLS; ports 16993 and 664 do without being told" },
  pin: {
    kind: "list",
    brief: "Trust only the certificate with this fingerprint, or with one of several; asks for TLS",
    placeholder: "sha256:HEX",
    parse: parsePin,
  },
  insecure: { kind: "switch", brief: "Take any certificate, so anybody may be answering; asks for TLS" },
  legacyTls: { kind: "switch", brief: "Also speak TLS 1.0 and 1.1, for AMT before 12; asks for TLS" },
  user: {
    kind: "value",
    brief: "AMT's user (default: admin); '$$OsAdmin' is this machine's own account",
    placeholder: "NAME",
    parse: parseUser,
  },
  passwordFile: {
    kind: "value",
    brief:
      "Password from the first line of a file, - for standard input (else AMTCTL_PASSWORD, AMT_PASSWORD or a prompt)",
    placeholder: "FILE",
    parse: asText,
  },
  passwordFd: {
    kind: "value",
    brief: "Password from the first line of an open descriptor",
    placeholder: "N",
    parse: parseDescriptor,
  },
} as const satisfies FlagSet;

export type AmtFlags = FlagValues<typeof amtFlags>;

/** How long a command that talks to AMT may take, in ms: its engine is slow, and a person may have to type a password. */
export const AMT_LIMIT_MS = 120_000;
