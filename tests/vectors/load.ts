import { readdirSync, readFileSync } from "node:fs";
import { fromHex, toHex } from "../../core/binary/mod.ts";

/** Where the bytes of a vector come from: only `hand` was typed here, from a table, and is no evidence. */
export type Provenance = "captured" | "peer-test" | "peer-run" | "hand";

/** Bytes that a layout is held against, and the value that they carry. */
export interface Vector {
  /** `amthi/GetCodeVersionsRequest` */
  readonly name: string;
  readonly provenance: Provenance;
  readonly source: string;
  /** The layout's name, such as `AmthiRequest<GetCodeVersions>`. */
  readonly layout: string;
  readonly hex: string;
  /** The bytes that we write for the value, where peers disagree and these are only read. */
  readonly sent?: string;
  /** As the decoder gives it, but bytes stand as `{"$hex": "00ff"}`. */
  readonly value: unknown;
}

const root = new URL(".", import.meta.url);

/** All vectors of one folder. */
export function vectors(area: string): Vector[] {
  const folder = new URL(`${area}/`, root);
  return readdirSync(folder).filter((file) => file.endsWith(".json")).sort().map((file) => ({
    name: `${area}/${file.replace(/\.json$/, "")}`,
    ...JSON.parse(readFileSync(new URL(file, folder), "utf8")),
  }));
}

/** The vector's value with its bytes as bytes. */
export function withBytes(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("$hex" in value) return fromHex(String(value.$hex));
  if (Array.isArray(value)) return value.map(withBytes);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withBytes(part)]));
}

/** A decoded value as a vector has it. */
export function withoutBytes(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return { $hex: toHex(value) };
  if (Array.isArray(value)) return value.map(withoutBytes);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withoutBytes(part)]));
}
