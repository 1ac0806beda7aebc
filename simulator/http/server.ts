import type { Service, ServiceStream } from "../lme/service.ts";
import { TakenBody, wholeBody } from "./body.ts";
import { type DigestGuard, digestParameters } from "./digest.ts";
import { HttpError } from "./http_error.ts";
import { HttpInput } from "./input.ts";
import { type HttpRequest, lists, readRequest } from "./request.ts";
import { type HttpResponse, type ResponseFraming, writeResponse } from "./response.ts";

/** Answers a request of a user who has passed the digest. */
export type HttpHandler = (request: HttpRequest, user: string) => HttpResponse | Promise<HttpResponse>;

export interface HttpServerOptions {
  readonly handler: HttpHandler;
  readonly guard: DigestGuard;
  /** Sent with each response. */
  readonly headers: Readonly<Record<string, string>>;
  /** Asked at each request with a digest: whether it is refused however right it is. */
  readonly refuses?: () => boolean;
}

interface Exchange extends ResponseFraming {
  readonly response: HttpResponse;
}

/** Bytes of a body that a digest of qop `auth-int` is made of. */
const LONGEST_SIGNED = 1 << 20;
const CONTINUE = new TextEncoder().encode("HTTP/1.1 100 Continue\r\n\r\n");
const UNAUTHORIZED = new TextEncoder().encode("<html><body><h1>401 Unauthorized</h1></body></html>\n");

/**
 * An HTTP server with the manners of AMT's: every path needs the digest, and the connection ends after a 401. One
 * request at a time; the body of a request is taken whole before the answer, unless that sends it back.
 */
export function httpService({ handler, guard, headers, refuses = () => false }: HttpServerOptions): Service {
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
    const { method, target, version } = request;
    const authorization = digestParameters(request.headers.get("authorization"));
    const expects = version === "1.1" && lists(request.headers, "expect", "100-continue") && !request.body.isOver;
    const isSigned = authorization.qop === "auth-int";
    if (isSigned && expects) await stream.write(CONTINUE);
    const signed = isSigned ? await wholeBody(request.body, LONGEST_SIGNED) : undefined;
    const body = signed === undefined ? request.body : new TakenBody(signed);
    const isRefused = authorization.username !== undefined && refuses();
    const verdict = isRefused ? "refused" : await guard.check({ authorization, method, target, body: signed });
    if (typeof verdict === "string") {
      // A client that asks first sends no body then.
      if (!expects) await body.drain();
      const challenge = { "WWW-Authenticate": await guard.challenge(verdict === "stale"), "Content-Type": "text/html" };
      return { status: 401, headers: challenge, body: UNAUTHORIZED };
    }
    if (expects && !isSigned) await stream.write(CONTINUE);
    const response = await handler({ ...request, body }, verdict.user);
    if (response.body !== body) await body.drain();
    return response;
  }
}

function isKept({ version, headers }: HttpRequest): boolean {
  return version === "1.1" && !lists(headers, "connection", "close");
}
