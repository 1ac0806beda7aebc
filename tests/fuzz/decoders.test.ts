import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CodecError, decode, encode, fromHex } from "../../core/binary/mod.ts";
import { GuidError, parseGuid } from "../../core/guid.ts";
import { HexError } from "../../core/binary/mod.ts";
import { layouts } from "../vectors/layouts.ts";
import { type Vector, vectors } from "../vectors/load.ts";

const env = (name: string) => "Deno" in globalThis ? Deno.env.get(name) : process.env[name];

/** Inputs a decoder; `deno task fuzz` sets a million. */
const numRuns = Number(env("AMTCTL_FUZZ_RUNS") ?? 10_000);
/** Another run is repeated with the seed that it logged. */
const seed = Number(env("AMTCTL_FUZZ_SEED") ?? Date.now() % 2 ** 31);

console.log(`fuzz: AMTCTL_FUZZ_SEED=${seed}, ${numRuns} inputs a decoder`);

const known: Vector[] = ["amthi", "mkhi", "watchdog", "upid", "hotham", "mchi", "apf", "hbm"].flatMap(vectors);

describe(`decoders (AMTCTL_FUZZ_SEED=${seed})`, () => {
  it.each([...layouts])("%s takes any bytes or throws CodecError", (name, layout) => {
    const relatives = known.filter((vector) => vector.layout.startsWith(name.split("<")[0]!));
    const samples = relatives.filter((vector) => vector.layout === name);
    const inputs = fc.oneof(
      fc.uint8Array({ maxLength: 600 }),
      ...[relatives, samples].filter((each) => each.length > 0).map(mutated),
    );
    let accepted = 0;
    fc.assert(
      fc.property(inputs, (input) => {
        try {
          const value = decode(layout, input);
          accepted++;
          decode(layout, encode(layout, value));
        } catch (error) {
          if (!(error instanceof CodecError)) throw error;
        }
      }),
      { numRuns, seed },
    );
    if (samples.length > 0) expect(accepted).toBeGreaterThan(0);
  });
});

describe(`text parsers (AMTCTL_FUZZ_SEED=${seed})`, () => {
  it("parseGuid takes any text or throws GuidError with a position inside it", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.uuid().chain((id) => cut(id))), (text) => {
        try {
          parseGuid(text);
        } catch (error) {
          if (!(error instanceof GuidError)) throw error;
          expect(error.position).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns, seed },
    );
  });

  it("fromHex takes any text or throws HexError with a position inside it", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(..."0123456789abcdefABCDEF :-\n") })),
        (text) => {
          try {
            fromHex(text);
          } catch (error) {
            if (!(error instanceof HexError)) throw error;
            expect(error.position).toBeLessThanOrEqual(text.length);
          }
        },
      ),
      { numRuns, seed },
    );
  });
});

/** A vector with bytes changed, cut off or added. */
function mutated(samples: readonly Vector[]): fc.Arbitrary<Uint8Array> {
  const change = fc.record({ at: fc.nat(4096), to: fc.nat(255) });
  return fc.record({
    sample: fc.constantFrom(...samples.map(({ hex }) => fromHex(hex))),
    changes: fc.array(change, { maxLength: 4 }),
    length: fc.option(fc.nat(600), { freq: 2 }),
    tail: fc.uint8Array({ maxLength: 8 }),
  }).map(({ sample, changes, length, tail }) => {
    const kept = sample.slice(0, length ?? sample.length);
    for (const { at, to } of changes) if (kept.length > 0) kept[at % kept.length] = to;
    return length === null ? kept : Uint8Array.from([...kept, ...tail]);
  });
}

function cut(text: string): fc.Arbitrary<string> {
  return fc.tuple(fc.nat(text.length), fc.string({ maxLength: 2 })).map(([at, middle]) =>
    text.slice(0, at) + middle + text.slice(at + middle.length)
  );
}
