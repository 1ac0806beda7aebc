import { namespaces, resourceUri } from "./namespaces.ts";
import { xmlChild, xmlChildren, type XmlElement, xmlElement, xmlText } from "./xml/element.ts";

/** What chooses one instance of a class: the names and values of its keys. */
export type SelectorSet = Readonly<Record<string, string | EndpointReference>>;

/** A reference to an instance; by the lower-case names of its members it is told from an embedded instance. */
export interface EndpointReference {
  /** AMT does not look at it. */
  readonly address: string;
  readonly resourceUri: string;
  readonly selectors: SelectorSet;
}

/** The address of whoever is at the other end of the connection. */
export const ANONYMOUS = `${namespaces.addressing}/role/anonymous`;

/** A reference to the instance of a class that has these keys; `usage` for a class of a prefix that is not known. */
export function reference(className: string, selectors: SelectorSet = {}): EndpointReference {
  return { address: ANONYMOUS, resourceUri: resourceUri(className), selectors };
}

/** Whether a value is a reference. */
export function isReference(value: unknown): value is EndpointReference {
  if (typeof value !== "object" || value === null) return false;
  const { address, resourceUri, selectors } = value as Partial<Record<keyof EndpointReference, unknown>>;
  return typeof address === "string" && typeof resourceUri === "string" && typeof selectors === "object" &&
    selectors !== null;
}

/** The reference that an element holds as Address and ReferenceParameters; `undefined` when it holds something else. */
export function readReference(element: XmlElement): EndpointReference | undefined {
  const address = xmlText(element, "Address", namespaces.addressing);
  const parameters = xmlChild(element, "ReferenceParameters", namespaces.addressing);
  const uri = parameters && xmlText(parameters, "ResourceURI", namespaces.wsman);
  if (address === undefined || parameters === undefined || uri === undefined) return undefined;
  const set = xmlChild(parameters, "SelectorSet", namespaces.wsman);
  return { address, resourceUri: uri, selectors: set === undefined ? {} : readSelectors(set) };
}

/** The selectors in a SelectorSet. */
export function readSelectors(set: XmlElement): SelectorSet {
  return Object.fromEntries(
    xmlChildren(set, "Selector", namespaces.wsman).map((selector) => {
      const name = selector.attributes.find((attribute) => attribute.name === "Name")?.value ?? "";
      const inner = xmlChild(selector, "EndpointReference", namespaces.addressing);
      return [name, (inner && readReference(inner)) ?? selector.text];
    }),
  );
}

/** What an element holds that refers to an instance: Address and ReferenceParameters. */
export function writeReference({ address, resourceUri, selectors }: EndpointReference): readonly XmlElement[] {
  const uri = xmlElement(namespaces.wsman, "ResourceURI", resourceUri);
  const parameters = Object.keys(selectors).length === 0 ? [uri] : [uri, writeSelectors(selectors)];
  return [
    xmlElement(namespaces.addressing, "Address", address),
    xmlElement(namespaces.addressing, "ReferenceParameters", parameters),
  ];
}

/** The SelectorSet that says these keys. */
export function writeSelectors(selectors: SelectorSet): XmlElement {
  const each = Object.entries(selectors).map(([name, value]) => {
    const content = typeof value === "string"
      ? value
      : [xmlElement(namespaces.addressing, "EndpointReference", writeReference(value))];
    return xmlElement(namespaces.wsman, "Selector", content, [{ name: "Name", namespace: "", value: name }]);
  });
  return xmlElement(namespaces.wsman, "SelectorSet", each);
}
