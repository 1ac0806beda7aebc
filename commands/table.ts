import type { Terminal } from "./command.ts";
import { printableLine } from "./printable.ts";

/** One column of a table; numbers are aligned to the right. */
export interface Column<Row> {
  readonly title: string;
  readonly align?: "right";
  cell(row: Row): string | number | null | undefined;
}

/** Rows under their titles, columns two spaces apart, without boxes; unknown cells are `-`. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], terminal: Terminal): string {
  const cells = rows.map((row) => columns.map((column) => text(column.cell(row))));
  const widths = columns.map(({ title }, index) => Math.max(title.length, ...cells.map((row) => row[index]!.length)));
  const line = (row: readonly string[]) =>
    row.map((cell, index) =>
      columns[index]!.align === "right" ? cell.padStart(widths[index]!) : cell.padEnd(widths[index]!)
    ).join("  ").trimEnd();
  return [terminal.style("bold", line(columns.map((column) => column.title))), ...cells.map(line)].join("\n");
}

/** Names and values below each other; values may have several lines. */
export function pairs(entries: readonly (readonly [name: string, value: string | number | null])[]): string {
  const width = Math.max(...entries.map(([name]) => name.length));
  return entries.map(([name, value]) => {
    const [first, ...more] = text(value).split("\\n");
    return [`${name.padEnd(width)}  ${first}`, ...more.map((line) => " ".repeat(width + 2) + line)].join("\n");
  }).join("\n");
}

function text(value: string | number | null | undefined): string {
  return value === null || value === undefined || value === "" ? "-" : printableLine(String(value));
}
