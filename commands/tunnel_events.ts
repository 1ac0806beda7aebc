import type { SessionEvent } from "../services/tunnel/sessions.ts";
import type { TunnelEvent } from "../services/tunnel/tunnel.ts";
import type { TunnelOutput } from "./tunnel.schema.ts";

type ListenEvent =
  | { event: "listening"; port: number; addresses: string[] }
  | { event: "portTaken"; port: number; reason: string; holder: string | null };

/** Whatever happens in a tunnel, without its time. */
export type AnyTunnelEvent = TunnelEvent | SessionEvent | ListenEvent | { event: "dropped"; count: number };

/** The event with the time of day. */
export function timed<Event extends object>(event: Event): { at: string } & Event {
  return { at: new Date().toISOString(), ...event };
}

/** One line for a person. */
export function tunnelEventText(event: TunnelOutput): string {
  switch (event.event) {
    case "connected":
      return `connected to LME, version ${event.protocolVersion}, messages up to ${event.maxMessageLength} bytes`;
    case "forward":
      return `the firmware asks for port ${event.port} (${event.address})`;
    case "cancel":
      return `the firmware gives up port ${event.port} (${event.address})`;
    case "lost":
      return `the link is lost: ${event.reason} (${event.code}); it is made anew`;
    case "listening":
      return `port ${event.port} leads to AMT, on ${event.addresses.join(" and ")}`;
    case "portTaken":
      return `port ${event.port} cannot be served: ${event.reason}${event.holder === null ? "" : `, ${event.holder}`}` +
        (event.port < 1024 && event.reason.includes("EACCES") ? "; ports below 1024 need root" : "");
    case "waiting":
      return `session ${event.id} from ${event.from} waits: AMT takes no more than eight at a time`;
    case "opened":
      return `session ${event.id} from ${event.from} to port ${event.port}`;
    case "closed":
      return `session ${event.id} ended: ${event.bytesSent} bytes to AMT, ${event.bytesReceived} from it` +
        (event.reason === null ? "" : `; ${event.reason} (${event.code})`);
    case "dropped":
      return droppedText(event.count);
  }
}

/** What stands for events that whoever reads them was too slow for. */
export function droppedText(count: number): string {
  return `${count} events are not shown: they came faster than they were read`;
}
