import { type Static, Type } from "typebox";
import { answerFields, closed, orNull } from "./answer.schema.ts";

const flag = orNull(Type.Boolean());
const register = Type.Integer({ minimum: 1, maximum: 6 });
const bit = Type.Integer({ minimum: 0, maximum: 31 });
const raw = Type.Integer({ minimum: 0, maximum: 0xffff_ffff });

const Generation = Type.Union([
  Type.Literal("txe"),
  Type.Literal("me"),
  Type.Literal("csme11"),
  Type.Literal("csme16"),
  Type.Literal("csme18"),
]);

const Reading = orNull(closed({
  value: Type.Union([Type.String(), Type.Integer()], { description: "A stable word, or the number when it has none" }),
  raw,
  text: Type.String(),
}));

export const HfstsOutput = closed({
  source: Type.Union([Type.Literal("device"), Type.Literal("arguments")]),
  device: orNull(Type.String()),
  firmwareVersion: orNull(Type.String()),
  generation: orNull(Generation),
  registers: Type.Array(closed({
    register,
    word: Type.String({ pattern: "^[0-9A-F]{8}$" }),
    fields: Type.Array(closed({
      name: Type.String(),
      bits: closed({ low: bit, high: bit }),
      raw,
      value: Type.Union([Type.String(), Type.Integer(), Type.Boolean()]),
      text: Type.String(),
      severity: Type.Union([Type.Literal("normal"), Type.Literal("note"), Type.Literal("attention")]),
      advice: orNull(Type.String()),
      generations: Type.Array(Generation, { description: "The firmware that this reading is right for" }),
    })),
  })),
  health: closed({
    workingState: Reading,
    operationState: Reading,
    operationMode: Reading,
    errorCode: Reading,
    initComplete: flag,
    updateInProgress: flag,
    manufacturingMode: flag,
    flashDescriptorOpen: flag,
    sku: Reading,
    disabledBy: orNull(Type.Union([
      Type.Literal("hap"),
      Type.Literal("software"),
      Type.Literal("jumper"),
      Type.Literal("message"),
    ])),
    findings: Type.Array(closed({
      severity: Type.Union([Type.Literal("note"), Type.Literal("attention")]),
      register,
      field: Type.String(),
      text: Type.String(),
      advice: Type.String(),
      generations: Type.Array(Generation),
    })),
  }),
  ...answerFields,
}, { title: "amtctl hfsts" });

export type HfstsOutput = Static<typeof HfstsOutput>;
