import type { Fields, FieldType } from "../../protocols/wsman/classes/declare.ts";
import { isReference, type WsmanInstance, type WsmanValue, type XmlElement } from "../../protocols/wsman/mod.ts";

/** What stands for a secret that is not shown. */
export const HIDDEN = "***";

/** Of fields that no declaration knows, those with such names are taken for secrets. */
const telltale = /passw|passphrase|secret|private_?key|^psk|otp$/i;

/** The fields of an instance with {@link HIDDEN} in place of each secret; what is empty hides nothing. */
export function hideSecrets(fields: Fields, instance: WsmanInstance): WsmanInstance {
  return Object.fromEntries(
    Object.entries(instance).map(([name, value]) => {
      const type = fieldOf(fields, name);
      return [name, isSecret(type, name) ? masked(value) : inside(type, value)];
    }),
  );
}

/** The same for the element of an instance, or of what a method returned. */
export function hideSecretsInXml(fields: Fields, element: XmlElement): XmlElement {
  const children = element.children.map((child) => {
    const type = fieldOf(fields, child.name);
    if (!isSecret(type, child.name)) return hideSecretsInXml(type?.embedded?.fields ?? {}, child);
    return child.children.length === 0 && child.text.trim() === "" ? child : { ...child, children: [], text: HIDDEN };
  });
  return { ...element, children };
}

/** Whether a field must not be shown: by its declaration, or by its name where there is none. */
export function isSecret(type: FieldType | undefined, name: string): boolean {
  return type === undefined ? telltale.test(name) : type.secret === true;
}

/** The type of a field, if it is declared; names come from the firmware and from users. */
export function fieldOf(fields: Fields, name: string): FieldType | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function inside(type: FieldType | undefined, value: WsmanValue): WsmanValue {
  if (isList(value)) return value.map((each) => inside(type, each));
  if (typeof value !== "object" || isReference(value)) return value;
  return hideSecrets(type?.embedded?.fields ?? {}, value);
}

function masked(value: WsmanValue): WsmanValue {
  if (isList(value)) return value.map(masked);
  return value === "" ? "" : HIDDEN;
}

function isList(value: WsmanValue): value is readonly WsmanValue[] {
  return Array.isArray(value);
}
