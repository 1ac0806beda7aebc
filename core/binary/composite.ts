import { at, type Codec, type Wire } from "./codec.ts";
import { CodecError } from "./codec_error.ts";
import { ByteWriter } from "./writer.ts";

// deno-lint-ignore no-explicit-any
type AnyCodec = Codec<any>;
type Fields = Record<string, AnyCodec>;
type Carried<F extends Fields> = { [K in keyof F as Wire<F[K]> extends void ? never : K]: Wire<F[K]> };

export interface Struct<F extends Fields> extends Codec<Carried<F>> {
  readonly fields: F;
}

/** Fields one after another, with no padding that is not declared. */
export function struct<F extends Fields>(fields: F): Struct<F> {
  const entries = Object.entries(fields);
  return {
    fields,
    size: entries.reduce<number | undefined>((sum, [, f]) => add(sum, f.size), 0),
    write(out, value) {
      for (const [name, field] of entries) {
        at(`.${name}`, () => field.write(out, (value as Record<string, unknown>)[name]));
      }
    },
    read(src) {
      const value: Record<string, unknown> = {};
      for (const [name, field] of entries) {
        const part = at(`.${name}`, () => field.read(src));
        if (part !== undefined) value[name] = part;
      }
      return value as Carried<F>;
    },
  };
}

/** Values preceded by their count; `capacity` keeps a fixed room for them, as firmware tables do. */
export function list<T>(count: Codec<number>, item: Codec<T>, capacity?: number): Codec<T[]> {
  if (item.size === 0) throw new TypeError("a list of items without bytes has no end");
  const room = capacity === undefined || item.size === undefined ? undefined : capacity * item.size;
  return {
    size: room === undefined ? undefined : add(count.size, room),
    write(out, values) {
      if (capacity !== undefined && values.length > capacity) {
        throw new CodecError("value", `${values.length} items, room for ${capacity}`, out.length);
      }
      count.write(out, values.length);
      values.forEach((value, i) => at(`[${i}]`, () => item.write(out, value)));
      if (room !== undefined) out.view(room - values.length * item.size!);
    },
    read(src) {
      const offset = src.offset;
      const length = count.read(src);
      if (capacity !== undefined && length > capacity) {
        throw new CodecError("value", `${length} items, room for ${capacity}`, offset);
      }
      const values: T[] = [];
      for (let i = 0; i < length; i++) values.push(at(`[${i}]`, () => item.read(src)));
      if (room !== undefined) src.take(room - length * item.size!);
      return values;
    },
  };
}

/** Values one after another up to the end of the enclosing frame. */
export function many<T>(item: Codec<T>): Codec<T[]> {
  if (item.size === 0) throw new TypeError("a list of items without bytes has no end");
  return {
    size: undefined,
    write: (out, values) => values.forEach((value, i) => at(`[${i}]`, () => item.write(out, value))),
    read(src) {
      const values: T[] = [];
      while (src.left > 0) values.push(at(`[${values.length}]`, () => item.read(src)));
      return values;
    },
  };
}

/** A body preceded by its length in bytes: it ends there, neither before nor after. */
export function sized<T>(length: Codec<number>, body: Codec<T>): Codec<T> {
  return {
    size: add(length.size, body.size),
    write(out, value) {
      const inner = new ByteWriter(body.size);
      body.write(inner, value);
      length.write(out, inner.length);
      out.put(inner.finish());
    },
    read(src) {
      const inner = src.sub(length.read(src));
      const value = body.read(inner);
      inner.expectEnd();
      return value;
    },
  };
}

type Variants = Record<string, { readonly tag: number; readonly body: AnyCodec }>;
type Chosen<V extends Variants> = {
  [K in keyof V & string]: { readonly kind: K } & Wire<V[K]["body"]>;
}[keyof V & string];

/** One of several structs, told apart by a number in front of them; the value carries the variant's name as `kind`. */
export function choice<const V extends Variants>(tag: Codec<number>, variants: V): Codec<Chosen<V>> {
  const byTag = new Map(Object.entries(variants).map(([kind, variant]) => [variant.tag, { kind, ...variant }]));
  return {
    size: undefined,
    write(out, value) {
      const variant = variants[value.kind];
      if (variant === undefined) throw new CodecError("value", `"${value.kind}" is no variant`, out.length);
      tag.write(out, variant.tag);
      at(`<${value.kind}>`, () => variant.body.write(out, value));
    },
    read(src) {
      const offset = src.offset;
      const number = tag.read(src);
      const variant = byTag.get(number);
      if (variant === undefined) throw new CodecError("value", `type ${number} is unknown`, offset);
      return { kind: variant.kind, ...at(`<${variant.kind}>`, () => variant.body.read(src)) };
    },
  };
}

function add(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}
