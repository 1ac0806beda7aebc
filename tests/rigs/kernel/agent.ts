import type { Socket } from "node:net";
import { type Deferred, deferred, within } from "./deadline.ts";
import { GuestProcess } from "./guest_process.ts";
import type { RecordPort } from "./link.ts";

const HEADER = 8;
const ANSWER_MS = 10_000;

/** The host's end of the protocol that guest/agent.c describes: commands, and the records of the firmware device. */
export class Agent implements RecordPort {
  /** Error numbers with which the module refused records. */
  readonly refusals: number[] = [];
  readonly #socket: Socket;
  readonly #processes = new Map<number, GuestProcess>();
  readonly #ready = deferred();
  #attached: Deferred<void> | undefined;
  #detached: Deferred<void> | undefined;
  #receive: ((record: Uint8Array) => void) | undefined;
  #held = Buffer.alloc(0);
  #lost: Error | undefined;
  #nextId = 1;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (bytes) => this.#take(bytes as Buffer));
    socket.on("error", (error) => this.fail(error));
    socket.on("close", () => this.fail(new Error("the guest is gone")));
  }

  /** Resolves when the agent runs, which is after file systems and modules. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Starts a shell command; its input stays open. */
  start(command: string): GuestProcess {
    if (this.#lost !== undefined) throw this.#lost;
    const id = this.#nextId++;
    const process = new GuestProcess(command, {
      input: (text) => this.#frame(id, "I", Buffer.from(text)),
      end: () => this.#frame(id, "E"),
      kill: () => this.#frame(id, "K"),
    });
    this.#processes.set(id, process);
    this.#frame(id, "R", Buffer.from(command));
    return process;
  }

  async attach(receive: (record: Uint8Array) => void): Promise<void> {
    if (this.#receive !== undefined) throw new Error("a firmware is attached already");
    this.#receive = receive;
    this.#attached = deferred();
    this.#frame(0, "A");
    await within(this.#attached.promise, ANSWER_MS, () => "opening /dev/mei_fw");
  }

  async detach(): Promise<void> {
    if (this.#receive === undefined || this.#lost !== undefined) return;
    this.#receive = undefined;
    this.#detached = deferred();
    this.#frame(0, "D");
    await within(this.#detached.promise, ANSWER_MS, () => "closing /dev/mei_fw");
  }

  send(record: Uint8Array): void {
    this.#frame(0, "F", record);
  }

  /** Ends all that waits. */
  fail(error: Error): void {
    if (this.#lost !== undefined) return;
    this.#lost = error;
    this.#ready.reject(error);
    this.#attached?.reject(error);
    this.#detached?.reject(error);
    for (const process of this.#processes.values()) process.lost(error);
    this.#processes.clear();
  }

  #frame(id: number, type: string, payload: Uint8Array = new Uint8Array()): void {
    if (this.#lost !== undefined) return;
    const header = Buffer.alloc(HEADER);
    header.writeUInt32LE(id, 0);
    header.writeUInt32LE((payload.length | type.charCodeAt(0) << 24) >>> 0, 4);
    this.#socket.write(Buffer.concat([header, payload]));
  }

  #take(bytes: Buffer): void {
    this.#held = Buffer.concat([this.#held, bytes]);
    while (this.#held.length >= HEADER) {
      const length = this.#held.readUIntLE(4, 3);
      if (this.#held.length < HEADER + length) return;
      const payload = this.#held.subarray(HEADER, HEADER + length);
      this.#obey(this.#held.readUInt32LE(0), String.fromCharCode(this.#held[7]!), payload);
      this.#held = this.#held.subarray(HEADER + length);
    }
  }

  #obey(id: number, type: string, payload: Buffer): void {
    switch (type) {
      case "H":
        return this.#ready.resolve();
      case "o":
        return this.#processes.get(id)?.output("stdout", payload);
      case "e":
        return this.#processes.get(id)?.output("stderr", payload);
      case "x":
        this.#processes.get(id)?.exit(payload.readUInt32LE(0));
        this.#processes.delete(id);
        return;
      case "A": {
        const errno = payload.readUInt32LE(0);
        if (errno === 0) return this.#attached?.resolve();
        this.#receive = undefined;
        return this.#attached?.reject(new Error(`/dev/mei_fw: errno ${errno}`));
      }
      case "D":
        this.#receive = undefined;
        return this.#detached?.resolve();
      case "W":
        this.refusals.push(payload.readUInt32LE(0));
        return;
      case "F":
        return this.#receive?.(new Uint8Array(payload));
      default:
        return this.fail(new Error(`the agent sent a frame of type ${type}`));
    }
  }
}
