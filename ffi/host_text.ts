/** Bytes that `Host.readText` takes at most; a longer file counts as one that cannot be read. */
export const textLimit = 4 * 1024 * 1024;

/**
 * Reads to the end, whatever size the file reports: attributes of sysfs report a page, files of /proc nothing. `read`
 * fills its argument and answers the number of bytes, 0 at the end. `undefined` when there are more than
 * {@link textLimit} bytes.
 */
export function readAllText(read: (into: Uint8Array) => number): string | undefined {
  let bytes = new Uint8Array(4096);
  for (let length = 0;;) {
    const count = read(bytes.subarray(length));
    if (count === 0) return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, length));
    length += count;
    if (length > textLimit) return undefined;
    if (length === bytes.length) {
      const grown = new Uint8Array(2 * bytes.length);
      grown.set(bytes);
      bytes = grown;
    }
  }
}

/** The value, or `undefined` when the operating system refuses. Other errors pass. */
export function unlessRefused<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (typeof (error as { code?: unknown }).code === "string") return undefined;
    throw error;
  }
}
