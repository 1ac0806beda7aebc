import { AmtError } from "../core/errors/mod.ts";

/** A path with all its steps after a dot: `lan.0.macAddress`. */
export function plainPath(path: string): string {
  return path.replaceAll(/\[(\d+)\]/g, ".$1");
}

/**
 * The value that a path names within an answer: `lan[0].macAddress`, `lan.0.macAddress`, `versions.Build Number`.
 * Throws `usage`, and names what there is.
 */
export function valueAt(answer: object, path: string): unknown {
  let value: unknown = answer;
  let passed = "";
  for (const step of plainPath(path).split(".")) {
    if (value === null) return null;
    const keys = typeof value === "object" ? Object.keys(value) : [];
    if (!keys.includes(step)) {
      const names = keys.join(", ");
      throw new AmtError("usage", `${passed === "" ? "the answer" : passed} has no field "${step}"`, {
        hint: names === "" ? "Leave the rest of the path out" : `It has: ${names}`,
        details: { path },
      });
    }
    value = (value as Record<string, unknown>)[step];
    passed = passed === "" ? step : `${passed}.${step}`;
  }
  return value;
}

/** A value without quotes or braces around it; parts of a larger one stand a line each, as compact JSON. */
export function bare(value: unknown): string {
  if (value === null) return "";
  if (Array.isArray(value)) return value.map(bareOrJson).join("\n");
  return bareOrJson(value);
}

function bareOrJson(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
