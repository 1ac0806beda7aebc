import { AmtError } from "../../core/errors/mod.ts";
import { MOST_FILES } from "./manifest.ts";

/** Bytes of a bundle's files, and of the bundle itself, that are read at most. */
export const BUNDLE_LIMIT = 16 * 1024 * 1024;
/** Nothing that leads anywhere: no folders, no leading dot. */
const PLAIN_NAME = /^[a-z0-9_][a-z0-9_.-]{0,99}$/i;

export type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

/** A tar.gz of these files, with `time` as their time; nothing in it names a user. */
export async function pack(files: Files, time: Date): Promise<Uint8Array<ArrayBuffer>> {
  const { packTar } = await import("modern-tar");
  const entries = [...files].map(([name, body]) => ({
    header: { name, size: body.length, mode: 0o600, mtime: time, type: "file" as const },
    body,
  }));
  return await through(await packTar(entries), new CompressionStream("gzip"));
}

/**
 * The files of a tar.gz that may come from anybody; nothing of it is written anywhere. What is no plain file is left
 * out, with a warning. Rejects with `usage`: no gzip, cut short, no tar, too large, too many files.
 */
export async function unpack(bytes: Uint8Array<ArrayBuffer>): Promise<{ files: Files; warnings: string[] }> {
  const tar = await readable("gzip", () => through(bytes, new DecompressionStream("gzip"), BUNDLE_LIMIT));
  const { unpackTar } = await import("modern-tar");
  let count = 0;
  const filter = () => {
    if (++count > MOST_FILES) throw tooMuch(`more than ${MOST_FILES} files`);
    return true;
  };
  const entries = await readable("tar archive", () => unpackTar(tar, { strict: true, filter }));
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const warnings: string[] = [];
  for (const { header: { name, type }, data } of entries) {
    if (type !== "file" || data === undefined || !PLAIN_NAME.test(name)) {
      warnings.push(`${JSON.stringify(name.slice(0, 100))} is no plain file, and is left out`);
    } else if (files.has(name)) {
      warnings.push(`${name} is there twice; the second one is left out`);
    } else {
      files.set(name, data);
    }
  }
  return { files, warnings };
}

async function readable<T>(what: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof AmtError) throw cause;
    throw new AmtError("usage", `the bundle is no ${what}, or is damaged`, {
      cause,
      hint: "Copy it again as it was written by amtctl bundle",
    });
  }
}

/** All bytes that come out of a stream; rejects with `usage` beyond `limit`. */
async function through(
  bytes: Uint8Array<ArrayBuffer>,
  stream: TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>,
  limit = Infinity,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const chunk of new Blob([bytes]).stream().pipeThrough(stream)) {
    length += chunk.length;
    if (length > limit) throw tooMuch(`more than ${limit} bytes`);
    chunks.push(chunk);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

function tooMuch(what: string): AmtError {
  return new AmtError("usage", `the bundle unpacks to ${what}`, { hint: "A bundle of amtctl is far smaller" });
}
