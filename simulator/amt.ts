import type { Clock } from "../core/clock.ts";
import { AmtTime } from "./amt_time.ts";
import type { AmtState } from "./clients/amthi_state.ts";
import { simulatedClock } from "./clock.ts";
import { EventLog } from "./event_log.ts";
import type { AmtServer } from "./http/amt_server.ts";
import type { Qop } from "./http/digest.ts";
import type { Service } from "./lme/service.ts";
import type { AmtOrigin } from "./profiles/profile.ts";
import type { TlsIdentity } from "./tls/identity.ts";
import { type WebFault, WebFaults } from "./web_faults.ts";
import type { AmtMachine } from "./wsman/machine.ts";

export interface AmtOptions {
  /** What the web server's challenges offer. Default `auth`. */
  readonly qop?: Qop;
  /** What goes wrong on the web server; `faults.add` adds more later. */
  readonly faults?: readonly WebFault[];
  /** A program on the host does what AMT asks of the operating system, such as to shut down. Default: true. */
  readonly hostAgent?: boolean;
}

/** What the firmware around it has. */
export interface AmtSurroundings extends AmtOptions {
  readonly clock: Clock;
  readonly time: AmtTime;
  readonly eventLog: EventLog;
}

/**
 * The AMT of a simulated machine: one state behind AMTHI and behind every port of its web server. All of it is made,
 * and loaded, when somebody first asks.
 */
export class SimulatedAmt implements Disposable {
  readonly origin: AmtOrigin;
  readonly faults: WebFaults;
  readonly #around: AmtSurroundings;
  readonly #plain: Service = async (stream) => await (await this.#started()).plain(stream);
  readonly #secured: Service = async (stream) => await (await this.#started()).secured(stream);
  #state: Promise<AmtState> | undefined;
  #machine: Promise<AmtMachine> | undefined;
  #server: Promise<AmtServer> | undefined;
  #identity: Promise<TlsIdentity> | undefined;
  #isDisposed = false;

  constructor(origin: AmtOrigin, around: AmtSurroundings = alone()) {
    this.origin = origin;
    this.faults = new WebFaults(around.faults);
    this.#around = around;
  }

  /** What AMTHI tells and changes. */
  state(): Promise<AmtState> {
    return this.#state ??= this.origin.createState();
  }

  /** What WS-Management tells and changes, the former included. */
  machine(): Promise<AmtMachine> {
    return this.#machine ??= this.#createMachine();
  }

  /** What is behind the ports that AMT has, by number; the web server is made with the first connection. */
  get services(): ReadonlyMap<number, Service> {
    const plain: [number, Service][] = this.origin.isTlsOnly ? [] : [[16992, this.#plain], [623, this.#plain]];
    return new Map([...plain, [16993, this.#secured], [664, this.#secured]]);
  }

  /** The certificate that its ports with TLS show, and the authority that signed it; made on the first call. */
  identity(): Promise<TlsIdentity> {
    return this.#identity ??= this.#createIdentity();
  }

  /** Stops its timers. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    void this.#machine?.then((machine) => machine[Symbol.dispose]());
  }

  #started(): Promise<AmtServer> {
    return this.#server ??= this.#createServer();
  }

  async #createMachine(): Promise<AmtMachine> {
    const [{ AmtMachine }, state] = await Promise.all([import("./wsman/machine.ts"), this.state()]);
    const { clock, time, eventLog, hostAgent = true } = this.#around;
    const identity = () => this.identity();
    const machine = new AmtMachine(this.origin, state, { clock, time, eventLog, hostAgent, identity });
    if (this.#isDisposed) machine[Symbol.dispose]();
    return machine;
  }

  async #createServer(): Promise<AmtServer> {
    const [{ amtServer }, machine] = await Promise.all([import("./http/amt_server.ts"), this.machine()]);
    const { qop, clock } = this.#around;
    return amtServer(machine, { qop, clock, faults: this.faults, identity: () => this.identity() });
  }

  async #createIdentity(): Promise<TlsIdentity> {
    const [{ createIdentity }, { uuid, fqdn }] = await Promise.all([import("./tls/identity.ts"), this.state()]);
    return await createIdentity(fqdn.fqdn === "" ? uuid : fqdn.fqdn);
  }
}

function alone(): AmtSurroundings {
  const clock = simulatedClock();
  const time = new AmtTime(clock);
  return { clock, time, eventLog: new EventLog(() => time.now()) };
}
