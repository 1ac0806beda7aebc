import { AmtError } from "../core/errors/mod.ts";
import { Sessions } from "../services/tunnel/sessions.ts";
import { listen } from "../transport/tcp.ts";
import { type Context, streamCommand } from "./command.ts";
import { EventQueue } from "./event_queue.ts";
import { parsePlace, type Place } from "./place_argument.ts";
import { parsePort } from "./port_argument.ts";
import { startTunnel, tunnelError } from "./start_tunnel.ts";
import { stdioStream } from "./stdio_stream.ts";
import type { TunnelOutput } from "./tunnel.schema.ts";
import { type AnyTunnelEvent, timed, tunnelEventText } from "./tunnel_events.ts";

export default streamCommand({
  brief: "Join standard input and output, or a port of this machine, to a port of AMT's",
  description:
    "It needs no local management service: it speaks APF with the firmware itself. While one runs, connect to\n" +
    "its ports on 127.0.0.1. PORT is what the firmware forwards when it is left out: 16992, or 16993 with TLS.\n" +
    "AMT takes eight connections at a time, and others wait. A program that sends no more, as an input that has ended,\n" +
    "has its answer as long as bytes come, with pauses of up to 30 s, or 1 s while others wait. Not verified on\n" +
    "hardware: those times, and the reasons that refusals of ports have (1, and 4 for no room).",
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
      throw new AmtError("usage", stdio ? "--stdio and --listen: not both" : "one of --stdio and --listen is needed", {
        hint: "See amtctl tunnel --help",
      });
    }
    try {
      if (place === undefined) await carry(context, port);
      else yield* serve(context, place, port);
    } catch (error) {
      throw tunnelError(error, context.signal);
    }
  },

  renderEvent: (event) => `${event.at} ${tunnelEventText(event)}`,
});

/** Standard input and output. */
async function carry(context: Context, port: number | undefined): Promise<void> {
  const { signal, notes } = context;
  const told = (event: AnyTunnelEvent) => notes.detail(1, tunnelEventText(timed(event)));
  await using tunnel = await startTunnel(await context.machine(), signal, told);
  const target = port ?? (await tunnel.ready()).port;
  const end = await new Sessions(tunnel, told).serve(stdioStream(context), target, { signal });
  if (end !== undefined) throw end;
}

async function* serve(context: Context, place: Place, port: number | undefined): AsyncGenerator<TunnelOutput> {
  const { signal } = context;
  const queue = new EventQueue<TunnelOutput>((count) => timed({ event: "dropped", count }));
  const told = (event: AnyTunnelEvent) => queue.push(timed(event));
  await using tunnel = await startTunnel(await context.machine(), signal, told);
  const target = port ?? (await tunnel.ready()).port;
  const sessions = new Sessions(tunnel, told);
  await using listener = await listen(place.address, place.port, (stream) => {
    void sessions.serve(stream, target, { signal });
  });
  told({ event: "listening", port: listener.port, addresses: [listener.address] });
  // What the end of the connections has to tell comes before the end of the queue.
  const onAbort = () =>
    void tunnel[Symbol.asyncDispose]().then(() => sessions[Symbol.asyncDispose]()).finally(() => queue.end());
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  yield* queue;
}
