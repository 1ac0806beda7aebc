import { type DecodedField, decodeRegister } from "./decode.ts";
import type { Generation } from "./generation.ts";

/** A state of the firmware: its stable word (a number where it has none), its bits, and words for a person. */
interface Reading {
  readonly value: string | number;
  readonly raw: number;
  readonly text: string;
}

/** Something in a register that is not normal. */
interface Finding {
  readonly severity: "note" | "attention";
  /** 1 to 6 */
  readonly register: number;
  readonly field: string;
  readonly text: string;
  /** What it means for AMT and what to do. */
  readonly advice: string;
  /** The generations that it is right for. */
  readonly generations: readonly Generation[];
}

/** What the registers say about the firmware in short. What they do not tell is `null`. */
export interface FirmwareHealth {
  readonly workingState: Reading | null;
  readonly operationState: Reading | null;
  readonly operationMode: Reading | null;
  readonly errorCode: Reading | null;
  readonly initComplete: boolean | null;
  readonly updateInProgress: boolean | null;
  /** Up to CSME 15; later firmware does not tell it in a register. */
  readonly manufacturingMode: boolean | null;
  /** From CSME 16 on. */
  readonly flashDescriptorOpen: boolean | null;
  /** From CSME 11 on; `corporate` has AMT. */
  readonly sku: Reading | null;
  /** How the ME was switched off on purpose: HAP bit, software, jumper, or a message. */
  readonly disabledBy: "hap" | "software" | "jumper" | "message" | null;
  /** The most important first. */
  readonly findings: readonly Finding[];
}

/**
 * The state of the firmware.
 *
 * @param words HFSTS1 to 6 as far as known; one that is `undefined` is passed over
 */
export function firmwareHealth(words: readonly (number | undefined)[], generation?: Generation): FirmwareHealth {
  const registers = Array.from(words, (word, i) => word === undefined ? [] : decodeRegister(i + 1, word, generation));
  const [first = [], , third = []] = registers;
  const disabledBy = howDisabled(first);
  const found = registers.flatMap((fields, i) => fields.flatMap((field) => finding(i + 1, field)));
  const told = disabledBy === null ? found : found.filter((each) => !followsFromDisabled(each));
  return {
    workingState: reading(first, "workingState"),
    operationState: reading(first, "operationState"),
    operationMode: reading(first, "operationMode"),
    errorCode: reading(first, "errorCode"),
    initComplete: answer(first, "initComplete"),
    updateInProgress: answer(first, "updateInProgress"),
    manufacturingMode: generation === undefined ? null : answer(first, "manufacturingMode"),
    flashDescriptorOpen: generation === undefined ? null : answer(first, "flashDescriptorOpen"),
    sku: reading(third, "sku"),
    disabledBy,
    findings: [...told.filter(isUrgent), ...told.filter((each) => !isUrgent(each))],
  };
}

/**
 * Whether firmware of this kind comes without AMT. Without a generation only `consumer` says so: ME 6 to 10 have other
 * things in these bits. `ignition` may also be a SKU that is not told.
 */
export function comesWithoutAmt(sku: Reading | null, generation: Generation | undefined): boolean {
  const kinds = generation === undefined ? ["consumer"] : ["consumer", "lite", "sps"];
  return kinds.some((kind) => kind === sku?.value);
}

function isUrgent({ severity }: Finding): boolean {
  return severity === "attention";
}

function reading(fields: readonly DecodedField[], name: string): Reading | null {
  const found = fields.find((field) => field.name === name);
  if (found === undefined || typeof found.value === "boolean") return null;
  return { value: found.value, raw: found.raw, text: found.text };
}

function answer(fields: readonly DecodedField[], name: string): boolean | null {
  const found = fields.find((field) => field.name === name);
  return typeof found?.value === "boolean" ? found.value : null;
}

function finding(register: number, { severity, name, text, advice, generations }: DecodedField): Finding[] {
  if (severity === "normal") return [];
  return [{ severity, register, field: name, text, advice: advice ?? text, generations }];
}

/** Mode 2 is debugging too; an ME that is debugged finishes its start. */
function howDisabled(first: readonly DecodedField[]): FirmwareHealth["disabledBy"] {
  switch (reading(first, "operationMode")?.value) {
    case "debugOrHap":
      return answer(first, "initComplete") ? null : "hap";
    case "softDisabled":
      return "software";
    case "overrideJumper":
      return "jumper";
    case "overrideMei":
      return "message";
    default:
      return null;
  }
}

/** An ME that is off has not started, and needs no word for each sign of it. */
function followsFromDisabled({ register, field, text }: Finding): boolean {
  if (field === "phase") return true;
  if (register !== 1) return false;
  return ["workingState", "operationState", "initComplete"].includes(field) ||
    (field === "errorCode" && text === "disabled");
}
