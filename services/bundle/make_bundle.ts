import { unlessAborted } from "../../core/delay.ts";
import { abortError, AmtError, errorData } from "../../core/errors/mod.ts";
import type { Host } from "../../ffi/host.ts";
import { hostName, searchDomains } from "../host_names.ts";
import { pack } from "./archive.ts";
import { type BundleFile, FORMAT, FORMAT_VERSION, MANIFEST, type Manifest, sha256 } from "./manifest.ts";
import { Placeholders, withoutSecrets } from "./placeholders.ts";

/** What a part may take beyond its time to tell what it has; one that does not heed its signal ends without that. */
const GRACE_MS = 1000;

/** One part of a bundle. */
export interface PartSource {
  /** `status` becomes `status.json`. */
  readonly name: string;
  read(signal: AbortSignal): Promise<object>;
}

export type Facts = Pick<Manifest, "amtctl" | "device" | "runtime" | "system">;

interface BundleOptions {
  /** Leaves identifying values as they are; secrets are left out all the same. */
  readonly identifying: boolean;
  readonly signal: AbortSignal;
  /** How long one part may take, in ms. */
  readonly partMs: number;
  readonly time: Date;
  /** Told before each part. */
  readonly progress?: ((part: string) => void) | undefined;
}

/**
 * A support bundle: a tar.gz with the manifest and one file of JSON for each part. A part that cannot be had has its
 * error in its place. Rejects only with the signal's reason.
 */
export async function makeBundle(
  host: Host,
  facts: Facts,
  parts: readonly PartSource[],
  options: BundleOptions,
): Promise<{ manifest: Manifest; archive: Uint8Array<ArrayBuffer> }> {
  const read: { name: string; value: unknown; error: string | null }[] = [];
  for (const part of parts) {
    options.progress?.(part.name);
    read.push(await readPart(part, options));
  }
  const hide = options.identifying ? (value: unknown) => value : await hider(host, read.map(({ value }) => value));
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const list: BundleFile[] = [];
  for (const { name, value, error } of read) {
    const bytes = json(hide(value));
    files.set(`${name}.json`, bytes);
    list.push({
      name: `${name}.json`,
      size: bytes.length,
      sha256: await sha256(bytes),
      error: error === null ? null : String(hide(error)),
    });
  }
  const { identifying, time } = options;
  const manifest: Manifest = {
    format: FORMAT,
    formatVersion: FORMAT_VERSION,
    time: time.toISOString(),
    identifying,
    ...hide(facts) as Facts,
    files: list,
  };
  return { manifest, archive: await pack(new Map([[MANIFEST, json(manifest)], ...files]), time) };
}

async function readPart({ name, read }: PartSource, { signal, partMs }: BundleOptions) {
  const subject = `the part ${name}`;
  const late = new AmtError("timeout", `${subject}: nothing within ${partMs / 1000} s`);
  const [limit, end] = [new AbortController(), new AbortController()];
  const timers = [
    setTimeout(() => limit.abort(late), partMs),
    setTimeout(() => end.abort(late), partMs + GRACE_MS),
  ];
  try {
    if (signal.aborted) throw abortError(signal, subject);
    const work = read(AbortSignal.any([signal, limit.signal]));
    const abandon = () => void work.catch(() => {});
    const value = await unlessAborted(work, AbortSignal.any([signal, end.signal]), subject, abandon);
    return { name, value: withoutSecrets(value), error: null };
  } catch (error) {
    if (signal.aborted) throw abortError(signal, subject);
    const known = error instanceof AmtError ? error : new AmtError("unexpected", String(error), { cause: error });
    return { name, value: withoutSecrets(errorData(known)), error: `${known.message} (${known.code})` };
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
}

/** Puts placeholders in place of what the parts and the operating system know to be identifying. */
async function hider(host: Host, values: readonly unknown[]): Promise<(value: unknown) => unknown> {
  const placeholders = new Placeholders();
  for (const value of values) placeholders.learn(value);
  placeholders.learn({ hostName: hostName(host), dnsSuffix: searchDomains(host) });
  for (const { macAddress, addresses } of await host.networkInterfaces()) {
    placeholders.learn({ macAddress, ipAddress: addresses });
  }
  return (value) => placeholders.replaced(value);
}

function json(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`);
}
