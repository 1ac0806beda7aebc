import fc from "fast-check";
import { describe, it } from "vitest";
import { fromHex } from "../../core/binary/mod.ts";
import { HbmFirmware } from "../../simulator/hbm/firmware.ts";
import { createSimulator } from "../../simulator/mod.ts";
import { vectors } from "../vectors/load.ts";
import { dataFrame } from "./hbm_host.ts";

const commands = vectors("hbm").filter(({ layout }) => layout.startsWith("HbmMessage")).map(({ hex }) => fromHex(hex));
const requests = ["amthi", "mkhi"].flatMap(vectors).map(({ hex }) => fromHex(hex));
const byte = fc.integer({ min: 0, max: 255 });
const mutated = (from: readonly Uint8Array[]) =>
  fc.tuple(fc.constantFrom(...from), fc.array(fc.tuple(fc.nat(39), byte), { maxLength: 2 })).map(([bytes, changes]) => {
    const copy = bytes.slice();
    for (const [at, value] of changes) if (at < copy.length) copy[at] = value;
    return copy;
  });
const anyFrame = fc.oneof(
  fc.uint8Array({ maxLength: 600 }),
  mutated(commands).map((payload) => fromHex(dataFrame(0, 0, payload, true))),
  fc.tuple(fc.constantFrom(7, 8, 32, 33, 34, 35), fc.constantFrom(0, 1, 2), mutated(requests), fc.boolean())
    .map(([me, host, payload, complete]) => fromHex(dataFrame(me, host, payload.subarray(0, 508), complete))),
);

describe("HbmFirmware", () => {
  it("takes any frames in any order, and starts afresh when the host resets the link", () => {
    fc.assert(fc.property(fc.array(anyFrame, { minLength: 1, maxLength: 40 }), (frames) => {
      const { me } = createSimulator();
      const firmware = new HbmFirmware(me, { send: () => {} });
      for (const frame of frames) firmware.receive(frame);
      firmware.hostReset();
      return me.openConnections === 0;
    }));
  });
});
