/**
 * Faults by their subcode: the prefix of its vocabulary as AMT has it in faults, and the text of the specification
 * (DSP0226). That of DestinationUnreachable is recorded, and differs from the specification by a hyphen.
 */
const faults = {
  AccessDenied: ["e", "The sender was not authorized to access the resource."],
  ActionNotSupported: ["b", "The action is not supported by the service."],
  AlreadyExists: ["e", "The sender attempted to create a resource which already exists."],
  DestinationUnreachable: [
    "b",
    "No route can be determined to reach the destination role defined by the WSAddressing To.",
  ],
  EncodingLimit: [
    "e",
    "An internal encoding limit was exceeded in a request or would be violated if the message were processed.",
  ],
  FilteringNotSupported: ["c", "Filtered enumeration is not supported."],
  InternalError: ["e", "The service cannot comply with the request due to internal processing errors."],
  InvalidEnumerationContext: ["c", "The supplied enumeration context is invalid."],
  InvalidMessageInformationHeader: ["b", "A header is not valid and the message cannot be processed."],
  InvalidRepresentation: ["d", "The XML content was invalid."],
  InvalidSelectors: ["e", "The Selectors for the resource were not valid."],
  MessageInformationHeaderRequired: ["b", "A required header was missing."],
  SchemaValidationError: ["e", "The supplied SOAP violates the corresponding XML schema definition."],
  UnsupportedFeature: ["e", "The specified feature is not supported."],
} as const;

export type FaultCode = keyof typeof faults;

/** A request that is answered by a fault. */
export class WsmanFault extends Error {
  override readonly name = "WsmanFault";
  readonly code: FaultCode;

  constructor(code: FaultCode) {
    super(faults[code][1]);
    this.code = code;
  }

  /** HTTP's status: 500 when AMT is to blame, 400 otherwise. */
  get status(): number {
    return this.code === "InternalError" ? 500 : 400;
  }

  /** The code with the prefix of its vocabulary. */
  get subcode(): string {
    return `${faults[this.code][0]}:${this.code}`;
  }
}
