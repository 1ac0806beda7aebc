import { decode, encode, struct, u32le, u8 } from "../../core/binary/mod.ts";
import { guidLe } from "../../core/guid.ts";
import type { Errno } from "../../ffi/errno.ts";
import {
  type Fd,
  type Libc,
  O_NONBLOCK,
  POLLERR,
  POLLIN,
  POLLNVAL,
  POLLOUT,
  type PollSet,
  SystemError,
} from "../../ffi/libc.ts";
import type { FirmwareConnection } from "../../simulator/connection.ts";
import type { SimulatedMe } from "../../simulator/me.ts";

const CONNECT = 0xc010_4801;
const QUEUE_LIMIT = 50;
const Answer = struct({ maxMessageLength: u32le, protocolVersion: u8 });

/** One call that fails: the `nth` of its kind, counted from 1. */
export interface ScriptedFailure {
  readonly call: "open" | "ioctl" | "read" | "write" | "close" | "fsync";
  readonly errno: Errno;
  readonly nth: number;
  /** How long a slow call is held before it fails; `forever` never settles. */
  readonly held?: number | "forever";
}

/**
 * The Linux mei driver in memory, as far as libc sees it: descriptors, errno and credits of drivers/misc/mei over a
 * simulated ME, with calls that fail by script. Knows one node, `/dev/mei0`.
 */
export class FakeMeiDriver implements Libc {
  readonly #me: SimulatedMe;
  readonly #script: readonly ScriptedFailure[];
  readonly #counts = new Map<string, number>();
  readonly #files = new Map<number, OpenFile>();
  readonly #counters = new Map<number, number>();
  readonly #pollers = new Set<() => void>();
  #next = 10;

  constructor(me: SimulatedMe, script: readonly ScriptedFailure[] = []) {
    this.#me = me;
    this.#script = script;
  }

  /** Descriptors that nobody closed. */
  get openDescriptors(): number {
    return this.#files.size + this.#counters.size;
  }

  open(path: string, flags: number): Fd {
    this.#scripted("open");
    if (path !== "/dev/mei0") throw new SystemError("open", "ENOENT");
    if ((flags & O_NONBLOCK) === 0) throw new Error("the driver would block the main thread");
    const fd = this.#next++;
    this.#files.set(fd, new OpenFile(this.#me, () => this.#changed()));
    return fd as Fd;
  }

  ioctl(fd: Fd, request: number, argument: Uint8Array): number {
    const file = this.#file("ioctl", fd);
    if (request !== CONNECT) throw new SystemError("ioctl", "ENOTTY");
    file.connect(argument);
    return 0;
  }

  read(fd: Fd, into: Uint8Array): number {
    if (this.#counters.has(fd)) {
      if (this.#counters.get(fd) === 0) throw new SystemError("read", "EAGAIN");
      this.#counters.set(fd, 0);
      return 8;
    }
    this.#scripted("read");
    return this.#file("read", fd).read(into);
  }

  write(fd: Fd, from: Uint8Array): number {
    if (this.#counters.has(fd)) {
      this.#counters.set(fd, this.#counters.get(fd)! + 1);
      this.#changed();
      return 8;
    }
    this.#scripted("write");
    return this.#file("write", fd).write(from);
  }

  close(fd: Fd): void {
    this.#scripted("close");
    if (this.#counters.delete(fd)) return;
    const file = this.#file("close", fd);
    this.#files.delete(fd);
    file.close();
    this.#changed();
  }

  eventfd(): Fd {
    const fd = this.#next++;
    this.#counters.set(fd, 0);
    return fd as Fd;
  }

  async poll(set: PollSet): Promise<void> {
    while (!this.#ready(set)) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#pollers.delete(wake);
          resolve();
        };
        this.#pollers.add(wake);
      });
    }
  }

  async slowIoctl(fd: Fd, request: number, argument: Uint8Array): Promise<number> {
    await this.#slowly("ioctl");
    return this.ioctl(fd, request, argument);
  }

  async slowClose(fd: Fd): Promise<void> {
    await Promise.resolve();
    this.close(fd);
  }

  /** What is held is not even ended by the close. */
  async slowSync(fd: Fd): Promise<boolean> {
    try {
      await this.#slowly("fsync");
    } catch {
      return false;
    }
    while (this.#files.get(fd)?.hasQueued) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#pollers.delete(wake);
          resolve();
        };
        this.#pollers.add(wake);
      });
    }
    return this.#files.get(fd)?.isConnected ?? false;
  }

  sendDatagram(): void {
    throw new SystemError("sendto", "ECONNREFUSED");
  }

  dispose(): void {}

  #file(call: string, fd: Fd): OpenFile {
    const file = this.#files.get(fd);
    if (file === undefined) throw new SystemError(call, "EBADF");
    return file;
  }

  #ready(set: PollSet): boolean {
    let ready = false;
    for (let i = 0; i < set.length; i++) {
      const view = new DataView(set.bytes.buffer, 8 * i);
      const fd = view.getInt32(0, true);
      const events = view.getInt16(4, true);
      const count = this.#counters.get(fd);
      const now = count === undefined ? this.#files.get(fd)?.poll(events) ?? POLLNVAL : count > 0 ? POLLIN : 0;
      const revents = now & (events | POLLERR | POLLNVAL);
      view.setInt16(6, revents, true);
      ready ||= revents !== 0;
    }
    return ready;
  }

  #changed(): void {
    for (const wake of [...this.#pollers]) wake();
  }

  /** What the script has for this call, which is counted. */
  #due(call: ScriptedFailure["call"]): ScriptedFailure | undefined {
    const count = (this.#counts.get(call) ?? 0) + 1;
    this.#counts.set(call, count);
    return this.#script.find((failure) => failure.call === call && failure.nth === count);
  }

  async #slowly(call: ScriptedFailure["call"]): Promise<void> {
    const failure = this.#due(call);
    if (failure === undefined) return;
    const { held, errno } = failure;
    if (held !== undefined) {
      await new Promise<void>((resolve) => held === "forever" ? undefined : setTimeout(resolve, held));
    }
    throw new SystemError(call, errno);
  }

  #scripted(call: ScriptedFailure["call"]): void {
    const failure = this.#due(call);
    if (failure !== undefined) throw new SystemError(call, failure.errno);
  }
}

