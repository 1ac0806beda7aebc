import { CodecError } from "../../core/binary/mod.ts";
import { AmtError } from "../../core/errors/mod.ts";
import type { ApfChannel } from "./channel.ts";
import type { Channels } from "./channels.ts";
import type { ApfMessage, ApfMessageOf } from "./messages.ts";
import { openFailureReasons } from "./reasons.ts";
import type { ReleaseSlot, Slots } from "./slots.ts";
import { type ApfClock, type Lifetime, waitFor } from "./waiting.ts";

const PROHIBITED = 1;
const RESOURCE_SHORTAGE = 4;
/** The firmware prohibits an open while it registers its forwards anew. Source: rpc-go asks three times more. */
const RETRIES = 3;
const RETRY_MS = 250;
/** How often a firmware without channels is asked again, in ms; sooner when one of ours ends. */
const SHORTAGE_MS = 1000;
/** Opens that were given up, and that the firmware may still confirm. */
const ABANDONED_LIMIT = 1024;

/** What an open waits for: `slots` for one of our channels to end, `firmware` which has none though we use fewer. */
export type OpenWait = "slots" | "firmware";

/** One open. */
export interface OpenRequest {
  readonly port: number;
  /** Where it is connected to; on this machine 127.0.0.1 or ::1. */
  readonly address: string;
  /** Who connects. */
  readonly originator: { readonly address: string; readonly port: number };
  readonly signal: AbortSignal;
  onWait(why: OpenWait): void;
}

interface OpenerOptions {
  readonly clock: ApfClock;
  readonly slots: Slots;
  readonly channels: Channels;
  /** How long one answer is waited for, in ms. */
  readonly openMs: number;
  /** How long a firmware without channels is asked again, in ms. */
  readonly slotMs: number;
  readonly lifetime: Lifetime;
  send(message: ApfMessage): void;
}

interface Lease {
  readonly release: ReleaseSlot;
  /** The firmware may still confirm, so that the slot is kept for a while. */
  isKept: boolean;
}

interface Pending {
  readonly port: number;
  readonly release: ReleaseSlot;
  resolve(answer: ApfChannel | number): void;
}

/** Opens channels to the firmware. */
export class Opener {
  readonly #options: OpenerOptions;
  readonly #pending = new Map<number, Pending>();
  readonly #abandoned = new Map<number, ReleaseSlot>();

  constructor(options: OpenerOptions) {
    this.#options = options;
  }

  /** Opens that are not answered. */
  get pending(): number {
    return this.#pending.size;
  }

  async open(request: OpenRequest): Promise<ApfChannel> {
    const { port, signal } = request;
    const subject = `APF channel to port ${port}`;
    const release = await this.#options.slots.take(subject, signal, () => request.onWait("slots"));
    const lease: Lease = { release, isKept: false };
    try {
      const { clock, slots, slotMs } = this.#options;
      const deadline = clock.monotonic() + slotMs;
      for (let retries = 0;;) {
        const answer = await this.#ask(request, lease, subject);
        if (typeof answer !== "number") return answer;
        if (answer === PROHIBITED && retries < RETRIES) {
          retries++;
          await clock.sleep(RETRY_MS, signal, subject);
        } else if (answer === RESOURCE_SHORTAGE && clock.monotonic() < deadline) {
          request.onWait("firmware");
          await slots.another(SHORTAGE_MS, subject, signal);
        } else {
          throw refused(subject, port, answer);
        }
      }
    } catch (error) {
      if (!lease.isKept) release();
      throw error;
    }
  }

  /** The firmware's answer; `false` when it answers nothing of ours. Throws `CodecError`. */
  confirmed({ recipient, sender, windowBytes }: ApfMessageOf<"channelOpenConfirmation">): boolean {
    const { channels } = this.#options;
    const pending = this.#pending.get(recipient);
    if (pending === undefined) return this.#confirmedLate(recipient, sender);
    if (!channels.makeRoom(sender)) {
      throw new CodecError("value", `${sender} is another channel already`, 5, "<channelOpenConfirmation>.sender");
    }
    this.#pending.delete(recipient);
    const { port, release } = pending;
    const ends = { openedBy: "host", id: recipient, remote: sender, port, sendWindowBytes: windowBytes } as const;
    pending.resolve(channels.add(ends, release));
    return true;
  }

  /** As {@link Opener.confirmed}. */
  failed({ recipient, reason }: ApfMessageOf<"channelOpenFailure">): boolean {
    const pending = this.#pending.get(recipient);
    if (pending === undefined) return this.#settleAbandoned(recipient);
    this.#pending.delete(recipient);
    pending.resolve(reason);
    return true;
  }

  #ask({ port, address, originator, signal }: OpenRequest, lease: Lease, subject: string) {
    const { clock, channels, openMs: ms, send } = this.#options;
    const { release } = lease;
    return waitFor<ApfChannel | number>((resolve) => {
      const id = channels.nextId();
      this.#pending.set(id, { port, release, resolve });
      send({
        kind: "channelOpen",
        type: "forwarded-tcpip",
        sender: id,
        windowBytes: channels.windowBytes,
        address,
        port,
        originatorAddress: originator.address,
        originatorPort: originator.port,
      });
      return (isLate) => {
        lease.isKept = !isLate;
        this.#abandon(id, release, isLate);
      };
    }, { clock, ms, signal, subject, late: "the firmware does not answer" });
  }

  #abandon(id: number, release: ReleaseSlot, isLate: boolean): void {
    this.#pending.delete(id);
    this.#abandoned.set(id, release);
    const [oldest] = this.#abandoned.keys();
    if (this.#abandoned.size > ABANDONED_LIMIT) this.#settleAbandoned(oldest!);
    if (isLate) return;
    const { clock, openMs, lifetime } = this.#options;
    const wait = lifetime.wait();
    clock.sleep(openMs, wait.signal, "APF").catch(() => {}).then(() => {
      wait[Symbol.dispose]();
      release();
    });
  }

  #confirmedLate(id: number, sender: number): boolean {
    if (!this.#settleAbandoned(id)) return false;
    this.#options.send({ kind: "channelClose", recipient: sender });
    return true;
  }

  #settleAbandoned(id: number): boolean {
    const release = this.#abandoned.get(id);
    this.#abandoned.delete(id);
    release?.();
    return release !== undefined;
  }
}

function refused(subject: string, port: number, reason: number): AmtError {
  const known = openFailureReasons[reason];
  const why = known === undefined ? `reason ${reason}` : `${known.name}, ${known.text}`;
  return new AmtError("net.connect", `${subject}: the firmware did not open it: ${why}`, {
    details: { port, reason, ...(known && { reasonName: known.name }) },
  });
}
