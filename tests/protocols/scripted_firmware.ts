import { fromHex, toHex } from "../../core/binary/mod.ts";
import type { Guid } from "../../core/guid.ts";
import { clientProperties } from "../../simulator/clients/properties.ts";
import type { Fault } from "../../simulator/faults.ts";
import type { FirmwareClient } from "../../simulator/firmware_client.ts";
import { meWith } from "../simulator/echo.ts";

/** An ME with one client, which gives these answers in turn; `undefined` stands for none. */
export function scriptedFirmware(
  guid: Guid,
  answers: readonly (string | undefined)[],
  faults: readonly Fault[] = [],
) {
  const asked: string[] = [];
  const left = [...answers];
  let connects = 0;
  const client: FirmwareClient = {
    properties: clientProperties(guid, { version: 1, length: 5120 }),
    open(link) {
      connects++;
      return {
        message(message) {
          asked.push(toHex(message));
          const answer = left.shift();
          if (answer !== undefined) link.send(fromHex(answer));
        },
      };
    },
  };
  return { me: meWith([client], faults), asked, connects: () => connects };
}
