import { AmtError } from "../../core/errors/mod.ts";
import type { Missing } from "../missing.ts";
import { type Files, unpack } from "./archive.ts";
import { asManifest, FORMAT_VERSION, MANIFEST, type Manifest, sha256 } from "./manifest.ts";

/** Deeper than any answer of this program. */
const DEEPEST = 64;

interface ReadBundle {
  readonly manifest: Manifest;
  /** The answers by the part's name, as they stand in it, and in no certain form. */
  readonly parts: ReadonlyMap<string, object>;
  /** Parts that could not be had where it was made, and those that cannot be read here. */
  readonly unavailable: readonly Missing[];
  readonly warnings: readonly string[];
}

/**
 * What a bundle holds, wherever it comes from. What does not fit is told as a warning, and its part is left out where
 * it cannot be read. Rejects with `usage` when it is no bundle.
 */
export async function readBundle(bytes: Uint8Array<ArrayBuffer>): Promise<ReadBundle> {
  const { files, warnings } = await unpack(bytes);
  const manifest = asManifest(parsed(files.get(MANIFEST)));
  if (manifest === undefined) {
    throw new AmtError("usage", `the archive has no ${MANIFEST} of a bundle`, {
      hint: "amtctl bundle -o FILE makes one",
    });
  }
  if (manifest.formatVersion > FORMAT_VERSION) {
    warnings.push(`amtctl ${manifest.amtctl} made it, whose format is newer; parts may be missing`);
  }
  const parts = new Map<string, object>();
  const unavailable: Missing[] = [];
  for (const entry of manifest.files) {
    const bytes = files.get(entry.name);
    const value = parsed(bytes);
    const miss = (reason: string) => unavailable.push({ field: entry.name, reason });
    if (bytes === undefined) miss("it is missing in the archive");
    else if (value === undefined) miss("it is no JSON object");
    else if (entry.error !== null) miss(entry.error);
    else parts.set(entry.name.replace(/\.json$/, ""), value);
    if (bytes !== undefined && await sha256(bytes) !== entry.sha256) {
      warnings.push(`${entry.name} was changed after the bundle was made`);
    }
  }
  return { manifest, parts, unavailable, warnings: [...warnings, ...unlisted(files, manifest)] };
}

function unlisted(files: Files, manifest: Manifest): string[] {
  const listed = new Set([MANIFEST, ...manifest.files.map(({ name }) => name)]);
  return [...files.keys()].filter((name) => !listed.has(name)).map((name) => `${name} is not in the manifest`);
}

/** The JSON object in a file; `undefined` for anything else. */
function parsed(bytes: Uint8Array | undefined): object | undefined {
  if (bytes === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === "object" && value !== null && !Array.isArray(value) && isShallow(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Without recursion, which is what too deep a value would break. */
function isShallow(value: object): boolean {
  let level: object[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) return false;
    level = level.flatMap((each) => Object.values(each).filter((part) => typeof part === "object" && part !== null));
  }
  return true;
}
