/** Bytes that do not match their layout. */
export class CodecError extends Error {
  override readonly name = "CodecError";
  /** `short`: bytes are missing; `trailing`: bytes are left over; `value`: a value that the layout does not allow. */
  readonly reason: "short" | "trailing" | "value";
  /** The byte at which it was noticed, from the start of the outermost message. */
  readonly offset: number;
  /** The field, such as `.versions[3].name`; grows from the inside out. */
  path: string;

  constructor(reason: CodecError["reason"], detail: string, offset: number, path = "") {
    super(detail);
    this.reason = reason;
    this.offset = offset;
    this.path = path;
  }
}
