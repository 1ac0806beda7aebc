import { unlessAborted } from "../../core/delay.ts";
import { abortError, AmtError } from "../../core/errors/mod.ts";
import type { Dialer } from "../../transport/channel.ts";
import { placeOf } from "../../transport/place.ts";
import { Authorizer, type Credentials } from "./authorizer.ts";
import { HttpConnection } from "./connection.ts";
import { within } from "./deadline.ts";
import { digestChallenge } from "./digest.ts";
import { AnswerLost, type Incoming } from "./exchange.ts";

export interface HttpRequest {
  readonly method: string;
  /** The target, such as `/wsman`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: Uint8Array | undefined;
  /** The request changes something: it is not sent again when its answer is lost, which is told as `indeterminate`. */
  readonly changes: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpReply {
  readonly status: number;
  /** By names in lower case; the values of one that came several times are joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
}

export interface HttpClientOptions {
  readonly dial: Dialer;
  readonly host: string;
  readonly port: number;
  /** Without them a 401 is a reply like any other. */
  readonly credentials?: Credentials | undefined;
  /** Keeps the connection for the next request. Default true; a tunnel of the local interface needs false. */
  readonly keepAlive?: boolean | undefined;
  /** Bytes that a body may have. Default 4 MiB. */
  readonly longestBody?: number | undefined;
  /** How long a connection and its answer together may take, in ms. Default 60 s. */
  readonly timeoutMs?: number | undefined;
  /** Told decisions (1) and requests (2); never a secret. */
  onNote?(level: 1 | 2, text: string): void;
}

/** A request on its way through its tries. */
interface Course {
  readonly request: HttpRequest;
  readonly body: Uint8Array;
  /** Its answer was lost once. */
  wasLost: boolean;
}

const LONGEST_BODY = 4 * 1024 * 1024;
const TIMEOUT_MS = 60_000;
/** A request without authorization or with an old nonce, one with the nonce asked for, and one more when that is stale. */
const MOST_TRIES = 3;

/**
 * HTTP/1.1 to one server, with digest authentication: a challenge is answered, and then before every request without
 * being asked. Requests go one at a time, over one connection, in the order of the calls.
 */
export class HttpClient implements AsyncDisposable {
  readonly #options: HttpClientOptions;
  /** `host:port`, as in the Host header. */
  readonly #authority: string;
  readonly #authorizer: Authorizer | undefined;
  readonly #closing = new AbortController();
  /** Settles after the last request that was called. */
  #turns: Promise<void> = Promise.resolve();
  #connection: HttpConnection | undefined;
  /** Settles when the connection before is gone. */
  #leaving: Promise<void> = Promise.resolve();

  constructor(options: HttpClientOptions) {
    this.#options = options;
    const { host, port, credentials } = options;
    // The zone of a link-local address means nothing to the server.
    this.#authority = placeOf({ host: host.replace(/%.*/, ""), port });
    this.#authorizer = credentials === undefined ? undefined : new Authorizer(credentials);
  }

