import { decode, encode } from "../../core/binary/mod.ts";
import { GetFlashLog, GetFlashLogSize, HothamHeader, hothamResponse } from "../../protocols/hotham/mod.ts";
import type { Answers } from "./answering.ts";

const HEADER_LENGTH = 4;
const SUCCESS = 0x10;
const NOT_SUPPORTED = 0x89;

/**
 * What the client of the flash log answers. It answers all that it gets, since Intel LMS waits 15 s for one that does
 * not: what it does not know with the bare header that rpc-go takes for not supported, and half a header with an empty
 * message.
 */
export function hothamAnswers(log: string): Answers {
  return (message) => respond(log, message);
}

function respond(log: string, message: Uint8Array): Uint8Array {
  if (message.length < HEADER_LENGTH) return new Uint8Array(0);
  const { code } = decode(HothamHeader, message.subarray(0, HEADER_LENGTH)).header;
  const data = new TextEncoder().encode(log);
  switch (code) {
    case GetFlashLogSize.command:
      return encode(hothamResponse(GetFlashLogSize), { code: SUCCESS, data: data.length });
    case GetFlashLog.command:
      return encode(hothamResponse(GetFlashLog), { code: SUCCESS, data });
    default:
      return Uint8Array.of(...message.subarray(0, HEADER_LENGTH - 1), NOT_SUPPORTED);
  }
}