/** One `struct file` of the driver. */
class OpenFile {
  readonly #me: SimulatedMe;
  readonly #changed: () => void;
  readonly #inbound: Uint8Array[] = [];
  readonly #outbound: Uint8Array[] = [];
  #connection: FirmwareConnection | undefined;
  #maxMessageLength = 0;
  #credits = 0;
  #receiveCreditPosted = false;
  #taken = 0;

  constructor(me: SimulatedMe, changed: () => void) {
    this.#me = me;
    this.#changed = changed;
  }

  connect(argument: Uint8Array): void {
    if (this.#connection !== undefined) throw new SystemError("ioctl", "EBUSY");
    const client = decode(guidLe, argument.slice(0, 16));
    const answer = this.#me.connect(client, {
      message: (message) => {
        this.#receiveCreditPosted = false;
        this.#inbound.push(message);
        this.#changed();
      },
      credit: () => {
        this.#credits++;
        this.#transmit();
      },
      disconnected: () => {
        this.#connection = undefined;
        this.#changed();
      },
    });
    if (answer === "notFound") throw new SystemError("ioctl", "ENOTTY");
    if (answer === "rejected") throw new SystemError("ioctl", "EBUSY");
    const { maxMessageLength, protocolVersion } = answer.client.properties;
    this.#maxMessageLength = maxMessageLength;
    argument.set(encode(Answer, { maxMessageLength, protocolVersion }));
    this.#connection = answer;
    answer.start();
  }

  read(into: Uint8Array): number {
    const message = this.#inbound[0];
    if (message === undefined) {
      if (this.#connection === undefined) throw new SystemError("read", "ENODEV");
      this.#postReceiveCredit();
      if (this.#inbound.length === 0) throw new SystemError("read", "EAGAIN");
      return this.read(into);
    }
    const part = message.subarray(this.#taken, this.#taken + into.length);
    into.set(part);
    this.#taken += part.length;
    if (this.#taken === message.length) {
      this.#inbound.shift();
      this.#taken = 0;
    }
    return part.length;
  }

  write(from: Uint8Array): number {
    if (this.#connection === undefined) throw new SystemError("write", "ENODEV");
    if (from.length > this.#maxMessageLength) throw new SystemError("write", "EFBIG");
    if (this.#outbound.length >= QUEUE_LIMIT) throw new SystemError("write", "EAGAIN");
    if (from.length > 0) this.#outbound.push(from.slice());
    this.#transmit();
    return from.length;
  }

  get isConnected(): boolean {
    return this.#connection !== undefined;
  }

  /** Messages wait to leave. */
  get hasQueued(): boolean {
    return this.#connection !== undefined && this.#outbound.length > 0;
  }

  poll(events: number): number {
    if (this.#connection === undefined) return POLLERR | (this.#inbound.length > 0 ? POLLIN : 0);
    if ((events & POLLIN) !== 0 && this.#inbound.length === 0) this.#postReceiveCredit();
    return (this.#inbound.length > 0 ? POLLIN : 0) | (this.#outbound.length < QUEUE_LIMIT ? POLLOUT : 0);
  }

  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  #postReceiveCredit(): void {
    if (this.#receiveCreditPosted) return;
    this.#receiveCreditPosted = true;
    this.#connection?.allow();
  }

  /** The firmware works in its own time: never inside the host's system call. */
  #transmit(): void {
    queueMicrotask(() => {
      if (this.#credits === 0 || this.#connection === undefined) return;
      const message = this.#outbound.shift();
      if (message === undefined) return;
      this.#credits--;
      this.#connection.deliver(message);
      this.#changed();
    });
  }
}
