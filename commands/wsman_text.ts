import { classOf, isReference, type WsmanInstance, type WsmanValue, type XmlElement } from "../protocols/wsman/mod.ts";
import { writeXml } from "../protocols/wsman/xml/write.ts";
import { pairs } from "./table.ts";

/** The fields of an instance below each other; those of an embedded one with a dot. */
export function instanceText(instance: WsmanInstance): string {
  return pairs(lines("", instance));
}

/** One value on a line: a reference as `CLASS?KEY=VALUE`. */
export function valueText(value: WsmanValue): string {
  if (isList(value)) return value.map(valueText).join(", ");
  if (isReference(value)) {
    const keys = Object.entries(value.selectors).map(([name, key]) =>
      `${name}=${typeof key === "string" ? key.replace(/%/g, "%25").replace(/&/g, "%26") : `(${valueText(key)})`}`
    );
    return classOf(value.resourceUri) + (keys.length === 0 ? "" : `?${keys.join("&")}`);
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** A document of this element, in ASCII: what is not stands there by its number. */
export function asciiXml(element: XmlElement): string {
  return writeXml(element).replace(/[^\n\x20-\x7e]/gu, (character) => `&#${character.codePointAt(0)};`);
}

function lines(prefix: string, instance: WsmanInstance): [string, string][] {
  return Object.entries(instance).flatMap(([name, value]): [string, string][] => {
    const field = prefix + name;
    const isNested = typeof value === "object" && !isList(value) && !isReference(value);
    return isNested ? lines(`${field}.`, value) : [[field, valueText(value)]];
  });
}

function isList(value: WsmanValue): value is readonly WsmanValue[] {
  return Array.isArray(value);
}
