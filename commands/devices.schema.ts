import { type Static, Type } from "typebox";
import { answerFields, closed, orNull } from "./answer.schema.ts";

const Role = Type.Union([Type.Literal("main"), Type.Literal("recovery"), Type.Literal("factory")]);
const Word = Type.String({ pattern: "^[0-9A-F]{8}$" });

export const DevicesOutput = closed({
  devices: Type.Array(closed({
    name: Type.String(),
    path: Type.String(),
    kind: orNull(Type.String()),
    default: Type.Boolean({ description: "Commands use it when no other is named" }),
    state: orNull(Type.String()),
    pci: orNull(closed({
      address: Type.String(),
      vendorId: orNull(Type.String()),
      deviceId: orNull(Type.String()),
      driver: orNull(Type.String()),
    })),
    firmwareVersions: Type.Array(closed({ role: Role, platform: Type.Integer(), version: Type.String() })),
    hbmVersion: orNull(Type.String()),
    hbmVersionDriver: orNull(Type.String()),
    firmwareStatus: Type.Array(Word, { description: "HFSTS1 to 6" }),
    txQueueLimit: orNull(Type.Integer()),
    trc: orNull(Word),
    permissions: orNull(closed({
      mode: Type.String(),
      uid: Type.Integer(),
      gid: Type.Integer(),
      mayOpen: orNull(Type.Boolean()),
    })),
  })),
  ...answerFields,
}, { title: "amtctl devices" });

export type DevicesOutput = Static<typeof DevicesOutput>;
