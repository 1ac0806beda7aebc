/** A part of an answer that could not be had; it stands in `unavailable[]` of every command's output. */
export interface Missing {
  /** Which part: the path of a field, or a name for it. */
  field: string;
  reason: string;
}
