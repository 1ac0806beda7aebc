import type { Service, ServiceStream } from "../lme/service.ts";
import type { DigestGuard } from "./digest.ts";
import { HttpError } from "./http_error.ts";
import { HttpInput } from "./input.ts";
import { type HttpRequest, lists, readRequest } from "./request.ts";
import { type HttpResponse, type ResponseFraming, writeResponse } from "./response.ts";

/** Answers a request that has passed the digest. */
export type HttpHandler = (request: HttpRequest) => HttpResponse | Promise<HttpResponse>;

export interface HttpServerOptions {
  readonly handler: HttpHandler;
  readonly guard: DigestGuard;
  /** Sent with each response. */
  readonly headers: Readonly<Record<string, string>>;
}

interface Exchange extends ResponseFraming {
  readonly response: HttpResponse;
}

const CONTINUE = new TextEncoder().encode("HTTP/1.1 100 Continue\r\n\r\n");
const UNAUTHORIZED = new TextEncoder().encode("<html><body><h1>401 Unauthorized</h1></body></html>\n");

/**
 * An HTTP server with the manners of AMT's: every path needs the digest, and the connection ends after a 401. One
 * request at a time; the body of a request is taken whole before the answer, unless that sends it back.
 */
export function httpService({ handler, guard, headers }: HttpServerOptions): Service {
  return async (stream) => {
    const input = new HttpInput(stream);
    for (;;) {
      const exchange = await next(input, stream);
      if (exchange === undefined) return;
      const { response, closes, version } = exchange;
      try {
        await writeResponse(stream, { ...response, headers: { ...headers, ...response.headers } }, { version, closes });
      } catch (error) {
        // The body that is sent back turned out to be malformed, when it is too late for another status.
        if (!(error instanceof HttpError)) throw error;
        return;
      }
      if (closes) return;
    }
  };

  /** The response to the next request; `undefined` when there is none. */
  async function next(input: HttpInput, stream: ServiceStream): Promise<Exchange | undefined> {
    try {
      const request = await readRequest(input);
      if (request === undefined) return undefined;
      const response = await respond(request, stream);
      return { response, closes: response.status === 401 || !isKept(request), version: request.version };
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      return { response: { status: error.status }, closes: true, version: "1.1" };
    }
  }

  async function respond(request: HttpRequest, stream: ServiceStream): Promise<HttpResponse> {
    const { body, method, target, version } = request;
    const verdict = await guard.check(request.headers.get("authorization"), method, target);
    const expects = version === "1.1" && lists(request.headers, "expect", "100-continue") && !body.isOver;
    if (verdict !== "passed") {
      // A client that asks first sends no body then.
      if (!expects) await body.drain();
      const challenge = { "WWW-Authenticate": await guard.challenge(verdict === "stale"), "Content-Type": "text/html" };
      return { status: 401, headers: challenge, body: UNAUTHORIZED };
    }
    if (expects) await stream.write(CONTINUE);
    const response = await handler(request);
    if (response.body !== body) await body.drain();
    return response;
  }
}

function isKept({ version, headers }: HttpRequest): boolean {
  return version === "1.1" && !lists(headers, "connection", "close");
}
