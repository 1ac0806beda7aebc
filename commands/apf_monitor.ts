import { knownClient } from "../protocols/mei/known_clients.ts";
import { readApf } from "../services/trace/apf_fields.ts";
import { type TapEvent, tapEventText, TappedMei, type TapPlace } from "../services/trace/tap.ts";
import type { ApfMonitorOutput } from "./apf_monitor.schema.ts";
import { apfText } from "./apf_text.ts";
import { streamCommand } from "./command.ts";
import { EventQueue } from "./event_queue.ts";
import { startTunnel } from "./start_tunnel.ts";
import { timed } from "./tunnel_events.ts";

export default streamCommand({
  brief: "Connect to LME and show each APF message",
  description:
    "Answers as a local management service does, and serves no port, so that it shows the handshake and what the\n" +
    "firmware says of itself; its own connections to the host are refused. Of payload the length is shown.",
  flags: { reveal: { kind: "switch", brief: "Also payload in hex, and passwords; in a --trace too" } },
  arguments: [],
  examples: [
    "sudo amtctl apf monitor",
    "sudo amtctl apf monitor --json | jq -c .fields",
    "amtctl --device sim apf monitor",
  ],

  async *stream(context, { reveal }): AsyncGenerator<ApfMonitorOutput> {
    const { signal } = context;
    const machine = await context.machine();
    const queue = new EventQueue<ApfMonitorOutput>((count) => timed({ event: "dropped", count }));
    let connections = 0;
    const listener = (event: TapEvent, place: TapPlace) => queue.push(eventOf(event, place, reveal));
    signal.addEventListener("abort", () => queue.end(), { once: true });
    if (signal.aborted) queue.end();
    await using _tunnel = await startTunnel({
      host: machine.host,
      openMei: async () => new TappedMei(await machine.openMei(), listener, () => ++connections),
    }, signal);
    yield* queue;
  },

  renderEvent: (event) => `${event.at} ${apfText(event)}`,
});

function eventOf(event: TapEvent, { client, connection }: TapPlace, reveal: boolean): ApfMonitorOutput {
  if (event.event !== "message") {
    const name = knownClient(client)?.name ?? client;
    return timed({ event: event.event, client: name, connection, detail: tapEventText(event) ?? null });
  }
  const { direction, bytes } = event;
  return timed({ event: "message", direction, connection, ...readApf(bytes, { reveal }) });
}
