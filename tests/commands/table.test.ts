import { describe, expect, it } from "vitest";
import { pairs, table } from "../../commands/table.ts";
import { plain } from "./fakes.ts";

describe("table", () => {
  const columns = [
    { title: "NAME", cell: (row: { name: string | null; size: number | null }) => row.name },
    { title: "SIZE", align: "right", cell: (row: { name: string | null; size: number | null }) => row.size },
  ] as const;

  it("aligns words to the left and numbers to the right, and writes - for unknown", () => {
    expect(table([{ name: "AMTHI", size: 5120 }, { name: null, size: null }], columns, plain)).toBe(
      "NAME   SIZE\nAMTHI  5120\n-         -",
    );
  });
  it("keeps a cell on its line when it holds control characters", () => {
    expect(table([{ name: "a\n\x1b[31mb", size: 0 }], columns, plain).split("\n")[1]).toBe("a\\n\\x1b[31mb     0");
  });
  it("is the titles alone when there are no rows", () => {
    expect(table([], columns, plain)).toBe("NAME  SIZE");
  });
});

describe("pairs", () => {
  it("puts values below each other, and - for unknown", () => {
    expect(pairs([["a", "1"], ["long", null]])).toBe("a     1\nlong  -");
  });
});
