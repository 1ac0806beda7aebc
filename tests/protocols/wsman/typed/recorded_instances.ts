import { findClass } from "../../../../protocols/wsman/classes/mod.ts";
import { readEnvelope } from "../../../../protocols/wsman/envelope.ts";
import { classOf } from "../../../../protocols/wsman/namespaces.ts";
import { readInstance, readOutput, type TypedInstance } from "../../../../protocols/wsman/typed.ts";
import type { XmlElement } from "../../../../protocols/wsman/xml/element.ts";
import { parseXml } from "../../../../protocols/wsman/xml/parse.ts";

/** An instance, or what a method returned, in a recorded answer. */
export interface RecordedInstance extends TypedInstance {
  /** `CLASS`, or `CLASS.METHOD` for what a method returned. */
  readonly declaredAs: string;
  readonly isDeclared: boolean;
}

/** Everything typed in an answer, in its order. */
export async function typedInstances(bytes: Uint8Array): Promise<RecordedInstance[]> {
  const header = (await parseXml(bytes)).children.find(({ name }) => name === "Header");
  const className = classOf(header?.children.find(({ name }) => name === "ResourceURI")?.text ?? "");
  const found = (await readEnvelope(bytes)).body.children.flatMap(instances);
  return await Promise.all(found.map((element) => typed(element, className)));
}

/** An enumeration begun and a reference to what was created are no instances; a bare ReturnValue is none either. */
function instances(content: XmlElement): readonly XmlElement[] {
  if (["EnumerateResponse", "ResourceCreated", "ReturnValue"].includes(content.name)) return [];
  if (content.name !== "PullResponse") return [content];
  return content.children.find(({ name }) => name === "Items")?.children ?? [];
}

async function typed(element: XmlElement, className: string): Promise<RecordedInstance> {
  const [method, suffix] = element.name.split(/(?=_OUTPUT$)/);
  if (suffix === undefined) {
    const declaration = await findClass(element.name);
    return { ...readInstance(declaration, element), declaredAs: element.name, isDeclared: declaration !== undefined };
  }
  const declaration = await findClass(className);
  const isDeclared = declaration !== undefined && Object.hasOwn(declaration.methods, method!);
  return { ...readOutput(declaration, method!, element), declaredAs: `${className}.${method}`, isDeclared };
}
