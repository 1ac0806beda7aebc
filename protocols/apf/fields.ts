import { at, type Codec, CodecError, mapped, prefixedText, u32be, u8, type Wire } from "../../core/binary/mod.ts";

/** A string: a u32 with its length, then as many bytes, at most `limit`; no zero at the end. */
export function apfText(limit: number): Codec<string> {
  return prefixedText({
    size: 4,
    write(out, length) {
      checkLength(length, limit, out.length);
      u32be.write(out, length);
    },
    read(src) {
      const { offset } = src;
      const length = u32be.read(src);
      checkLength(length, limit, offset);
      return length;
    },
  });
}

/** One byte; any but 0 is true. */
export const apfBoolean: Codec<boolean> = mapped(u8, (raw) => raw !== 0, Number);

/** SSH's maximum size of a packet, which APF does not use: written as FFFFFFFF; MeshCmd's CHANNEL_OPEN has 7FFFFFFF. */
export const unusedWord: Codec<void> = {
  size: 4,
  write: (out) => u32be.write(out, 0xffff_ffff),
  read: (src) => void src.take(4),
};

/** A u32 with a count, then as many bytes. They are not copied: what is read lives as long as the message. */
export const borrowedBytes: Codec<Uint8Array> = {
  size: undefined,
  write(out, value) {
    u32be.write(out, value.length);
    out.put(value);
  },
  read: (src) => src.take(u32be.read(src)),
};

/** A field at the end that is not always there. */
export function optional<T>(codec: Codec<T>): Codec<T | undefined> {
  return {
    size: undefined,
    write(out, value) {
      if (value !== undefined) codec.write(out, value);
    },
    read: (src) => src.left === 0 ? undefined : codec.read(src),
  };
}

// deno-lint-ignore no-explicit-any
type Named = Record<string, { readonly name: string; readonly body: Codec<any> }>;
type Chosen<V extends Named, Other> =
  | { [K in keyof V & string]: { readonly kind: K } & Wire<V[K]["body"]> }[keyof V & string]
  | { readonly kind: "other"; readonly name: string } & Other;

/**
 * One of several structs, told apart by a string in front of them. The value carries the variant's key as `kind`; one
 * that is not declared is `other` and keeps its name.
 */
export function choiceByName<const V extends Named, Other>(
  name: Codec<string>,
  variants: V,
  other: Codec<Other>,
): Codec<Chosen<V, Other>> {
  const byName = new Map(Object.entries(variants).map(([kind, variant]) => [variant.name, { kind, ...variant }]));
  return {
    size: undefined,
    write(out, value) {
      const { kind, name: given } = value as { kind: string; name: string };
      const variant = variants[kind];
      at(".name", () => name.write(out, variant?.name ?? given));
      at(`<${kind}>`, () => (variant?.body ?? other).write(out, value));
    },
    read(src) {
      const text = at(".name", () => name.read(src));
      const variant = byName.get(text);
      if (variant === undefined) return { kind: "other", name: text, ...at("<other>", () => other.read(src)) };
      return { kind: variant.kind, ...at(`<${variant.kind}>`, () => variant.body.read(src)) };
    },
  };
}

function checkLength(length: number, limit: number, offset: number): void {
  if (length > limit) throw new CodecError("value", `a string of ${length} bytes, ${limit} are allowed`, offset);
}
