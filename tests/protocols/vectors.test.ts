import { describe, expect, it } from "vitest";
import { CodecError, decode, encode, fromHex, toHex } from "../../core/binary/mod.ts";
import { HbmMessage } from "../../simulator/hbm/messages.ts";
import { layoutOf, layouts } from "../vectors/layouts.ts";
import { vectors, withBytes, withoutBytes } from "../vectors/load.ts";

const all = ["amthi", "mkhi", "watchdog", "upid", "hotham", "mchi", "apf", "hbm"].flatMap(vectors);

describe("a vector", () => {
  it.each(all)("$name is decoded and encoded by $layout ($provenance)", ({ layout, hex, sent, value }) => {
    const codec = layoutOf(layout);
    expect(withoutBytes(decode(codec, fromHex(hex)))).toEqual(value);
    expect(toHex(encode(codec, withBytes(value)))).toBe(sent ?? hex);
  });
  it.each(all)("$name says where it is from", ({ provenance, source }) => {
    expect(["captured", "peer-test", "peer-run", "hand"]).toContain(provenance);
    expect(source).not.toBe("");
  });
  it.each(all)("$name is refused when it is cut short or runs on", ({ layout, hex }) => {
    const codec = layoutOf(layout);
    const bytes = fromHex(hex);
    expect(() => decode(codec, bytes.subarray(0, bytes.length - 1))).toThrow(CodecError);
    expect(() => decode(codec, Uint8Array.of(...bytes, 0))).toThrow(CodecError);
  });
});

describe("every layout", () => {
  it.each([...layouts.keys()])("%s has a vector", (name) => {
    const codec = layouts.get(name);
    expect(all.some(({ layout }) => layoutOf(layout) === codec)).toBe(true);
  });

  const hbmVectors = all.filter(({ layout }) => layout.startsWith("HbmMessage<"));
  const commands = Array.from({ length: 256 }, (_, command) => command).filter(isHbmCommand);
  it.each(commands.map((command) => command.toString(16).padStart(2, "0")))(
    "HbmMessage has a vector for its command %s",
    (command) => expect(hbmVectors.map(({ hex }) => hex.slice(0, 2))).toContain(command),
  );
});

function isHbmCommand(command: number): boolean {
  try {
    decode(HbmMessage, Uint8Array.of(command));
  } catch (error) {
    return !(error instanceof CodecError && /unknown/.test(error.message));
  }
  return true;
}
