import { AmtError } from "../core/errors/mod.ts";
import type { WsmanClassDeclaration } from "../protocols/wsman/classes/declare.ts";
import { findClass } from "../protocols/wsman/classes/mod.ts";
import { toInstance, type WsmanInstance, type XmlElement } from "../protocols/wsman/mod.ts";
import { readInstance, type TypedInstance } from "../protocols/wsman/typed.ts";
import { hideSecrets, hideSecretsInXml } from "../services/wsman/secrets.ts";
import type { ChosenClass } from "./wsman_class.ts";

/** An instance as it is shown. */
export interface ShownInstance {
  readonly className: string;
  readonly instance: WsmanInstance;
  readonly unknownFields: string[];
  /** The element, with what is hidden in the instance hidden too. */
  readonly element: XmlElement;
  readonly warnings: readonly string[];
}

/** Reads an instance for people: by the declaration of its own class, with secrets hidden unless `reveal`. */
export async function readShown(
  element: XmlElement,
  { name, declaration }: ChosenClass,
  reveal: boolean,
): Promise<ShownInstance> {
  const own = element.name === name ? declaration : await findClass(element.name);
  const { instance, unknown, warnings } = readLeniently(element, () => readInstance(own, element));
  return {
    className: element.name,
    instance: reveal ? instance : hideSecrets(fieldsOf(own), instance),
    unknownFields: [...unknown],
    element: reveal ? element : hideSecretsInXml(fieldsOf(own), element),
    warnings,
  };
}

/** What was read by a declaration; where a value is not of its type, all of it as text, and a warning. */
export function readLeniently(
  element: XmlElement,
  read: () => TypedInstance,
): TypedInstance & { readonly warnings: readonly string[] } {
  try {
    return { ...read(), warnings: [] };
  } catch (error) {
    if (!(error instanceof AmtError) || error.code !== "firmware.protocol") throw error;
    return { instance: toInstance(element), unknown: [], warnings: [`${error.message}; the values are left as text`] };
  }
}

function fieldsOf(declaration: WsmanClassDeclaration | undefined) {
  return declaration?.fields ?? {};
}
