import { encode, toHex } from "../../../core/binary/mod.ts";
import { type Guid, guidLe } from "../../../core/guid.ts";
import { type Guest, runtimes } from "./guest.ts";
import type { GuestProcess } from "./guest_process.ts";
import type { Answer, Call } from "./probe_protocol.ts";

/** Request codes of the driver (include/uapi/linux/mei.h), typed from the table of them. */
const CONNECT_CLIENT = 0xC0104801;
const NOTIFY_SET = 0x40044802;
const NOTIFY_GET = 0x80044803;
const CONNECT_CLIENT_VTAG = 0xC0144804;

/** A process in the guest that makes the system calls it is told to, through our FFI. */
export class Probe implements AsyncDisposable {
  readonly #process: GuestProcess;
  #nextId = 1;

  private constructor(process: GuestProcess) {
    this.#process = process;
  }

  /** `program` is the path of the bundled guest/probe.ts in the guest. */
  static async start(guest: Guest, program: string, runtime: string = runtimes.bun): Promise<Probe> {
    const process = guest.start(`exec ${runtime} ${program}`);
    await process.until(({ stdout }) => stdout.startsWith("ready\n") || undefined, 30_000);
    return new Probe(process);
  }

  /** The answer to one call; rejects when it takes longer than `timeoutMs`. */
  async call(call: Call, timeoutMs = 10_000): Promise<Answer> {
    const id = this.#nextId++;
    const answer = new RegExp(`^{"id":${id},.*}$`, "m");
    this.#process.input(JSON.stringify({ id, call }) + "\n");
    const line = await this.#process.until(({ stdout }) => answer.exec(stdout)?.[0], timeoutMs);
    return JSON.parse(line) as Answer;
  }

  /** A descriptor; throws when there is none. */
  async open(path = "/dev/mei0"): Promise<number> {
    const { value, errno } = await this.call({ name: "open", path });
    if (value === undefined) throw new Error(`${path}: ${errno}`);
    return value;
  }

  /** CONNECT on a descriptor that is open. */
  connect(fd: number, client: Guid, timeoutMs = 10_000): Promise<Answer> {
    const argument = toHex(encode(guidLe, client));
    return this.call({ name: "ioctl", fd, request: CONNECT_CLIENT, argument, slow: true }, timeoutMs);
  }

  connectTagged(fd: number, client: Guid, tag: number): Promise<Answer> {
    const argument = toHex(encode(guidLe, client)) + toHex(Uint8Array.of(tag, 0, 0, 0));
    return this.call({ name: "ioctl", fd, request: CONNECT_CLIENT_VTAG, argument, slow: true });
  }

  notifySet(fd: number, value: number, timeoutMs = 10_000): Promise<Answer> {
    const argument = toHex(Uint8Array.of(value, 0, 0, 0));
    return this.call({ name: "ioctl", fd, request: NOTIFY_SET, argument, slow: true }, timeoutMs);
  }

  notifyGet(fd: number): Promise<Answer> {
    return this.call({ name: "ioctl", fd, request: NOTIFY_GET, argument: "00000000" });
  }

  /** A descriptor that is connected; throws when there is none. */
  async connected(client: Guid): Promise<number> {
    const fd = await this.open();
    const { errno } = await this.connect(fd, client);
    if (errno !== undefined) throw new Error(`${client}: ${errno}`);
    return fd;
  }

  write(fd: number, bytes: string): Promise<Answer> {
    return this.call({ name: "write", fd, bytes });
  }

  read(fd: number, length = 8192): Promise<Answer> {
    return this.call({ name: "read", fd, length });
  }

  /** The answer's `value` is what the kernel says of the descriptor, 0 after `timeoutMs`. */
  poll(fd: number, events: number, timeoutMs: number): Promise<Answer> {
    return this.call({ name: "poll", fd, events, timeoutMs }, timeoutMs + 10_000);
  }

  /** The answer's `value` is 1 when all messages have left, 0 when that cannot be. */
  sync(fd: number): Promise<Answer> {
    return this.call({ name: "sync", fd }, 30_000);
  }

  close(fd: number, timeoutMs = 10_000): Promise<Answer> {
    return this.call({ name: "close", fd }, timeoutMs);
  }

  /** Ends the process, which closes what it has open. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill();
    await this.#process.exited(40_000);
  }
}
