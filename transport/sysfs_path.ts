/** The last part of a path. */
export function basename(path: string): string {
  return path.replace(/\/+$/, "").replace(/^.*\//, "");
}

/** The path without its last part; empty when it has one part. */
export function dirname(path: string): string {
  return path.includes("/") ? path.replace(/\/+[^/]*\/*$/, "") : "";
}
