import { AmtError } from "../core/errors/mod.ts";
import { Sessions } from "../services/tunnel/sessions.ts";
import { isLoopback, listen } from "../transport/tcp.ts";
import { streamCommand } from "./command.ts";
import { EventQueue } from "./event_queue.ts";
import { parsePort } from "./port_argument.ts";
import { startTunnel } from "./start_tunnel.ts";
import { stdioStream } from "./stdio_stream.ts";
import type { TunnelOutput } from "./tunnel.schema.ts";
import { type AnyTunnelEvent, timed, tunnelEventText } from "./tunnel_events.ts";
import { OutputClosed } from "./writer.ts";

/** Where to listen. */
interface Place {
  readonly address: string;
  readonly port: number;
}

export default streamCommand({
  brief: "Join standard input and output, or a port of this machine, to a port of AMT's",
  description:
    "It needs no local management service: it speaks APF with the firmware itself. While one runs, connect to\n" +
    "its ports on 127.0.0.1. PORT is what the firmware forwards when it is left out: 16992, or 16993 with TLS.",
  flags: {
    stdio: { kind: "switch", brief: "Carry standard input and output, as a proxy command" },
    listen: {
      kind: "value",
      brief: "Listen on this port of 127.0.0.1, or of another loopback address; 0 takes any port",
      placeholder: "[ADDR:]PORT",
      parse: parsePlace,
    },
  },
  arguments: [{ name: "PORT", brief: "A port of AMT's", optional: true, parse: parsePort }],
  examples: [
    "amtctl tunnel --listen 16992",
    "ssh -o ProxyCommand='amtctl tunnel --stdio 16992' host",
    "amtctl --device sim tunnel --listen 0 --ndjson",
  ],

  async *stream(context, { stdio, listen: place }, [port]): AsyncGenerator<TunnelOutput> {
    if (stdio === (place !== undefined)) {
      throw new AmtError("usage", "one of --stdio and --listen is needed", { hint: "See amtctl tunnel --help" });
    }
    const machine = await context.machine();
    const queue = new EventQueue<AnyTunnelEvent>();
    const told = (event: AnyTunnelEvent) =>
      stdio ? context.notes.detail(1, tunnelEventText(timed(event))) : queue.push(event);
    await using tunnel = await startTunnel(machine, context.signal, told);
    const target = port ?? (await tunnel.ready()).port;
    const sessions = new Sessions(tunnel, told);
    const { signal } = context;
    if (place === undefined) {
      const end = await sessions.serve(stdioStream(context), target, { signal });
      if (end !== undefined) throw end.cause instanceof OutputClosed ? end.cause : end;
      return;
    }
    await using listener = await listen(place.address, place.port, (stream) => {
      void sessions.serve(stream, target, { signal });
    });
    queue.push({ event: "listening", port: listener.port, addresses: [listener.address] });
    signal.addEventListener("abort", () => queue.end(), { once: true });
    if (signal.aborted) queue.end();
    for await (const event of queue) yield timed(event);
  },

  renderEvent: (event) => `${event.at} ${tunnelEventText(event)}`,
});

function parsePlace(text: string): Place {
  const match = /^(?:\[?([0-9a-f.:]+)\]?:)?(\d{1,5})$/i.exec(text);
  const address = match?.[1] ?? "127.0.0.1";
  const port = Number(match?.[2] ?? NaN);
  if (Number.isNaN(port) || port > 65535) {
    throw new AmtError("usage", `"${text}" is no place to listen`, {
      hint: "Write 16992, 127.0.0.1:16992 or [::1]:16992",
    });
  }
  if (!isLoopback(address)) {
    throw new AmtError("usage", `${address} is no loopback address`, {
      hint: "Only 127.0.0.1 and ::1: whoever can connect can talk to AMT as a program of this machine",
    });
  }
  return { address, port };
}
