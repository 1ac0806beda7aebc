import { delay, unlessAborted } from "../core/delay.ts";
import { abortError, AmtError } from "../core/errors/mod.ts";
import type { WaitOptions } from "../transport/mei.ts";
import type { WatchdogHandle, WatchdogSupport } from "../transport/watchdog.ts";
import type { WatchdogCall } from "../transport/watchdog_errno.ts";
import type { CoreWatchdog } from "./watchdog_core.ts";

/** As long waits the real one, for a kernel that is not done with a call. */
const CLOSE_MS = 2_000;

/** An open node of a simulated watchdog. Calls queue up in its device, also those whose wait was given up. */
export class WatchdogNode implements WatchdogHandle {
  readonly #device: CoreWatchdog;
  readonly #path: string;
  readonly #support: WatchdogSupport;
  readonly #bootStatus: number;
  readonly #ending = new AbortController();
  #timeout: number;
  #disabled = false;
  #closed: Promise<void> | undefined;

  constructor(device: CoreWatchdog, path: string) {
    const { identity = "", firmwareVersion = 0, options = 0, bootStatus = 0, timeout = 0 } = device.shown;
    this.#device = device;
    this.#path = path;
    this.#support = { identity, firmwareVersion, options };
    this.#bootStatus = bootStatus;
    this.#timeout = timeout;
  }

  support(): WatchdogSupport {
    return this.#support;
  }

  bootStatus(): number {
    return this.#bootStatus;
  }

  timeout(): number {
    return this.#timeout;
  }

  status(options?: WaitOptions): Promise<number> {
    return this.#call("read", options, () => this.#device.status());
  }

  timeLeft(options?: WaitOptions): Promise<number | undefined> {
    return this.#call("read", options, () => this.#device.shown.timeLeft);
  }

  async setTimeout(seconds: number, options?: WaitOptions): Promise<number> {
    return await this.#call("setTimeout", options, async () => {
      return this.#timeout = await this.#device.setTimeout(seconds, this.#path);
    });
  }

  keepAlive(options?: WaitOptions): Promise<void> {
    return this.#call("keepAlive", options, () => {
      if (this.#disabled) throw new AmtError("usage", `${this.#path}: a heartbeat after it was disabled`);
      return this.#device.ping("keepAlive", this.#path);
    });
  }

  disable(options?: WaitOptions): Promise<void> {
    return this.#call("disable", options, async () => {
      await this.#device.stop(this.#path);
      this.#disabled = true;
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#closed ??= this.#close();
  }

  async #close(): Promise<void> {
    const released = this.#device.call("read", this.#path, () => this.#device.release(this.#path)).catch(() => {});
    this.#ending.abort(new AmtError("mei.closed", `${this.#path}: the watchdog is closed`));
    const inTime = new AbortController();
    await Promise.race([released, delay(CLOSE_MS, inTime.signal, this.#path)]).finally(() => inTime.abort());
  }

  async #call<T>(call: WatchdogCall, { signal }: WaitOptions = {}, make: () => T | Promise<T>): Promise<T> {
    const ending = this.#ending.signal;
    const waits = signal === undefined ? ending : AbortSignal.any([ending, signal]);
    const turn = this.#device.call(call, this.#path, () => {
      if (waits.aborted) throw abortError(waits, this.#path);
      return make();
    });
    return await unlessAborted(turn, waits, this.#path, () => {});
  }
}
