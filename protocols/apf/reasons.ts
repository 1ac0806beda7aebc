/** A reason code of the port forwarding protocol. */
export interface ApfReason {
  /** As the specification spells it, without its prefix. */
  readonly name: string;
  /** For a person; no full stop. */
  readonly text: string;
}

/**
 * Why a channel was not opened (message 92). Source: Intel AMT port forwarding protocol, as Intel LMS and MPS have it;
 * what 1 and 4 mean in practice from rpc-go.
 */
export const openFailureReasons: Readonly<Record<number, ApfReason>> = {
  1: { name: "ADMINISTRATIVELY_PROHIBITED", text: "it is not allowed, or the port is not forwarded (yet)" },
  2: { name: "CONNECT_FAILED", text: "nobody listens at the other end" },
  3: { name: "UNKNOWN_CHANNEL_TYPE", text: "the other side does not know this type of channel" },
  4: { name: "RESOURCE_SHORTAGE", text: "all channels are in use (AMT has eight)" },
};

/** Why a connection was ended (message 1). Source: Intel LMS and MPS; 16 to 18 only in MPS. */
export const disconnectReasons: Readonly<Record<number, ApfReason>> = {
  1: { name: "HOST_NOT_ALLOWED_TO_CONNECT", text: "the host is not allowed to connect" },
  2: { name: "PROTOCOL_ERROR", text: "a message was malformed or out of turn" },
  3: { name: "KEY_EXCHANGE_FAILED", text: "the key exchange failed" },
  4: { name: "RESERVED", text: "reserved" },
  5: { name: "MAC_ERROR", text: "a message was altered on its way" },
  6: { name: "COMPRESSION_ERROR", text: "a message could not be unpacked" },
  7: { name: "SERVICE_NOT_AVAILABLE", text: "the service that was asked for is not there" },
  8: { name: "PROTOCOL_VERSION_NOT_SUPPORTED", text: "the other side speaks another version of the protocol" },
  9: { name: "HOST_KEY_NOT_VERIFIABLE", text: "the host's key could not be checked" },
  10: { name: "CONNECTION_LOST", text: "the connection broke" },
  11: { name: "BY_APPLICATION", text: "the application ended it" },
  12: { name: "TOO_MANY_CONNECTIONS", text: "there are too many connections" },
  13: { name: "AUTH_CANCELLED_BY_USER", text: "the user gave up authentication" },
  14: { name: "NO_MORE_AUTH_METHODS_AVAILABLE", text: "no way of authentication is left" },
  15: { name: "INVALID_CREDENTIALS", text: "the user name or the password is wrong" },
  16: { name: "CONNECTION_TIMED_OUT", text: "the connection was idle for too long" },
  17: { name: "BY_POLICY", text: "a policy ended it" },
  18: { name: "TEMPORARILY_UNAVAILABLE", text: "the service is not there for a while" },
};
