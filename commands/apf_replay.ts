import { AmtError } from "../core/errors/mod.ts";
import { knownClient, LME } from "../protocols/mei/known_clients.ts";
import { readApf } from "../services/trace/apf_fields.ts";
import { recordsOf } from "../services/trace/read_trace.ts";
import type { TraceRecord } from "../services/trace/trace_record.ts";
import type { ApfReplayOutput } from "./apf_replay.schema.ts";
import { apfText } from "./apf_text.ts";
import { type Context, streamCommand } from "./command.ts";
import { asText } from "./flags.ts";
import { inputChunks } from "./read_input.ts";

export default streamCommand({
  brief: "Show the messages of a recorded trace",
  description:
    "FILE is one of --trace, or has messages as lines of JSON with t_ms, dir, guid and hex. A file that is cut off is\n" +
    "shown up to there, and ends with an error. Needs no device.",
  flags: { reveal: { kind: "switch", brief: "Also payload in hex, and passwords, where the trace has them" } },
  arguments: [{ name: "FILE", brief: "The trace; - for standard input", parse: asText }],
  examples: ["amtctl apf replay trace.pcapng", "amtctl apf replay trace.pcapng --json | jq -c .fields"],

  async *stream(context, { reveal }, [file]): AsyncGenerator<ApfReplayOutput> {
    const name = file === "-" ? "standard input" : file;
    try {
      for await (const record of recordsOf(await piecesOf(context, file))) yield eventOf(record, reveal);
    } catch (error) {
      // What comes from reading the file names it.
      if (!(error instanceof AmtError) || error.code !== "usage" || error.message.startsWith(name)) throw error;
      const { code, message, hint } = error;
      throw new AmtError(code, `${name}: ${message}`, { cause: error, hint });
    }
  },

  renderEvent: (event) => `${String(event.frame).padStart(5)} ${event.ms.toFixed(3).padStart(10)} ${apfText(event)}`,
});

async function piecesOf({ input, signal }: Context, file: string): Promise<AsyncIterable<Uint8Array>> {
  if (file === "-") return inputChunks(input, signal);
  const { fileChunks } = await import("./read_file.ts");
  return fileChunks(file, signal);
}

function eventOf(record: TraceRecord, reveal: boolean): ApfReplayOutput {
  const { frame, time, direction, length, body } = record;
  const head = {
    frame,
    at: time === undefined ? null : new Date(time).toISOString(),
    ms: Math.round(record.ms * 1000) / 1000,
  };
  const client = record.client === undefined ? null : knownClient(record.client)?.name ?? record.client;
  const connection = record.connection ?? null;
  if (record.event === "message" && record.client === LME) {
    return { ...head, event: "message", direction, connection, ...readApf(body, { length, reveal }) };
  }
  if (record.event === "message" || typeof record.event === "number" || client === null) {
    return { ...head, event: "other", client, direction, connection, length };
  }
  const detail = body.length === 0 ? null : new TextDecoder().decode(body);
  return { ...head, event: record.event, client, connection, detail };
}
