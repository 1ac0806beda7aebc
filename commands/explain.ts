import { AmtError } from "../core/errors/mod.ts";
import { explain, kinds, type Reading, unknownCode } from "../services/explain/explain.ts";
import { command } from "./command.ts";
import type { ExplainOutput } from "./explain.schema.ts";
import { asText } from "./flags.ts";

const WHAT: Readonly<Record<Reading["kind"], string>> = {
  status: "AMT status",
  hfsts: "firmware status register",
  mkhi: "MKHI result",
  apf: "APF reason",
  errno: "errno on a mei device",
  exit: "exit code of amtctl",
  error: "error code of amtctl",
  pt: "ReturnValue (PT_STATUS)",
  cim: "ReturnValue",
};

export default command({
  brief: "Say in words what a code means: of AMT, the firmware, the driver, a web service or amtctl",
  description: "A number can mean several things; all are listed, the most likely first. KIND:CODE asks for one of\n" +
    `them, with KIND one of ${kinds.join(", ")}, wsman.\n` +
    "Numbers are decimal, or hexadecimal with 0x; MKHI results are always hexadecimal. The exit code is 2 when none of\n" +
    "the codes is known.",
  flags: {},
  arguments: [{ name: "CODE", brief: "A number or a name, such as 0x814, EBUSY, exit:7", rest: true, parse: asText }],
  examples: [
    "amtctl explain 0x814",
    "amtctl explain EBUSY exit:7 wsman:2057",
    "amtctl explain hfsts1:90000245 apf:4 mkhi:8d",
  ],

  run(_context, _flags, [words]): Promise<ExplainOutput> {
    return new Promise((resolve) => resolve(explained(joined(words))));
  },

  render: ({ readings }, terminal) =>
    readings.map(({ kind, code, name, text, advice }) => {
      const title = name === null || name === code ? code : `${code} ${name}`;
      const lines = [`${terminal.style("bold", title)}  ${WHAT[kind]}`, `  ${text}`];
      return (advice === null ? lines : [...lines, `  ${advice}`]).join("\n");
    }).join("\n\n"),
});

/** Throws `usage` when nothing is known. */
function explained(codes: readonly string[]): ExplainOutput {
  const readings = codes.map((code) => ({ code, meanings: explain(code) }));
  const unknown = readings.filter(({ meanings }) => meanings.length === 0).map(({ code }) => code);
  const problems = unknown.map(unknownCode);
  if (unknown.length === codes.length) {
    const hint = problems.find(({ hint }) => hint !== undefined)?.hint ??
      `Write a number or a name; KIND:CODE says what it is, with KIND one of ${kinds.join(", ")}, wsman`;
    throw new AmtError("usage", problems.map(({ text }) => text).join("; "), { hint, details: { unknown } });
  }
  return {
    readings: readings.flatMap(({ meanings }) => meanings),
    unknown,
    warnings: problems.map(({ text, hint }) => hint === undefined ? text : `${text}. ${hint}`),
  };
}

/** `exit 7` is written as two words, too. */
function joined(words: readonly string[]): string[] {
  const codes: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const isKind = /^(?:wsman|hfsts[1-6]?)$/i.test(words[i]!) ||
      (kinds as readonly string[]).includes(words[i]!.toLowerCase());
    codes.push(isKind && i + 1 < words.length ? `${words[i]}:${words[++i]}` : words[i]!);
  }
  return codes;
}
