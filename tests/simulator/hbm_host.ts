// Loaded ahead: a test may end before an answer that it does not wait for.
import "../../simulator/clients/amthi.ts";
import "../../simulator/clients/mkhi.ts";
import "../../simulator/clients/upid.ts";
import "../../simulator/clients/mchi.ts";
import "../../simulator/clients/hotham.ts";
import { fromHex, toHex } from "../../core/binary/mod.ts";
import { HbmFirmware, type HbmVersion } from "../../simulator/hbm/firmware.ts";
import type { SimulatedMe } from "../../simulator/me.ts";

/** The host's end of the bus, in hex. */
export class HbmHost {
  readonly firmware: HbmFirmware;
  #frames: string[] = [];

  constructor(me: SimulatedMe, version?: HbmVersion) {
    const send = (frame: Uint8Array) => void this.#frames.push(toHex(frame));
    this.firmware = new HbmFirmware(me, version === undefined ? { send } : { send, version });
  }

  /** Sends frames, header included, and gives what the firmware sent since the last look. */
  send(...frames: string[]): string[] {
    for (const frame of frames) this.firmware.receive(fromHex(frame));
    return this.take();
  }

  /** What the firmware sent since the last look. */
  take(): string[] {
    const taken = this.#frames;
    this.#frames = [];
    return taken;
  }
}

/** A frame of a client's message. */
export function dataFrame(me: number, host: number, payload: Uint8Array, complete: boolean): string {
  const header = [me, host, payload.length & 0xff, (payload.length >> 8) | (complete ? 0x80 : 0)];
  return toHex(Uint8Array.of(...header, ...payload));
}

/** The same ME when its clients have their answers at hand, as after their first message. */
export async function warm(me: SimulatedMe): Promise<SimulatedMe> {
  const link = { send: () => {}, disconnect: () => {} };
  for (const client of me.clients) await client.open(link).message(new Uint8Array(0));
  return me;
}
