import { abortError, AmtError } from "../core/errors/mod.ts";
import type { Host } from "../ffi/host.ts";
import { type Fd, type Libc, O_CLOEXEC, O_NONBLOCK, O_WRONLY, SystemError } from "../ffi/libc.ts";
import type { WaitOptions } from "./mei.ts";
import { watchdogFeeders, watchdogHolders } from "./sysfs_watchdog.ts";
import type { WatchdogHandle, WatchdogTransport } from "./watchdog.ts";
import { watchdogError } from "./watchdog_errno.ts";
import { openWatchdog } from "./watchdog_handle.ts";

export interface WatchdogDeviceOptions {
  readonly libc: Libc;
  readonly host: Host;
}

/** The watchdogs of the Linux kernel, behind its device nodes. */
export class WatchdogDevice implements WatchdogTransport {
  readonly #libc: Libc;
  readonly #host: Host;

  constructor({ libc, host }: WatchdogDeviceOptions) {
    this.#libc = libc;
    this.#host = host;
  }

  async open(path: string, { signal }: WaitOptions = {}): Promise<WatchdogHandle> {
    if (signal?.aborted) throw abortError(signal, path);
    const fd = this.#open(path);
    try {
      return openWatchdog({ libc: this.#libc, host: this.#host, path, fd });
    } catch (error) {
      await this.#libc.slowClose(fd);
      throw error;
    }
  }

  #open(path: string): Fd {
    try {
      // Watchdogs know no O_NONBLOCK; it is for a path that turns out to be a pipe.
      return this.#libc.open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      const translated = watchdogError("open", error, path);
      throw error.errno === "EBUSY" ? busyWatchdog(this.#host, path, translated) : translated;
    }
  }
}

/** The error of an opening that was refused since somebody has the node open, with who that is or may be. */
export function busyWatchdog(host: Host, path: string, { message, hint, details, cause }: AmtError): AmtError {
  const { processes, complete } = watchdogHolders(host, path);
  const candidates = processes.length > 0 ? processes : watchdogFeeders(host);
  const names = candidates.map(({ pid, name }) => `${name} (process ${pid})`).join(", ");
  const who = names === "" ? "" : `; ${processes.length > 0 ? "it is" : "it may be"} ${names}`;
  const asRoot = complete ? "" : "; as root amtctl sees which program it is";
  const held = complete && names === ""
    ? "; nobody has it open, so a heartbeat may be left that the firmware never answered, until the ME restarts"
    : "";
  return new AmtError("mei.busy", `${message}${who}`, {
    details: { ...details, processes, candidates },
    hint: `${hint}${asRoot}${held}`,
    cause,
  });
}
