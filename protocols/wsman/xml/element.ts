/** An element as it was read, or as it will be written: names are local names, and prefixes are resolved. */
export interface XmlElement {
  readonly name: string;
  /** The namespace's URI; empty for none. */
  readonly namespace: string;
  /** Without the declarations of namespaces. */
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlElement[];
  /**
   * All character data directly in it. Beside children it stands before them, and without the white space at its ends,
   * which only lays the text out.
   */
  readonly text: string;
}

export interface XmlAttribute {
  readonly name: string;
  /** The namespace's URI; empty for none, which is the rule. */
  readonly namespace: string;
  readonly value: string;
}

const none: readonly never[] = Object.freeze([]);

/** An element that holds text, or other elements. */
export function xmlElement(
  namespace: string,
  name: string,
  content: string | readonly XmlElement[] = none,
  attributes: readonly XmlAttribute[] = none,
): XmlElement {
  const text = typeof content === "string" ? content : "";
  return { name, namespace, attributes, children: typeof content === "string" ? none : content, text };
}

/** The first child with this name; in any namespace unless one is given, since releases of AMT differ in them. */
export function xmlChild(element: XmlElement, name: string, namespace?: string): XmlElement | undefined {
  return element.children.find((child) => isNamed(child, name, namespace));
}

/** Every child with this name, in their order. */
export function xmlChildren(element: XmlElement, name: string, namespace?: string): XmlElement[] {
  return element.children.filter((child) => isNamed(child, name, namespace));
}

/** The text of the first child with this name, without white space around it; `undefined` when there is none. */
export function xmlText(element: XmlElement, name: string, namespace?: string): string | undefined {
  return xmlChild(element, name, namespace)?.text.trim();
}

function isNamed(element: XmlElement, name: string, namespace: string | undefined): boolean {
  return element.name === name && (namespace === undefined || element.namespace === namespace);
}
