import type { Clock } from "../../core/clock.ts";
import type { Guid } from "../../core/guid.ts";
import type { GlobalRequest } from "../../protocols/apf/mod.ts";
import { simulatedClock } from "../clock.ts";
import type { ClientLink, ClientSession } from "../firmware_client.ts";
import type { AlertEvent } from "./alert.ts";
import { type Credit, credits, type LmeFaults, type LmeOptions } from "./options.ts";
import type { Service } from "./service.ts";
import type { DirectOutcome, DirectTarget } from "./direct.ts";
import type { LmeSession } from "./session.ts";

/** What a machine has behind LME. */
export interface LmeMachine {
  readonly maxMessageLength: number;
  /** Ports that the host is asked to forward. */
  readonly forwards: readonly number[];
  /** All else; called when somebody connects. */
  readonly facts: () => Promise<LmeFacts>;
}

export interface LmeFacts {
  readonly uuid: Guid;
  /** The name of AMT, which its forwards carry; may be empty. */
  readonly hostName: string;
  /** By port. */
  readonly services: ReadonlyMap<number, Service>;
}

/** What has passed on LME. */
export interface LmeCounts {
  /** Payload of DATA in both directions, in bytes. */
  readonly dataBytes: number;
  /** Messages of the host without effect: for channels that are not there, or of no use to firmware. */
  readonly ignored: number;
}

const PROTOCOL_ERROR = 2;

/**
 * The firmware behind LME as seen from outside: what has passed, what goes wrong, and what it is told to do next.
 * Whatever it is told waits until a host has connected and has answered the forwards.
 */
export class Lme {
  readonly credit: Credit;
  /** May be changed at any time. */
  readonly faults: LmeFaults;
  /** What the host did wrong. Each ended its session by DISCONNECT. */
  readonly protocolErrors: string[] = [];
  readonly #options: LmeOptions;
  readonly #clock: Clock;
  readonly #restart: () => void;
  readonly #counts = { dataBytes: 0, ignored: 0 };
  #session: LmeSession | undefined;
  #waitForReady: ((session: LmeSession) => void)[] = [];
  #isReady = false;
  #wasReset = false;
  #posted = 0;

  /** `restart` is what the fault `reset` does. */
  constructor(options: LmeOptions = {}, clock = simulatedClock(), restart = () => {}) {
    const { credit = "realistic", faults } = options;
    this.credit = typeof credit === "string" ? credits[credit] : credit;
    this.faults = { ...faults };
    this.#options = options;
    this.#clock = clock;
    this.#restart = restart;
  }

  get counts(): LmeCounts {
    return { ...this.#counts };
  }

  /** Channels of the host that have a slot. */
  get slotsInUse(): number {
    return this.#session?.slotsInUse ?? 0;
  }

  /** The firmware's end of a connection. The session is loaded with the first message, as probes send and take none. */
  open(link: ClientLink, machine: LmeMachine): ClientSession {
    let session: LmeSession | undefined;
    let started: Promise<void> | undefined;
    let isOpen = true;
    return {
      start: () => {
        started = this.#load(machine).then((create) => {
          if (!isOpen) return;
          session = create(link);
          session.start();
        });
      },
      message(bytes) {
        if (session === undefined) return started?.then(() => session?.message(bytes));
        session.message(bytes);
      },
      close() {
        isOpen = false;
        session?.close();
      },
    };
  }

  /** The firmware restarted. */
  wasReset(): void {
    this.#wasReset = true;
  }

  /** Resolves when a host has answered all forwards. */
  async ready(): Promise<void> {
    await this.#whenReady();
  }

  /** Posts an alert to the host's port 0. */
  async postEvent(event: AlertEvent): Promise<DirectOutcome> {
    const { alertPost } = await import("./alert.ts");
    return await this.openDirect({ address: "localhost", port: 0 }, alertPost(event, ++this.#posted));
  }

  /** Opens a channel to anywhere, sends `data` and waits for the host's CLOSE. */
  async openDirect(target: DirectTarget, data: Uint8Array = new Uint8Array()): Promise<DirectOutcome> {
    return await (await this.#whenReady()).direct.converse(target, data);
  }

  /** Takes the forwards back and asks for them again after a pause. Until they are answered opens are refused. */
  async reregister(pauseMs = 0): Promise<void> {
    const { handshake } = await this.#whenReady();
    await handshake.cancel();
    await this.#clock.sleep(pauseMs, undefined, "simulated LME");
    await handshake.forward();
  }

  /** Sends a request and resolves with whether the host granted it; one that no host knows has no answer. */
  async request(request: GlobalRequest): Promise<boolean> {
    return await (await this.#whenReady()).handshake.request(request);
  }

  /** Asks whether the host is there, and resolves when it answered. */
  async keepAlive(cookie: number): Promise<void> {
    await (await this.#whenReady()).keepAlive(cookie);
  }

  /** Ends the session by DISCONNECT. */
  async disconnect(reason = PROTOCOL_ERROR): Promise<void> {
    (await this.#whenReady()).disconnect(reason);
  }

  /** Sends any bytes as a message. */
  async send(message: Uint8Array): Promise<void> {
    (await this.#whenReady()).sendRaw(message);
  }

  async #load(machine: LmeMachine): Promise<(link: ClientLink) => LmeSession> {
    const [{ LmeSession }, facts] = await Promise.all([import("./session.ts"), machine.facts()]);
    const { services, auth = false, forwards = machine.forwards } = this.#options;
    const { forwardsAtOnce, maxMessageLength = machine.maxMessageLength } = this.credit;
    return (link) => {
      const staleClose = this.#wasReset && this.faults.staleClose === true;
      this.#wasReset = false;
      const session: LmeSession = new LmeSession(link, {
        facts: { ...facts, forwards, auth, forwardsAtOnce },
        credit: this.credit,
        maxMessageLength,
        clock: this.#clock,
        staleClose,
        faults: this.faults,
        service: (port) => services?.[port] ?? facts.services.get(port),
        ready: () => this.#becameReady(session),
        ended: () => this.#ended(session),
        passed: (bytes) => this.#passed(session, bytes),
        ignored: () => void this.#counts.ignored++,
        protocolError: (what) => void this.protocolErrors.push(what),
      });
      return this.#session = session;
    };
  }

  #whenReady(): Promise<LmeSession> {
    if (this.#isReady) return Promise.resolve(this.#session!);
    return new Promise((resolve) => void this.#waitForReady.push(resolve));
  }

  #becameReady(session: LmeSession): void {
    if (session !== this.#session) return;
    this.#isReady = true;
    for (const resolve of this.#waitForReady.splice(0)) resolve(session);
  }

  #ended(session: LmeSession): void {
    if (session !== this.#session) return;
    this.#isReady = false;
    this.#session = undefined;
  }

  #passed(session: LmeSession, bytes: number): void {
    this.#counts.dataBytes += bytes;
    const { after } = this.faults;
    if (after === undefined) return;
    if (after.bytes > bytes) {
      this.faults.after = { ...after, bytes: after.bytes - bytes };
      return;
    }
    delete this.faults.after;
    if (after.then === "reset") this.#restart();
    else if (after.then === "disconnect") session.disconnect(PROTOCOL_ERROR);
    else session.hangUp();
  }
}
