import { expect } from "vitest";
import type { Host } from "../../../ffi/host.ts";
import { LocalService, type ServiceEvent } from "../../../services/tunnel/local_service.ts";
import type { Lme } from "../../../simulator/lme/lme.ts";
import type { LmeOptions } from "../../../simulator/lme/options.ts";
import type { Service } from "../../../simulator/lme/service.ts";
import type { SimulatedMe } from "../../../simulator/me.ts";
import { createSimulator } from "../../../simulator/mod.ts";
import type { MeiTransport } from "../../../transport/mei.ts";
import { freePort } from "./client.ts";

/** Long enough for a machine with few processors that runs other tests too. */
export const WAIT = { timeout: 15_000, interval: 5 };

export interface TunnelMachineOptions extends Omit<LmeOptions, "forwards" | "services"> {
  readonly profile?: string;
  /** What the service sees of this machine. Default: the simulated one. */
  readonly host?: Host;
  /** A port that is forwarded in place of any free one. */
  readonly port?: number;
  /** Stands between the service and the simulated ME. */
  readonly mei?: (mei: MeiTransport) => MeiTransport;
  readonly onAlert?: NonNullable<Parameters<typeof LocalService.start>[1]["onAlert"]>;
}

/** A local management service on real sockets over a simulated ME, with `service` behind one forwarded port. */
export class TunnelMachine implements AsyncDisposable {
  readonly me: SimulatedMe;
  readonly port: number;
  readonly local: LocalService;
  readonly events: ServiceEvent[];
  readonly #abort: AbortController;

  private constructor(me: SimulatedMe, port: number, local: LocalService, rest: [ServiceEvent[], AbortController]) {
    this.me = me;
    this.port = port;
    this.local = local;
    [this.events, this.#abort] = rest;
  }

  /** Resolves when the port is served, or is known to be taken. */
  static async start(service: Service, options: TunnelMachineOptions = {}): Promise<TunnelMachine> {
    const { profile, host, mei = (it) => it, onAlert, port = await freePort(), ...lme } = options;
    const simulator = createSimulator(profile, { lme: { ...lme, forwards: [port], services: { [port]: service } } });
    const events: ServiceEvent[] = [];
    const abort = new AbortController();
    const local = await LocalService.start(mei(simulator.mei), {
      host: host ?? simulator.host,
      signal: abort.signal,
      onEvent: (event) => void events.push(event),
      ...(onAlert === undefined ? {} : { onAlert }),
    });
    const machine = new TunnelMachine(simulator.me, port, local, [events, abort]);
    await expect.poll(() => machine.named("listening").length + machine.named("portTaken").length, WAIT).toBe(1);
    return machine;
  }

  get lme(): Lme {
    return this.me.lme!;
  }

  /** All events of this name so far. */
  named<Name extends ServiceEvent["event"]>(name: Name): Extract<ServiceEvent, { event: Name }>[] {
    return this.events.filter((event): event is Extract<ServiceEvent, { event: Name }> => event.event === name);
  }

  /** Resolves when so many events of this name have come, with the last one. */
  async event<Name extends ServiceEvent["event"]>(name: Name, count = 1) {
    await expect.poll(() => this.named(name).length, WAIT).toBeGreaterThanOrEqual(count);
    return this.named(name)[count - 1]!;
  }

  abort(): void {
    this.#abort.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.local[Symbol.asyncDispose]();
    expect(this.me.openConnections).toBe(0);
    expect(this.lme.protocolErrors).toEqual([]);
  }
}