  /**
   * Any reply, except that with credentials a 401 is answered, or rejects: `auth.refused` when they are wrong or the
   * server takes no digest, `firmware.protocol` when its challenge cannot be used. Rejects as the dialer and
   * `Credentials.password` do; with `usage` for a request that cannot be written; with `timeout` or what the signal says;
   * with `firmware.protocol` for an answer that is not HTTP or too large; and, when the connection is lost twice, with
   * `net.connect` or the channel's own error. When a request that changes something was sent with authorization, or
   * without credentials, whatever keeps its answer away is `indeterminate`.
   */
  async request(request: HttpRequest): Promise<HttpReply> {
    const turn = this.#turns;
    let done = () => {};
    const mine = new Promise<void>((resolve) => done = resolve);
    this.#turns = turn.then(() => mine);
    try {
      await unlessAborted(turn, request.signal, this.#authority, () => {});
      const course: Course = { request, body: request.body ?? new Uint8Array(), wasLost: false };
      const { status, headers, body } = await this.#authorized(course);
      return { status, headers, body };
    } finally {
      done();
    }
  }

  /** Ends the connection; requests that wait reject with `mei.closed`. Never rejects. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new AmtError("mei.closed", `${this.#authority}: closed by this program`));
    this.#drop();
    await this.#leaving;
  }

  async #authorized(course: Course): Promise<Incoming> {
    let isFresh = false;
    for (let tries = 1;; tries++) {
      const answer = await this.#answered(course);
      if (answer.status !== 401 || this.#authorizer === undefined) return answer;
      const challenge = digestChallenge(answer.challenges, this.#authority);
      if ((isFresh && !challenge.stale) || tries === MOST_TRIES) throw this.#refused(challenge.realm);
      this.#note(1, `it asks for a digest, realm ${challenge.realm}`);
      this.#authorizer.accept(challenge);
      isFresh = true;
    }
  }

  async #answered(course: Course): Promise<Incoming> {
    const { method, path, signal } = course.request;
    const { timeoutMs: ms = TIMEOUT_MS } = this.#options;
    const deadline = { ms, subject: this.#authority, signals: [this.#closing.signal, signal] };
    for (;;) {
      // Each time anew, since a count is good for one request; and not within the deadline, since a person may be asked.
      const authorization = await this.#authorizer?.authorization({ ...course, method, path }, signal, this.#authority);
      try {
        return await within(deadline, (signal) => this.#send(course, authorization, signal));
      } catch (error) {
        if (!(error instanceof AnswerLost)) throw error;
        if (course.wasLost) throw error.reason;
        course.wasLost = true;
        this.#options.onNote?.(1, `${error.message}; it is asked once more`);
      }
    }
  }

  async #send(
    { request, body }: Course,
    authorization: string | undefined,
    signal: AbortSignal,
  ): Promise<Incoming> {
    const { method, path, changes } = request;
    const connection = await this.#connect(changes, signal);
    const headers = this.#headers(request, body, authorization);
    const { longestBody = LONGEST_BODY } = this.#options;
    if (signal.aborted) throw abortError(signal, this.#authority);
    try {
      const options = { longestBody, subject: this.#authority, signal };
      const answer = await connection.exchange({ method, path, headers, body }, options);
      this.#note(2, `${method} ${path}, ${body.length} bytes: ${answer.status}, ${answer.body.length} bytes`);
      // AMT ends a connection after a 401, whether it says so or not.
      if (!answer.isKept || answer.status === 401 || this.#options.keepAlive === false) this.#drop();
      return answer;
    } catch (error) {
      this.#drop();
      const mayHavePassed = authorization !== undefined || this.#authorizer === undefined;
      if (!changes || !mayHavePassed || (error instanceof AmtError && error.code === "usage")) throw error;
      throw unknownOutcome(error);
    }
  }

  async #connect(changes: boolean, signal: AbortSignal): Promise<HttpConnection> {
    if (this.#connection?.isFit(changes)) return this.#connection;
    this.#drop();
    // AMT has few connections, and a channel of the tunnel is free only when both sides have closed it.
    await unlessAborted(this.#leaving, signal, this.#authority, () => {});
    const { dial, host, port } = this.#options;
    const target = { dial, host, port, subject: this.#authority };
    return this.#connection = await HttpConnection.open(target, signal);
  }

  #drop(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection !== undefined) this.#leaving = connection[Symbol.asyncDispose]();
  }

  #headers({ method, headers }: HttpRequest, body: Uint8Array, authorization: string | undefined) {
    const hasBody = body.length > 0 || method === "POST" || method === "PUT";
    return {
      Host: this.#authority,
      Connection: this.#options.keepAlive === false ? "close" : "keep-alive",
      ...headers,
      ...hasBody && { "Content-Length": String(body.length) },
      ...authorization !== undefined && { Authorization: authorization },
    };
  }

  #refused(realm: string): AmtError {
    const user = this.#options.credentials?.user;
    return new AmtError("auth.refused", `${this.#authority}: it does not let ${user} in`, { details: { user, realm } });
  }

  #note(level: 1 | 2, text: string): void {
    this.#options.onNote?.(level, `${this.#authority}: ${text}`);
  }
}

function unknownOutcome(error: unknown): AmtError {
  const cause = error instanceof AnswerLost ? error.reason : error as Error;
  return new AmtError("indeterminate", `${cause.message}; a change was sent, and its answer is lost`, { cause });
}
