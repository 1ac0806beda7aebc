import type { Answer } from "./command.ts";

/** What a person is told beside an answer: a label, and one line. */
interface Remark {
  readonly style: "yellow" | "bold";
  readonly label: string;
  readonly text: string;
}

/** An answer's warnings, then what is unavailable, fields with the same reason together. */
export function remarks({ warnings = [], unavailable = [] }: Answer): Remark[] {
  const reasons = new Map<string, string[]>();
  for (const { field, reason } of unavailable) reasons.set(reason, [...reasons.get(reason) ?? [], field]);
  return [
    ...warnings.map((text): Remark => ({ style: "yellow", label: "warning", text })),
    ...Array.from(reasons, ([reason, fields]): Remark => {
      return { style: "bold", label: "unavailable", text: `${fields.join(", ")}: ${reason}` };
    }),
  ];
}
