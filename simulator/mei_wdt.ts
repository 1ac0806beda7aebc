import { decode, encode } from "../core/binary/mod.ts";
import { WATCHDOG } from "../protocols/mei/known_clients.ts";
import { StartWatchdog, StopWatchdog, WatchdogHeader, watchdogRequest } from "../protocols/watchdog/mod.ts";
import type { FirmwareConnection, HostEnd } from "./connection.ts";
import type { SimulatedMe } from "./me.ts";
import type { WatchdogDriver } from "./watchdog_core.ts";

/** The driver's device, as the watchdog core has it registered. */
export interface RegisteredDevice {
  register(): void;
  unregister(): void;
}

const HEADER_LENGTH = 4;
const START_RESPONSE = 0x83;
const VERSION = 0x10;
/** Where its state byte is, and the bit NOT_REQUIRED there. */
const STATE = 5;
const NOT_REQUIRED = 1;

/**
 * Linux's mei_wdt over a simulated ME, from when it is bound to the WD client. As there, a heartbeat waits for its
 * acknowledgement for ever and looks at no status in it; NOT_REQUIRED takes the device away after the heartbeat, until
 * the firmware notifies. Unlike there, it connects when the node is opened, and sends no heartbeat of its own to see
 * whether the firmware wants any. Source: drivers/watchdog/mei_wdt.c of Linux 6.1 and 6.12, and how it behaves on them.
 */
export class MeiWdt implements WatchdogDriver, HostEnd {
  readonly #me: SimulatedMe;
  readonly #device: RegisteredDevice;
  #connection: FirmwareConnection | undefined;
  #state: "unbound" | "idle" | "running" | "notRequired" = "unbound";
  #credits = 0;
  readonly #outbound: { readonly message: Uint8Array; readonly left: (sent: boolean) => void }[] = [];
  /** The heartbeat whose acknowledgement is due. */
  #acknowledged: (() => void) | undefined;

  constructor(me: SimulatedMe, device: RegisteredDevice) {
    this.#me = me;
    this.#device = device;
    me.onReset(() => this.#linkReset());
  }

  /** The driver gets the client. `isRequired` is what the heartbeat that it would send for itself would tell. */
  bind(isRequired = this.#me.watchdog?.required ?? false): void {
    if (this.#state !== "unbound") return;
    this.#state = "idle";
    if (isRequired || !this.#acknowledges()) return this.#device.register();
    this.#state = "notRequired";
    this.open();
  }

  /** It loses it; the watchdog core stops a watchdog that runs, before the device goes. */
  unbind(): void {
    if (this.#state === "unbound") return;
    this.#device.unregister();
    this.#state = "unbound";
    const connection = this.#connection;
    this.#ended();
    connection?.close();
  }

  open(): boolean {
    if (this.#connection !== undefined) return true;
    const connection = this.#me.connect(WATCHDOG, this);
    if (typeof connection === "string") return false;
    this.#connection = connection;
    connection.allow();
    connection.start();
    return true;
  }

  async ping(timeoutSeconds: number): Promise<boolean> {
    if (this.#state !== "idle" && this.#state !== "running") return false;
    this.#state = "running";
    const acknowledged = this.#acknowledges()
      ? new Promise<void>((resolve) => void (this.#acknowledged = resolve))
      : undefined;
    if (!await this.#send(encode(watchdogRequest(StartWatchdog), { timeoutSeconds }))) return false;
    await acknowledged;
    return true;
  }

  async stop(): Promise<boolean> {
    if (this.#state !== "running") return true;
    this.#state = "idle";
    return await this.#send(encode(watchdogRequest(StopWatchdog), {}));
  }

  message(message: Uint8Array): void {
    this.#connection?.allow();
    if (message.length < HEADER_LENGTH) return;
    const { command, subcommand, version } = decode(WatchdogHeader, message.subarray(0, HEADER_LENGTH));
    if (command !== StartWatchdog.command || subcommand !== START_RESPONSE || version !== VERSION) return;
    if (this.#state !== "running") return;
    this.#acknowledged?.();
    if (((message[STATE] ?? 0) & NOT_REQUIRED) === 0) return;
    this.#state = "notRequired";
    queueMicrotask(() => this.#device.unregister());
  }

  credit(): void {
    this.#credits++;
    this.#transmit();
  }

  notified(): void {
    if (this.#state !== "notRequired") return;
    this.#state = "idle";
    this.#device.register();
  }

  /** Of a disconnect by the firmware alone the driver is not told: what it waits for, it waits for on. */
  disconnected(reason: "firmware" | "reset"): void {
    this.#ended(reason === "reset");
  }

  /** The bus is enumerated anew: the device goes with its client, and the driver is bound to the new one. */
  #linkReset(): void {
    if (this.#state === "unbound") return;
    this.#device.unregister();
    this.#ended();
    this.#state = "unbound";
    this.bind();
  }

  #acknowledges(): boolean {
    return (this.#me.client(WATCHDOG)?.properties.protocolVersion ?? 0) > 1;
  }

  /** Resolves when the message has left, or can not leave any more. */
  #send(message: Uint8Array): Promise<boolean> {
    return new Promise((resolve) => {
      if (this.#connection === undefined) return resolve(false);
      this.#outbound.push({ message, left: resolve });
      this.#transmit();
    });
  }

  #transmit(): void {
    if (this.#credits === 0) return;
    const next = this.#outbound.shift();
    if (next === undefined) return;
    this.#credits--;
    next.left(true);
    this.#connection?.deliver(next.message);
  }

  #ended(isRemoved = true): void {
    this.#connection = undefined;
    this.#credits = 0;
    for (const { left } of this.#outbound.splice(0)) left(false);
    if (isRemoved) this.#acknowledged?.();
  }
}
