/** The integers of CIM, by the name that its schema has for them. */
export type IntegerKind = "uint8" | "uint16" | "uint32" | "uint64" | "sint8" | "sint16" | "sint32" | "sint64";

/** What one value of a field is; a list has several of them. */
export type FieldKind = IntegerKind | "text" | "bool" | "octets" | "datetime" | "interval" | "reference" | "embedded";

/** The type of a field or of a method's parameter. */
export interface FieldType {
  readonly kind: FieldKind;
  /** The field is repeated, once an item; an array even when there is one. */
  readonly list?: true;
  /** A password or a key: never to be shown. */
  readonly secret?: true;
  /** Of an embedded instance: its class, whose namespace its fields stand in. */
  readonly embedded?: WsmanClassDeclaration;
}

/** Fields by their names on the wire, in the schema's order. */
export type Fields = Readonly<Record<string, FieldType>>;

/** A method's parameters; `output` has `ReturnValue` too. */
export interface MethodDeclaration {
  readonly input: Fields;
  readonly output: Fields;
}

/** A class of AMT's web service: what it has and what may be done with it. */
export interface WsmanClassDeclaration {
  readonly name: string;
  /** The selectors that name one instance. */
  readonly keys: readonly string[];
  readonly fields: Fields;
  /** What the firmware tells and nobody can set; all of `dropOnPut` and more. */
  readonly readOnly: readonly string[];
  /** What does not belong into a Put, although a Get tells it: firmware refuses some of it. */
  readonly dropOnPut: readonly string[];
  /** What belongs into a Put only with a value: not empty, not 0. */
  readonly dropWhenEmpty: readonly string[];
  readonly methods: Readonly<Record<string, MethodDeclaration>>;
  /** Whether a Get without selectors is answered, there being one instance at most. */
  readonly single: boolean;
}

/** What is told of a class; what is left out is empty, or false. `readOnly` need not repeat `dropOnPut`. */
export interface ClassParts {
  readonly keys?: readonly string[];
  readonly fields: Fields;
  readonly readOnly?: readonly string[];
  readonly dropOnPut?: readonly string[];
  readonly dropWhenEmpty?: readonly string[];
  readonly methods?: Readonly<Record<string, Partial<MethodDeclaration>>>;
  readonly single?: boolean;
}

export const text: FieldType = { kind: "text" };
export const bool: FieldType = { kind: "bool" };
export const uint8: FieldType = { kind: "uint8" };
export const uint16: FieldType = { kind: "uint16" };
export const uint32: FieldType = { kind: "uint32" };
/** A number up to 2^53 - 1, decimal text above. */
export const uint64: FieldType = { kind: "uint64" };
export const sint16: FieldType = { kind: "sint16" };
export const sint32: FieldType = { kind: "sint32" };
export const sint64: FieldType = { kind: "sint64" };
/** Bytes as base64; the text is kept as it is. */
export const octets: FieldType = { kind: "octets" };
/** A point in time, as ISO 8601 or in CIM's own form; text. */
export const datetime: FieldType = { kind: "datetime" };
/** A duration, as ISO 8601 (`P1DT0H0M`) or in CIM's own form; text. */
export const interval: FieldType = { kind: "interval" };
/** An endpoint reference: names another instance. */
export const reference: FieldType = { kind: "reference" };

/** An instance inside a field; its fields stand in the namespace of its own class. */
export function embedded(declaration: WsmanClassDeclaration): FieldType {
  return { kind: "embedded", embedded: declaration };
}

/** A field that is repeated. */
export function list(item: FieldType): FieldType {
  return { ...item, list: true };
}

/** A field that must not be shown. */
export function secret(type: FieldType): FieldType {
  return { ...type, secret: true };
}

/** Declares a class. Each method's output gets `ReturnValue` (uint32) unless it declares one itself. */
export function wsmanClass(name: string, parts: ClassParts): WsmanClassDeclaration {
  const methods = Object.entries(parts.methods ?? {}).map(([method, { input = {}, output = {} }]) =>
    [method, { input, output: { ...output, ReturnValue: output.ReturnValue ?? uint32 } }] as const
  );
  return {
    name,
    keys: parts.keys ?? [],
    fields: parts.fields,
    readOnly: [...(parts.readOnly ?? []), ...(parts.dropOnPut ?? [])],
    dropOnPut: parts.dropOnPut ?? [],
    dropWhenEmpty: parts.dropWhenEmpty ?? [],
    methods: Object.fromEntries(methods),
    single: parts.single ?? false,
  };
}
