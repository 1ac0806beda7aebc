import { HbmFirmware, type HbmVersion } from "../../../simulator/hbm/firmware.ts";
import type { SimulatedMe } from "../../../simulator/me.ts";
import { type Deferred, deferred, within } from "./deadline.ts";

/** Something that carries the records of module/mei_virt.h, one at a time and whole. */
export interface RecordPort {
  /** Opens the firmware's device; `receive` is called with each record of the driver. */
  attach(receive: (record: Uint8Array) => void): Promise<void>;
  /** Closes it: to the driver the firmware is dead. */
  detach(): Promise<void>;
  send(record: Uint8Array): void;
}

export interface FirmwareLinkOptions {
  /** Highest host bus message version of the firmware. Default: the profile's. */
  readonly version?: HbmVersion;
  /** Looks at each frame of the driver first; what it answers goes out in place of the firmware's answer. */
  readonly intercept?: (frame: Uint8Array) => readonly Uint8Array[] | undefined;
}

const control = { reset: 0x0001, ready: 0x0081, firmwareReset: 0x0082, firmwareStatus: 0x0083 };

/** Joins a simulated ME to the virtual hardware: what on silicon is a register, is a control record here. */
export class FirmwareLink implements AsyncDisposable {
  readonly firmware: HbmFirmware;
  readonly #me: SimulatedMe;
  readonly #port: RecordPort;
  readonly #intercept: FirmwareLinkOptions["intercept"];
  readonly #stopListening: () => void;
  readonly #awaitReset: Deferred<void>[] = [];
  #hung = false;

  private constructor(port: RecordPort, me: SimulatedMe, { version, intercept }: FirmwareLinkOptions) {
    this.#port = port;
    this.#me = me;
    this.#intercept = intercept;
    const send = (frame: Uint8Array) => port.send(frame);
    this.firmware = new HbmFirmware(me, version === undefined ? { send } : { send, version });
    this.#stopListening = me.onReset(() => port.send(record(control.firmwareReset)));
  }

  /** Resolves when the driver has begun to reset the link, so that what it shows of it is no longer of old. */
  static async attach(port: RecordPort, me: SimulatedMe, options: FirmwareLinkOptions = {}): Promise<FirmwareLink> {
    const link = new FirmwareLink(port, me, options);
    const reset = link.nextReset();
    reset.catch(() => {});
    try {
      await port.attach((bytes) => link.#receive(bytes));
    } catch (error) {
      link.#stopListening();
      throw error;
    }
    try {
      await reset;
    } catch (error) {
      await link[Symbol.asyncDispose]();
      throw error;
    }
    return link;
  }

  /** Resolves when the driver resets the link the next time; rejects after 10 s. */
  nextReset(): Promise<void> {
    const waiter = deferred();
    this.#awaitReset.push(waiter);
    return within(waiter.promise, 10_000, () => "reset of the link by the driver");
  }

  /** One frame to the driver that the firmware did not send: the 4-byte header and its payload. */
  inject(frame: Uint8Array): void {
    this.#port.send(frame);
  }

  /** From now on it answers nothing, resets of the link included. */
  hang(): void {
    this.#hung = true;
    this.firmware.mute();
  }

  /** The firmware dies, and its connections with it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopListening();
    await this.#port.detach();
    this.firmware.hostReset();
  }

  #receive(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (view.getUint32(0, true) !== 0) return this.#frame(bytes);
    if (view.getUint16(4, true) !== control.reset) return;
    for (const waiter of this.#awaitReset.splice(0)) waiter.resolve();
    if (this.#hung) return;
    this.firmware.hostReset();
    this.#port.send(record(control.firmwareStatus, ...this.#me.profile.firmwareStatus));
    this.#port.send(record(control.ready, view.getUint32(8, true)));
  }

  #frame(bytes: Uint8Array): void {
    const answers = this.#intercept?.(bytes);
    if (answers === undefined) return this.firmware.receive(bytes);
    for (const answer of answers) this.inject(answer);
  }
}

function record(code: number, ...words: number[]): Uint8Array {
  const bytes = new Uint8Array(8 + 4 * words.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(4, code, true);
  view.setUint16(6, 4 * words.length, true);
  words.forEach((word, i) => view.setUint32(8 + 4 * i, word, true));
  return bytes;
}
