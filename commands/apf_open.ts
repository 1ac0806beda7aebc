import { AmtError } from "../core/errors/mod.ts";
import { Sessions } from "../services/tunnel/sessions.ts";
import { type Context, streamCommand } from "./command.ts";
import { parsePort } from "./port_argument.ts";
import { startTunnel, tunnelError } from "./start_tunnel.ts";
import { stdioStream } from "./stdio_stream.ts";
import { type AnyTunnelEvent, timed, tunnelEventText } from "./tunnel_events.ts";

export default streamCommand({
  brief: "Join standard input and output to a channel to AMT",
  description:
    "The firmware is told that a program has connected to PORT of HOST; it has the last word on which of them lead\n" +
    "anywhere. Most take the ports that they forward (see amtctl apf monitor), at any address. After the end of its\n" +
    "input, at once with </dev/null, it waits for the answer, up to 30 s for each piece. Not verified on hardware:\n" +
    "that time, and the reasons that refusals have (1, and 4 for no room).",
  flags: {},
  arguments: [
    { name: "HOST", brief: "The address that the firmware is told: 127.0.0.1, or AMT's host name", parse: parseHost },
    { name: "PORT", brief: "A port of AMT's", parse: parsePort },
  ],
  examples: ["printf 'GET / HTTP/1.0\\r\\n\\r\\n' | sudo amtctl apf open 127.0.0.1 16992"],

  // deno-lint-ignore require-yield
  async *stream(context, _flags, [host, port]): AsyncGenerator<never> {
    try {
      await carry(context, host, port);
    } catch (error) {
      throw tunnelError(error, context.signal);
    }
  },
  renderEvent: () => "",
});

async function carry(context: Context, address: string, port: number): Promise<void> {
  const { signal, notes } = context;
  const told = (event: AnyTunnelEvent) => notes.detail(1, tunnelEventText(timed(event)));
  await using tunnel = await startTunnel(await context.machine(), signal, told);
  const end = await new Sessions(tunnel, told).serve(stdioStream(context), port, { signal, address });
  if (end !== undefined) throw end;
}

function parseHost(text: string): string {
  if (/^[\x21-\x7e]{1,256}$/.test(text)) return text;
  throw new AmtError("usage", "it is no address or host name", { hint: "Write 127.0.0.1, or a name in ASCII" });
}
