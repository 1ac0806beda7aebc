import { AmtError } from "../core/errors/mod.ts";
import { knownClient } from "../protocols/mei/known_clients.ts";
import { encodePacket, LINK_TYPE, PACKET_HEAD, type WholePacket } from "../services/trace/packet.ts";
import { enhancedPacket, interfaceDescription, sectionHeader } from "../services/trace/pcapng.ts";
import { shownLength } from "../services/trace/shown_length.ts";
import { type TapEvent, tapEventText, type TapListener, TappedMei, type TapPlace } from "../services/trace/tap.ts";
import type { Machine } from "./machine.ts";
import { openTraceSink, type TraceSink } from "./trace_sink.ts";
import { VERSION } from "./version.ts";

export interface TraceFileOptions {
  /** The device as it was named, for whoever reads the file. */
  readonly device: string | undefined;
  /** Passwords and payload go into the file too. */
  readonly reveal: boolean;
  /** Is told once when the file cannot be written any more; it then ends with the last whole packet. */
  onProblem?(error: AmtError): void;
}

/** A pcapng file of all that is said to the firmware's clients; docs/trace-format.md describes it. */
export class TraceFile implements Disposable {
  readonly #sink: TraceSink;
  readonly #options: TraceFileOptions;
  #problem: AmtError | undefined;
  #isClosed = false;
  #connections = 0;
  /** The wall clock at the start of `performance`, which runs evenly. */
  #origin = Date.now() - performance.now();

  /** `sink` has the head of a file already. */
  constructor(sink: TraceSink, options: TraceFileOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  /** Rejects with `usage` for a file that is there, and as `fileError` says. */
  static async open(path: string, options: TraceFileOptions): Promise<TraceFile> {
    return new TraceFile(await openTraceSink(path, head(options.device)), options);
  }

  /** Why the file ends early. */
  get problem(): AmtError | undefined {
    return this.#problem;
  }

  /** The machine, with what its firmware says and is told written down. */
  recorded(machine: Machine): Machine {
    return {
      host: machine.host,
      simulated: machine.simulated,
      device: () => machine.device(),
      openMei: async () => {
        const listener: TapListener = (event, place) => this.#record(event, place);
        return new TappedMei(await machine.openMei(), listener, () => ++this.#connections);
      },
      openWatchdogs: () => machine.openWatchdogs(),
      withWatchdogReleased: (work, signal) => machine.withWatchdogReleased(work, signal),
      [Symbol.asyncDispose]: () => machine[Symbol.asyncDispose](),
    };
  }

  [Symbol.dispose](): void {
    if (!this.#isClosed) this.#sink.close();
    this.#isClosed = true;
  }

  #record(event: TapEvent, { client, connection }: TapPlace): void {
    // Work that was left behind, as after Ctrl-C, may still speak with the firmware.
    if (this.#isClosed || this.#problem !== undefined) return;
    const packet: WholePacket = { event: event.event, client, connection, ...content(event) };
    const { body, direction } = packet;
    const isWhole = event.event !== "message" || this.#options.reveal;
    const data = encodePacket(packet, isWhole ? body.length : shownLength(client, event.direction, body));
    this.#append(enhancedPacket(data, {
      time: this.#microseconds(),
      direction: direction === "toFirmware" ? "outbound" : "inbound",
      length: PACKET_HEAD + body.length,
      comment: knownClient(client)?.name ?? client,
    }));
  }

  #append(block: Uint8Array): void {
    try {
      this.#sink.append(block);
    } catch (error) {
      if (!(error instanceof AmtError)) throw error;
      this.#problem = error;
      this.#options.onProblem?.(error);
    }
  }

  /** Even steps, set right where the clock was, or the machine slept. */
  #microseconds(): number {
    const wall = Date.now();
    if (Math.abs(this.#origin + performance.now() - wall) > 1000) this.#origin = wall - performance.now();
    return Math.round((this.#origin + performance.now()) * 1000);
  }
}

/** The section and its one interface. */
function head(device = "mei"): Uint8Array {
  const section = sectionHeader(`amtctl ${VERSION}`);
  const description = "Management Engine Interface";
  const link = interfaceDescription({ linkType: LINK_TYPE, name: device, description });
  const both = new Uint8Array(section.length + link.length);
  both.set(section);
  both.set(link, section.length);
  return both;
}

function content(event: TapEvent): Pick<WholePacket, "direction" | "body"> {
  if (event.event === "message") return { direction: event.direction, body: event.bytes };
  const isOurs = ["connect", "unsent", "disconnect"].includes(event.event);
  return {
    direction: isOurs ? "toFirmware" : "fromFirmware",
    body: new TextEncoder().encode(tapEventText(event) ?? ""),
  };
}
