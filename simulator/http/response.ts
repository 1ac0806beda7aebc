import { type ServiceStream, StreamGone } from "../lme/service.ts";
import type { BodySource } from "./body.ts";

export interface HttpResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | BodySource;
  /** The connection ends after so many bytes of it, which may be in its head or in the middle of a chunk. */
  readonly cutAfter?: number;
}

/** How it is sent. */
export interface ResponseFraming {
  /** What the request had. */
  readonly version: "1.0" | "1.1";
  /** The connection ends after it. */
  readonly closes: boolean;
}

const reasons: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  401: "Unauthorized",
  404: "Not Found",
  405: "Method Not Allowed",
  413: "Content Too Large",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
};
const encoder = new TextEncoder();
const LINE_END = encoder.encode("\r\n");
const LAST_CHUNK = encoder.encode("0\r\n\r\n");

/**
 * Sends a response. A body without a length goes in chunks; to a client of HTTP 1.0 it ends with the connection, so
 * that `closes` has to be true then. Rejects with {@link StreamGone} when it is to be cut.
 */
export async function writeResponse(
  to: Pick<ServiceStream, "write">,
  { status, headers, body = new Uint8Array(), cutAfter }: HttpResponse,
  { version, closes }: ResponseFraming,
): Promise<void> {
  const stream = cutAfter === undefined ? to : cut(to, cutAfter);
  const chunked = body.length === undefined && version === "1.1";
  const lines = [`HTTP/1.1 ${status} ${reasons[status]}`];
  for (const [name, value] of Object.entries(headers ?? {})) lines.push(`${name}: ${value}`);
  if (body.length !== undefined) lines.push(`Content-Length: ${body.length}`);
  if (chunked) lines.push("Transfer-Encoding: chunked");
  if (closes) lines.push("Connection: close");
  const head = encoder.encode(`${lines.join("\r\n")}\r\n\r\n`);
  if (body instanceof Uint8Array) return await stream.write(joined(head, body));
  await stream.write(head);
  for (let piece = await body.read(); piece !== undefined; piece = await body.read()) {
    await stream.write(chunked ? joined(encoder.encode(`${chunkSize(piece)}\r\n`), piece, LINE_END) : piece);
  }
  if (chunked) await stream.write(LAST_CHUNK);
}

/** As AMT writes it: four digits, in upper case (MPS's tests). */
function chunkSize({ length }: Uint8Array): string {
  return length.toString(16).toUpperCase().padStart(4, "0");
}

/** A stream that is gone after so many bytes. */
function cut(stream: Pick<ServiceStream, "write">, after: number): Pick<ServiceStream, "write"> {
  let left = after;
  return {
    async write(bytes) {
      await stream.write(bytes.subarray(0, left));
      if (bytes.length >= left) throw new StreamGone();
      left -= bytes.length;
    },
  };
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
