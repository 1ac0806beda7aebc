/** What stands in front of a bundle; readers tell it by `format`. */
export interface Manifest {
  readonly format: typeof FORMAT;
  readonly formatVersion: number;
  /** Of the program that made it. */
  readonly amtctl: string;
  /** When it was made, in UTC: `2026-01-31T12:00:00.000Z`. */
  readonly time: string;
  /** `null` on a machine without one. */
  readonly device: string | null;
  /** `deno 2.9.6` */
  readonly runtime: string;
  /** `linux x86_64 6.12.0` */
  readonly system: string;
  /** Whether identifying values stand in it as they are, and not as placeholders. */
  readonly identifying: boolean;
  readonly files: readonly BundleFile[];
}

export interface BundleFile {
  /** `status.json` */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Why this part could not be had; `null` when it could. */
  readonly error: string | null;
}

export const FORMAT = "amtctl bundle";
/** Raised when readers of this version would misread it. */
export const FORMAT_VERSION = 1;
export const MANIFEST = "manifest.json";
/** A reader takes no more, the manifest among them. */
export const MOST_FILES = 64;

/** The manifest in what a bundle has; `undefined` for anything else, whatever it is. */
export function asManifest(value: unknown): Manifest | undefined {
  const { format, formatVersion, amtctl, time, device, runtime, system, identifying, files } = fieldsOf(value);
  if (format !== FORMAT || !isCount(formatVersion) || formatVersion === 0) return undefined;
  if (!Array.isArray(files) || files.length > MOST_FILES) return undefined;
  if (typeof identifying !== "boolean" || (device !== null && typeof device !== "string")) return undefined;
  if (![amtctl, time, runtime, system].every((each) => typeof each === "string")) return undefined;
  return files.every(isBundleFile) ? value as Manifest : undefined;
}

/** Lower-case hex of SHA-256. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function isBundleFile(value: unknown): boolean {
  const { name, size, sha256, error } = fieldsOf(value);
  return typeof name === "string" && isCount(size) && typeof sha256 === "string" &&
    (error === null || typeof error === "string");
}

/** A whole number that JSON writes as it is; `1e999` is read as infinite. */
function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}
