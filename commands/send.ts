import { fromHex, HexError, toHex } from "../core/binary/mod.ts";
import { AmtError } from "../core/errors/mod.ts";
import { knownClient } from "../protocols/mei/known_clients.ts";
import type { MeiConnection } from "../transport/mei.ts";
import { parseClient } from "./client_argument.ts";
import { command, type Context } from "./command.ts";
import { asText } from "./flags.ts";
import { readInput } from "./read_input.ts";
import type { SendOutput } from "./send.schema.ts";

/** More than any client takes; what stands on standard input is not read beyond it. */
const LARGEST_INPUT = 1 << 20;
const MOST_ANSWERS = 10_000;

export default command({
  brief: "Send one raw message to a client of the firmware and show its answers",
  description: "The message goes out as it stands: what it changes, it changes. AMTHI's answers may hold passwords.",
  flags: {
    receive: {
      kind: "value",
      brief: "How many answers to wait for; 0 for none",
      placeholder: "N",
      default: "1",
      parse: parseCount,
    },
    binary: { kind: "switch", brief: "Print the answers as bytes; with HEX as -, the input is bytes too" },
  },
  arguments: [
    { name: "GUID", brief: "The client, or its name such as AMTHI", parse: parseClient },
    { name: "HEX", brief: "The message in hex digits, or - to read it from standard input", parse: asText },
  ],
  examples: [
    "sudo amtctl send AMTHI 010100001a00000400000000",
    "printf 'ff020000' | sudo amtctl send 8e6a6715-9abc-4043-88ef-9e39c6f63e0f - --json",
    "amtctl --device sim send MKHI ff020000",
  ],

  async run(context, { receive, binary }, [guid, hex]): Promise<SendOutput> {
    const message = await readMessage(context, hex, binary);
    const machine = await context.machine();
    const device = machine.device();
    const mei = await machine.openMei();
    const connection = await mei.connect(guid, { signal: context.signal });
    let received: Uint8Array[];
    try {
      await connection.send(message, { signal: context.signal });
      received = await answers(connection, receive, context.signal);
    } catch (error) {
      // The close can hold the kernel for long; what went wrong is told first.
      connection[Symbol.asyncDispose]().then(undefined, () => {});
      throw error;
    }
    await connection[Symbol.asyncDispose]();
    return {
      device: device.name,
      client: { guid, name: knownClient(guid)?.name ?? null },
      protocolVersion: connection.protocolVersion,
      maxMessageLength: connection.maxMessageLength,
      sent: toHex(message),
      received: received.map(toHex),
      unavailable: [],
      warnings: [],
    };
  },

  render: ({ received }, _terminal, { binary }) => binary ? fromHex(received.join("")) : received.join("\n"),
});

async function readMessage(context: Context, hex: string, binary: boolean): Promise<Uint8Array> {
  if (hex !== "-") return parseHex(hex, "HEX");
  const input = await readInput(context.input, LARGEST_INPUT, context.signal);
  return binary ? input : parseHex(new TextDecoder().decode(input), "standard input");
}

/**
 * What came before an error stands in its details. A message may change something, so without any answer to it a
 * timeout or a reset is `indeterminate`.
 */
async function answers(connection: MeiConnection, count: number, signal: AbortSignal): Promise<Uint8Array[]> {
  const received: Uint8Array[] = [];
  try {
    while (received.length < count) received.push(await connection.receive({ signal }));
    return received;
  } catch (error) {
    if (!(error instanceof AmtError)) throw error;
    const details = { ...error.details, received: received.map(toHex) };
    if (received.length === 0 && (error.code === "timeout" || error.code === "mei.reset")) {
      throw new AmtError("indeterminate", `the message was sent, and then: ${error.message}`, {
        details: { ...details, reason: error.code },
        cause: error,
      });
    }
    throw new AmtError(error.code, error.message, { details, hint: error.hint, cause: error });
  }
}

function parseHex(text: string, subject: string): Uint8Array {
  try {
    return fromHex(text);
  } catch (error) {
    if (!(error instanceof HexError)) throw error;
    const position = error.position + 1;
    throw new AmtError("usage", `${subject}: ${error.message}, at character ${position}`, {
      details: { position },
      hint: "A message is written in pairs of hex digits",
    });
  }
}

function parseCount(text: string): number {
  const count = /^\d{1,6}$/.test(text) ? Number(text) : NaN;
  if (count <= MOST_ANSWERS) return count;
  throw new AmtError("usage", `"${text}" is no count`, { hint: `Write a number from 0 to ${MOST_ANSWERS}` });
}
