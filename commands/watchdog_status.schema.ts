import { type Static, Type } from "typebox";
import { answerFields, closed, orNull } from "./answer.schema.ts";

const text = orNull(Type.String());
const seconds = orNull(Type.Integer({ minimum: 0, description: "Seconds" }));
const armed = Type.Union([Type.Boolean(), Type.Literal("unknown")], { description: "As the kernel has it" });
const processes = orNull(Type.Array(closed({ pid: Type.Integer(), name: Type.String() })));

export const WatchdogStatusOutput = closed({
  amt: closed({
    state: Type.Enum(["offered", "disabled", "absent", "noDevice", "unknown"], {
      description: "Whether the firmware offers its watchdog",
    }),
    reason: text,
    hint: text,
    device: text,
    watchdog: orNull(Type.String({ description: "The kernel's watchdog: watchdog1" })),
    armed,
    via: orNull(Type.Enum(["kernel", "mei"], { description: "The way to it that is open" })),
    client: orNull(closed({
      guid: Type.String(),
      protocolVersion: orNull(Type.Integer({ minimum: 0, maximum: 255 })),
      driver: orNull(Type.String({ description: "The kernel driver that holds it" })),
      candidates: processes,
    })),
  }),
  watchdogs: Type.Array(closed({
    name: Type.String(),
    path: Type.String(),
    isAmt: Type.Boolean(),
    identity: text,
    driver: text,
    armed,
    timeout: seconds,
    minTimeout: seconds,
    maxTimeout: seconds,
    timeLeft: seconds,
    nowayout: orNull(Type.Boolean({ description: "Nothing stops it once it is armed" })),
    firmwareVersion: orNull(Type.Integer({ minimum: 0 })),
    options: orNull(Type.Array(Type.String())),
    bootStatus: orNull(Type.Array(Type.String())),
    holders: processes,
  })),
  ...answerFields,
}, { title: "amtctl watchdog status" });

export type WatchdogStatusOutput = Static<typeof WatchdogStatusOutput>;
