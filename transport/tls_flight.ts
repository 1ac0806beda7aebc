import { ByteReader, CodecError } from "../core/binary/mod.ts";

/** What a server sent before it encrypted; TLS 1.3 shows its hello alone. */
export interface ServerFlight {
  /** In which form it answered; `undefined` when nothing came. */
  readonly form: "tls" | "http" | "other" | undefined;
  /** The version that it chose, 0x0301 for TLS 1.0. */
  readonly version: number | undefined;
  /** 32 bytes of its hello. */
  readonly random: Uint8Array | undefined;
  /** Its own certificate, DER. */
  readonly certificate: Uint8Array | undefined;
  /** The body of its ServerKeyExchange (RFC 8422, 5.4). */
  readonly keyExchange: Uint8Array | undefined;
  /** It asked for a certificate of the client. */
  readonly wantsClient: boolean;
  /** The description of an alert, such as 40 for a failed handshake (RFC 8446, 6). */
  readonly alert: number | undefined;
}

/** Bytes that are enough for a flight: certificates of AMT have up to 4 KiB, and at most six are sent. */
export const LONGEST_FLIGHT = 32 * 1024;

const recordTypes = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const;
const messageTypes = { serverHello: 2, certificate: 11, keyExchange: 12, certificateRequest: 13 } as const;
const SUPPORTED_VERSIONS = 43;

/** Reads a flight as far as it goes: bytes that are missing or make no sense end it. */
export function readFlight(bytes: Uint8Array): ServerFlight {
  const seen: Seen = {
    version: undefined,
    random: undefined,
    certificate: undefined,
    keyExchange: undefined,
    wantsClient: false,
    alert: undefined,
  };
  const form = formOf(bytes);
  if (form === "tls") tolerant(() => readMessages(readRecords(bytes, seen), seen));
  return { form, ...seen };
}

type Seen = { -readonly [Name in Exclude<keyof ServerFlight, "form">]: ServerFlight[Name] };

function formOf(bytes: Uint8Array): ServerFlight["form"] {
  if (bytes.length === 0) return undefined;
  const [type, major] = bytes;
  if (type! >= recordTypes.changeCipherSpec && type! <= recordTypes.applicationData && (major ?? 3) === 3) return "tls";
  return new TextDecoder("latin1").decode(bytes.subarray(0, 5)) === "HTTP/" ? "http" : "other";
}

/** The handshake messages of the records in the clear, one after the other. */
function readRecords(bytes: Uint8Array, seen: Seen): Uint8Array {
  const parts: Uint8Array[] = [];
  const source = new ByteReader(bytes);
  tolerant(() => {
    while (source.left > 0) {
      const type = number(source, 1);
      source.take(2);
      const length = number(source, 2);
      // The last record may have come in part.
      const body = source.take(Math.min(length, source.left));
      // What is encrypted is longer.
      if (type === recordTypes.alert && length === 2) seen.alert = body[1];
      if (type !== recordTypes.handshake) return;
      parts.push(body);
    }
  });
  return joined(parts);
}

function readMessages(bytes: Uint8Array, seen: Seen): void {
  const source = new ByteReader(bytes);
  while (source.left > 0) {
    const type = number(source, 1);
    const body = source.sub(number(source, 3));
    if (type === messageTypes.serverHello) readHello(body, seen);
    if (type === messageTypes.certificate) seen.certificate = readCertificate(body);
    if (type === messageTypes.keyExchange) seen.keyExchange = body.take(body.left);
    if (type === messageTypes.certificateRequest) seen.wantsClient = true;
  }
}

/** Since TLS 1.3 the version stands in an extension. */
function readHello(hello: ByteReader, seen: Seen): void {
  seen.version = number(hello, 2);
  tolerant(() => {
    seen.random = hello.take(32);
    hello.take(number(hello, 1));
    hello.take(3);
    const extensions = hello.sub(number(hello, 2));
    while (extensions.left > 0) {
      const type = number(extensions, 2);
      const body = extensions.sub(number(extensions, 2));
      if (type === SUPPORTED_VERSIONS) seen.version = number(body, 2);
    }
  });
}

function readCertificate(message: ByteReader): Uint8Array {
  const list = message.sub(number(message, 3));
  return list.take(number(list, 3));
}

/** An unsigned number of `size` bytes, the most significant one first. */
function number(source: ByteReader, size: number): number {
  return source.take(size).reduce((sum, byte) => sum * 256 + byte, 0);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function tolerant(read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
  }
}
