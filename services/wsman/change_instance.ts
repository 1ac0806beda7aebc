import { AmtError } from "../../core/errors/mod.ts";
import type { WsmanClassDeclaration } from "../../protocols/wsman/classes/declare.ts";
import {
  classOf,
  type SelectorSet,
  toElements,
  toInstance,
  type WsmanClient,
  type WsmanInput,
  type WsmanInstance,
  type WsmanValue,
  type XmlElement,
  xmlElement,
} from "../../protocols/wsman/mod.ts";
import { forPut, readInstance, writeInstance } from "../../protocols/wsman/typed.ts";

/** Which instance is meant, and what is known of its class. */
export interface InstancePlace {
  readonly resourceUri: string;
  readonly declaration: WsmanClassDeclaration | undefined;
  readonly selectors: SelectorSet;
  readonly signal?: AbortSignal | undefined;
}

/** A field that is asked to be another than it is. */
export interface FieldChange {
  readonly field: string;
  /** `undefined` when AMT did not tell it. */
  readonly before: WsmanValue | undefined;
  /** What was sent. */
  readonly after: WsmanValue;
}

export interface ChangedInstance {
  /** The instance that AMT told before. */
  readonly before: XmlElement;
  /** What was sent that is new. */
  readonly changes: readonly FieldChange[];
  /** Fields that were to be changed, and that are not sent because AMT takes no Put of them. */
  readonly leftOut: readonly string[];
  /** Whether there was a Put. */
  readonly sent: boolean;
  /** The instance that AMT says it has stored; `undefined` without a Put, and where it says nothing. */
  readonly stored: XmlElement | undefined;
}

/**
 * Gets an instance, changes some of its fields and puts all of it back but for what AMT refuses there. There is no Put
 * when nothing would be another. Rejects as {@link WsmanClient} does, and with `usage` for values that do not fit.
 */
export async function changeInstance(
  client: WsmanClient,
  place: InstancePlace,
  change: WsmanInstance,
): Promise<ChangedInstance> {
  const { declaration, resourceUri, ...options } = place;
  const before = await client.get(resourceUri, options);
  const current = readInstance(declaration, before).instance;
  const merged = { ...current, ...change };
  const wanted = readInstance(declaration, elementOf(place, writeInstance(declaration, merged))).instance;
  const asked = Object.keys(change).filter((field) => !isSame(current[field], wanted[field]));
  const kept = declaration === undefined ? merged : forPut(declaration, merged);
  const leftOut = asked.filter((field) => !Object.hasOwn(kept, field));
  const changes = asked.filter((field) => !leftOut.includes(field)).map((field): FieldChange => (
    { field, before: current[field], after: wanted[field] ?? change[field]! }
  ));
  if (changes.length === 0) return { before, changes, leftOut, sent: false, stored: undefined };
  const stored = await client.put(resourceUri, writeInstance(declaration, kept), options);
  return { before, changes, leftOut, sent: true, stored };
}

/** Puts an instance as it stands, whatever AMT has; tells what became another by it. */
export async function replaceInstance(
  client: WsmanClient,
  place: InstancePlace,
  instance: XmlElement,
): Promise<ChangedInstance> {
  const { declaration, resourceUri, ...options } = place;
  const before = await client.get(resourceUri, options);
  const [current, wanted] = fieldsOf(declaration, [before, instance]);
  const changes = Object.entries(wanted!)
    .filter(([field, after]) => !isSame(current![field], after))
    .map(([field, after]): FieldChange => ({ field, before: current![field], after }));
  const stored = await client.put(resourceUri, instance.children, options);
  return { before, changes, leftOut: [], sent: true, stored };
}

/** The fields of each by their types; all as text when a value of one is not of its type. */
function fieldsOf(declaration: WsmanClassDeclaration | undefined, elements: readonly XmlElement[]): WsmanInstance[] {
  try {
    return elements.map((element) => readInstance(declaration, element).instance);
  } catch (error) {
    if (!(error instanceof AmtError) || error.code !== "firmware.protocol") throw error;
    return elements.map(toInstance);
  }
}

function elementOf({ resourceUri }: InstancePlace, input: WsmanInput): XmlElement {
  const content = isElements(input) ? input : toElements(resourceUri, input);
  return xmlElement(resourceUri, classOf(resourceUri), content);
}

function isElements(input: WsmanInput): input is readonly XmlElement[] {
  return Array.isArray(input);
}

function isSame(one: WsmanValue | undefined, other: WsmanValue | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
