import {
  type DecodedField,
  decodeRegister,
  firmwareHealth,
  generationText,
  onlyFor,
  registerWordText,
} from "../protocols/mei/hfsts/mod.ts";
import { firmwareOf, firmwareStatus } from "../services/firmware_status.ts";
import { command, type Context, type Terminal } from "./command.ts";
import type { HfstsOutput } from "./hfsts.schema.ts";
import { parseFirmware, parseWords, placeWords } from "./hfsts_arguments.ts";
import { table } from "./table.ts";

/** Shown without `--all`, beside what is not normal. */
const MATTERS: readonly string[] = [
  "workingState",
  "operationState",
  "operationMode",
  "errorCode",
  "initComplete",
  "updateInProgress",
  "manufacturingMode",
  "flashDescriptorOpen",
  "sku",
];

export default command({
  brief: "Say what the firmware status registers (HFSTS) mean, of this machine or pasted",
  description: "With words it needs no device: paste what MEInfo, dmesg or sysfs fw_status printed, HFSTS1 first.\n" +
    "Some bits changed their meaning with the firmware; without its version such bits are shown in every reading.",
  flags: {
    firmware: {
      kind: "value",
      brief: "Version of the ME firmware that the words come from (default: this machine's for its own registers)",
      placeholder: "VERSION",
      parse: parseFirmware,
    },
    all: { kind: "switch", brief: "Show every field" },
  },
  arguments: [
    {
      name: "WORD",
      brief: "Up to six, in one argument or several: 0x94000245, 94000245, HFSTS3=0x30",
      optional: true,
      rest: true,
      parse: parseWords,
    },
  ],
  examples: [
    "amtctl hfsts",
    "amtctl hfsts 0x94000245 0x69000506 0x30 0x4000 0x1F01 0x47C00BC9 --firmware 12.0.24",
    "amtctl hfsts HFSTS1=80022054 --all",
  ],

  async run(context, { firmware }, [lists]): Promise<HfstsOutput> {
    const pasted = placeWords(lists.flat());
    const { device, words, version, generation, unavailable, warnings } = pasted.length > 0
      ? { device: null, words: pasted, ...firmwareOf(firmware), unavailable: [], warnings: [] }
      : await ofThisMachine(context, firmware);
    const registers = Array.from(words, (word, i) => {
      if (word === undefined) return [];
      const fields = decodeRegister(i + 1, word, generation);
      return [{ register: i + 1, word: registerWordText(word), fields: fields.map(outputField) }];
    });
    const { findings, ...health } = firmwareHealth(words, generation);
    return {
      source: device === null ? "arguments" : "device",
      device,
      firmwareVersion: version ?? null,
      generation: generation ?? null,
      registers: registers.flat(),
      health: {
        ...health,
        findings: findings.map((finding) => ({ ...finding, generations: [...finding.generations] })),
      },
      unavailable,
      warnings,
    };
  },

  render(output, terminal, { all }) {
    const rows = output.registers.flatMap(({ register, fields }) => fields.map((field) => ({ register, ...field })));
    const shown = all ? rows : rows.filter(({ name, severity }) => severity !== "normal" || MATTERS.includes(name));
    const known = output.generation !== null;
    const fields = table(shown, [
      { title: "REGISTER", cell: ({ register }) => `HFSTS${register}` },
      { title: "BITS", cell: ({ bits }) => bits.low === bits.high ? bits.low : `${bits.low}-${bits.high}` },
      { title: "FIELD", cell: ({ name }) => name },
      { title: "RAW", align: "right", cell: ({ raw }) => raw.toString(16) },
      { title: "MEANING", cell: (field) => field.text + (known ? "" : onlyFor(field.generations)) },
    ], terminal);
    return [heading(output), shown.length === 0 ? "" : fields, findings(output, terminal)]
      .filter((part) => part !== "").join("\n\n");
  },
});

function outputField({ generations, ...field }: DecodedField): HfstsOutput["registers"][number]["fields"][number] {
  return { ...field, generations: [...generations] };
}

async function ofThisMachine(context: Context, firmware: string | undefined) {
  const { name, node } = (await context.machine()).device();
  return { device: name, ...firmwareStatus(node, firmware) };
}

function heading({ device, firmwareVersion, generation, registers }: HfstsOutput): string {
  const firmware = generation === null
    ? "firmware unknown, readings that depend on it are marked"
    : `firmware ${firmwareVersion ?? "of unknown version"} (${generationText(generation)})`;
  const words = registers.map(({ register, word }) => `${register}:${word}`).join(" ");
  return `${device ?? "given words"}, ${firmware}\n${words === "" ? "no registers" : words}`;
}

function findings({ health, generation, registers }: HfstsOutput, terminal: Terminal): string {
  if (registers.length === 0) return "";
  if (health.findings.length === 0) return "Nothing in these registers is out of the ordinary";
  return health.findings.map(({ severity, register, field, text, advice, generations }) => {
    const label = severity === "attention" ? terminal.style("red", "attention") : terminal.style("yellow", "note");
    const whose = generation === null ? onlyFor(generations) : "";
    return `${label}: HFSTS${register} ${field}: ${text}${whose}\n  ${advice}`;
  }).join("\n");
}
