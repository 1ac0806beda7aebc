import type { Agent, IncomingMessage } from "node:http";
import { abortError, AmtError } from "../../core/errors/mod.ts";

/** A request as it goes out. */
export interface Outgoing {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** An answer as it came. */
export interface Incoming {
  readonly status: number;
  /** By names in lower case; the values of one that came several times are joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
  /** The values of WWW-Authenticate, each for itself. */
  readonly challenges: readonly string[];
  /** Empty where that of a 401 was lost. */
  readonly body: Uint8Array;
  /** The connection is good for another request. */
  readonly isKept: boolean;
}

export interface ExchangeOptions {
  readonly http: typeof import("node:http");
  readonly agent: Agent;
  /** Bytes that a body may have. */
  readonly longestBody: number;
  /** Stands in front of messages. */
  readonly subject: string;
  readonly signal: AbortSignal;
}

/** Bytes that the head of an answer may have. */
const LONGEST_HEAD = 16 * 1024;

/** The connection ended before the answer was whole; `reason` is what the caller is told at last. */
export class AnswerLost extends Error {
  override readonly name = "AnswerLost";
  readonly reason: AmtError;

  constructor(reason: AmtError) {
    super(reason.message, { cause: reason });
    this.reason = reason;
  }
}

/**
 * Sends a request and reads its answer whole; the signal has not fired yet. Rejects with {@link AnswerLost}, or with an `AmtError`: `usage` for a
 * request that cannot be written, when nothing is sent; `firmware.protocol` for an answer that is not HTTP or too large;
 * what the signal says. After any but `usage` the connection is good for nothing. Of a 401 its head is enough.
 */
export async function exchange(outgoing: Outgoing, options: ExchangeOptions): Promise<Incoming> {
  const { http, agent, subject, signal } = options;
  const { method, path, headers, body } = outgoing;
  return await new Promise<Incoming>((resolve, reject) => {
    let response: IncomingMessage | undefined;
    const over = () => signal.removeEventListener("abort", onAbort);
    const answer = (whole: Uint8Array, isKept: boolean) => {
      over();
      resolve({ ...headOf(response!), body: whole, isKept });
    };
    const fail = (error: Error) => {
      if (response?.statusCode === 401) return answer(new Uint8Array(), false);
      over();
      reject(exchangeError(error, subject));
    };
    const onAbort = () => {
      reject(abortError(signal, subject));
      sent.destroy();
    };
    const sent = http.request({ agent, method, path, headers, maxHeaderSize: LONGEST_HEAD });
    signal.addEventListener("abort", onAbort, { once: true });
    sent.on("error", fail);
    sent.on("upgrade", () => fail(new AmtError("firmware.protocol", `${subject}: it wants another protocol`)));
    sent.on("response", (incoming) => {
      response = incoming;
      incoming.on("error", fail);
      readBody(incoming, options, fail, (whole) => answer(whole, sent.writableFinished && saysKept(incoming)));
    });
    sent.end(body);
  }).catch((error) => {
    // What node:http throws at once is about the method, the path or a header.
    throw error instanceof TypeError ? new AmtError("usage", `${subject}: ${error.message}`, { cause: error }) : error;
  });
}

function readBody(
  incoming: IncomingMessage,
  { longestBody, subject }: ExchangeOptions,
  fail: (error: Error) => void,
  done: (whole: Uint8Array) => void,
): void {
  const chunks: Uint8Array[] = [];
  let length = 0;
  incoming.on("data", (chunk: Uint8Array) => {
    length += chunk.length;
    if (length <= longestBody) return void chunks.push(chunk);
    fail(new AmtError("firmware.protocol", `${subject}: an answer of more than ${longestBody} bytes`));
    incoming.destroy();
  });
  incoming.on("end", () => {
    const whole = new Uint8Array(length);
    let at = 0;
    for (const chunk of chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    done(whole);
  });
}

function headOf(incoming: IncomingMessage): Pick<Incoming, "status" | "headers" | "challenges"> {
  const headers = new Map<string, string>();
  const challenges: string[] = [];
  const { rawHeaders } = incoming;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const [name, value] = [rawHeaders[i]!.toLowerCase(), rawHeaders[i + 1]!];
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
    if (name === "www-authenticate") challenges.push(value);
  }
  return { status: incoming.statusCode!, headers, challenges };
}

function saysKept({ httpVersion, headers, complete }: IncomingMessage): boolean {
  return complete && httpVersion === "1.1" && !/(^|[\s,])close([\s,]|$)/i.test(headers.connection ?? "");
}

function exchangeError(error: Error, subject: string): Error {
  if (error instanceof AmtError && error.code === "firmware.protocol") return error;
  if (error instanceof AmtError) return new AnswerLost(error);
  const code = (error as { code?: string }).code ?? "";
  if (code.startsWith("HPE_")) {
    const what = error.message.replace(/^Parse Error: /, "");
    return new AmtError("firmware.protocol", `${subject}: the answer is not HTTP: ${what}`, { cause: error });
  }
  const what = `${subject}: the connection ended before the answer did`;
  return new AnswerLost(new AmtError("net.connect", what, { cause: error }));
}
