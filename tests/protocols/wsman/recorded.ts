import { readdirSync, readFileSync } from "node:fs";

/** An answer that somebody's AMT gave; `name` is its path, such as `amt/general/get`. */
export interface RecordedAnswer {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Every recorded answer under AMTCTL_FIXTURES/wsman; none when that is not set. */
export function recordedAnswers(): RecordedAnswer[] {
  const fixtures = "Deno" in globalThis ? Deno.env.get("AMTCTL_FIXTURES") : process.env["AMTCTL_FIXTURES"];
  if (fixtures === undefined) return [];
  const root = `${fixtures}/wsman`;
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".xml")).sort()
    .map((name) => ({ name: name.replace(/\.xml$/, ""), bytes: new Uint8Array(readFileSync(`${root}/${name}`)) }));
}
