import { Type } from "typebox";
import type { EndpointReference, WsmanInstance } from "../protocols/wsman/mod.ts";
import { answerFields, closed, orNull } from "./answer.schema.ts";

/** How AMT's web service was reached. */
const target = closed({
  by: Type.Enum(["tcp", "lms", "apf"], {
    description: "Over the network, through a local management service, or through this machine's ME",
  }),
  host: Type.String(),
  port: Type.Integer({ minimum: 1, maximum: 65535 }),
  tls: Type.Boolean(),
  trusted: orNull(Type.Enum(["pin", "insecure", "knownHosts", "roots", "firstUse"], {
    description: "Why the certificate is taken for the right one; null without TLS",
  })),
  fingerprint: orNull(Type.String({ description: "Of the certificate, sha256:HEX" })),
});

/** What each answer of AMT's web service begins with. */
export const wsmanTarget = { target };

/** What it ends with. */
export const wsmanEnd = {
  xml: orNull(Type.String({ description: "The answer as XML, with --xml" })),
  ...answerFields,
};

export const wsmanClassFields = { class: Type.String(), resourceUri: Type.String() };

/** The fields of an instance, or of what a method returned. */
export const wsmanFields = Type.Unsafe<WsmanInstance>(Type.Record(Type.String(), Type.Unknown(), {
  description:
    "By their names on the wire; numbers, truth values and lists as the class declares them, secrets as *** " +
    "without --reveal",
}));

export const unknownFields = Type.Array(Type.String(), {
  description: "Fields that the declaration of the class does not have; they stay text",
});

export const wsmanReference = Type.Unsafe<EndpointReference>(closed({
  address: Type.String(),
  resourceUri: Type.String(),
  selectors: Type.Record(Type.String(), Type.Unknown(), { description: "Text, or a reference again" }),
}));
