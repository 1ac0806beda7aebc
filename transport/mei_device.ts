import { decode, encode, reserved, struct, u32le, u8 } from "../core/binary/mod.ts";
import { delay, unlessAborted } from "../core/delay.ts";
import { abortError, AmtError } from "../core/errors/mod.ts";
import { type Guid, guidLe } from "../core/guid.ts";
import type { Host } from "../ffi/host.ts";
import { type Fd, type Libc, O_CLOEXEC, O_NONBLOCK, O_RDWR, SystemError } from "../ffi/libc.ts";
import { Descriptor } from "./descriptor.ts";
import { holders } from "./holders.ts";
import type { ConnectOptions, MeiConnection, MeiTransport } from "./mei.ts";
import { MeiDeviceConnection } from "./mei_connection.ts";
import { meiError } from "./mei_errno.ts";
import { basename } from "./sysfs_path.ts";

/** ioctl request numbers of linux/mei.h. */
export const IOCTL_MEI_CONNECT_CLIENT = 0xc010_4801;

/**
 * What CONNECT writes over the GUID: `max_msg_length` and `protocol_version`. The other 11 bytes still hold the GUID
 * (captured from fwupd), so they carry nothing.
 */
const ClientProperties = struct({ maxMessageLength: u32le, protocolVersion: u8, unused: reserved(11) });

/** No client in the field goes beyond 64 KiB; more is an answer that cannot be right, and a buffer not to allocate. */
const LARGEST_MESSAGE = 1 << 20;
const BUSY_BUDGET_MS = 2000;
const FIRST_BUSY_PAUSE_MS = 25;
const READY_BUDGET_MS = 5000;
const READY_PAUSE_MS = 100;

export interface MeiDeviceOptions {
  readonly libc: Libc;
  readonly host: Host;
  /** The node, such as `/dev/mei0`. */
  readonly path: string;
}

/** The Management Engine behind a node of the Linux mei driver. Each connection is a descriptor of its own. */
export class MeiDevice implements MeiTransport {
  readonly path: string;
  readonly #libc: Libc;
  readonly #host: Host;

  constructor(options: MeiDeviceOptions) {
    this.path = options.path;
    this.#libc = options.libc;
    this.#host = options.host;
  }

  async connect(client: Guid, options: ConnectOptions = {}): Promise<MeiConnection> {
    const subject = `${this.path}, client ${client}`;
    let budget = options.busyBudgetMs ?? BUSY_BUDGET_MS;
    let pause = FIRST_BUSY_PAUSE_MS;
    let reopened = false;
    for (;;) {
      try {
        const { fd, argument } = await this.#connectOnce(client, subject, options.signal);
        return await this.#connected(fd, argument, { subject, unasked: options.unasked ?? false });
      } catch (error) {
        if (!(error instanceof AmtError)) throw error;
        if (error.code === "mei.busy" && error.details.call === "connect") {
          if (budget <= 0) throw this.#busy(client, subject, error);
          pause = Math.min(pause, budget);
          await delay(pause, options.signal, subject);
          budget -= pause;
          pause *= 2;
        } else if (error.code === "mei.notReady" && !reopened) {
          reopened = true;
          await this.#enabled(subject, error, options.signal);
        } else {
          throw error;
        }
      }
    }
  }

  /** A descriptor that is connected, and the driver's answer. */
  async #connectOnce(client: Guid, subject: string, signal: AbortSignal | undefined) {
    if (signal?.aborted) throw abortError(signal, subject);
    const fd = this.#open();
    const argument = encode(guidLe, client);
    const work = this.#libc.slowIoctl(fd, IOCTL_MEI_CONNECT_CLIENT, argument).catch(async (error) => {
      await this.#libc.slowClose(fd);
      throw error;
    });
    try {
      await unlessAborted(work, signal, subject, () => {
        work.then(() => this.#libc.slowClose(fd)).catch(() => {});
      });
    } catch (error) {
      if (error instanceof SystemError) throw meiError("connect", error, subject, { client });
      throw error;
    }
    return { fd, argument };
  }

  async #connected(fd: Fd, answer: Uint8Array, named: { subject: string; unasked: boolean }): Promise<MeiConnection> {
    const { subject } = named;
    const { maxMessageLength, protocolVersion } = decode(ClientProperties, answer);
    if (maxMessageLength === 0 || maxMessageLength > LARGEST_MESSAGE) {
      await this.#libc.slowClose(fd);
      throw new AmtError("firmware.protocol", `${subject}: a maximum message length of ${maxMessageLength} bytes`);
    }
    const descriptor = new Descriptor(this.#libc, fd, subject);
    return new MeiDeviceConnection({ libc: this.#libc, descriptor, maxMessageLength, protocolVersion, ...named });
  }

  #open(): Fd {
    try {
      return this.#libc.open(this.path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    } catch (error) {
      if (error instanceof SystemError) throw meiError("open", error, this.path);
      throw error;
    }
  }

  async #enabled(subject: string, notReady: AmtError, signal: AbortSignal | undefined): Promise<void> {
    const attribute = `/sys/class/mei/${basename(this.path)}/dev_state`;
    for (let waited = 0; waited < READY_BUDGET_MS; waited += READY_PAUSE_MS) {
      const state = this.#host.readText(attribute)?.trim();
      if (state === "ENABLED" && waited > 0) return;
      if (state === "DISABLED") break;
      await delay(READY_PAUSE_MS, signal, subject);
    }
    const state = this.#host.readText(attribute)?.trim() ?? null;
    throw new AmtError("mei.notReady", `${notReady.message}${state === null ? "" : `, its state is ${state}`}`, {
      details: { ...notReady.details, state },
      cause: notReady,
    });
  }

  #busy(client: Guid, subject: string, error: AmtError): AmtError {
    const found = holders(this.#host, this.path, client);
    const names = [
      ...(found.driver === undefined ? [] : [`the kernel driver ${found.driver}`]),
      ...found.processes.map(({ pid, name }) => `${name} (process ${pid})`),
    ];
    const who = names.length === 0 ? "" : `; it may be held by ${names.join(", ")}`;
    const hint = found.complete ? undefined : "Run it as root to see which processes have the device open";
    return new AmtError("mei.busy", `${subject}: the client takes no further connection${who}`, {
      details: { ...error.details, driver: found.driver ?? null, processes: found.processes },
      ...(hint === undefined ? {} : { hint }),
      cause: error,
    });
  }
}
