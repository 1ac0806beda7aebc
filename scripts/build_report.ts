import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";

interface FileFacts {
  readonly name: string;
  readonly bytes: number;
  /** What `xz -6` makes of it; `null` when it was not asked for or xz is not there. */
  readonly xzBytes: number | null;
  readonly sha256: string;
}

/** Measures a file; `undefined` when it does not exist. */
export function describeFile(path: string, withXz: boolean): FileFacts | undefined {
  if (!existsSync(path)) return undefined;
  const bytes = readFileSync(path);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { name: basename(path), bytes: bytes.length, xzBytes: withXz ? xzBytes(path) : null, sha256 };
}

/** Writes the hashes where `sha256sum -c` takes them from, and prints a table and the notes. */
export function printReport(sums: string, files: readonly FileFacts[], notes: readonly string[]): void {
  writeFileSync(sums, files.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join(""));
  const rows = files.map(({ name, bytes, xzBytes, sha256 }) => [name, `${bytes}`, `${xzBytes ?? "-"}`, sha256]);
  console.log(table([["FILE", "BYTES", "XZ", "SHA256"], ...rows]));
  for (const note of notes) console.log(note);
}

function xzBytes(path: string): number | null {
  const { stdout } = spawnSync("sh", ["-c", 'xz -6 -T0 -c -- "$1" | wc -c', "sh", path], {
    stdio: ["ignore", "pipe", 2],
  });
  return Number(stdout.toString()) || null;
}

function table(rows: readonly string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd()).join("\n");
}
