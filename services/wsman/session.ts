import { type Credentials, HttpClient } from "../../protocols/http/mod.ts";
import { WsmanClient } from "../../protocols/wsman/mod.ts";
import { placeOf } from "../../transport/place.ts";
import type { Tell, Trust } from "../trust/mod.ts";
import { httpPost, patientPost } from "./post.ts";
import type { Route } from "./route.ts";
import { secured, type TlsSettings, type TlsSurroundings } from "./tls_settings.ts";
import type { Way } from "./way.ts";

export interface SessionOptions extends Pick<TlsSurroundings, "env" | "knownAs" | "isForgotten"> {
  readonly tls: TlsSettings;
  readonly credentials: Credentials;
  /** Ends every wait. */
  readonly signal: AbortSignal;
  readonly tell: Tell;
  /** Told decisions (1) and requests (2). */
  onNote(level: 1 | 2, text: string): void;
}

const names = {
  tcp: "over the network",
  lms: "through the local management service",
  apf: "through the Management Engine",
} as const;

/** AMT's web service on one route. Nothing is connected before the first request. */
export class WsmanSession implements AsyncDisposable {
  readonly wsman: WsmanClient;
  readonly http: HttpClient;
  readonly #route: Route;
  readonly #seen: { trust?: Trust };

  private constructor(route: Route, http: HttpClient, wsman: WsmanClient, seen: { trust?: Trust }) {
    this.#route = route;
    this.http = http;
    this.wsman = wsman;
    this.#seen = seen;
  }

  /** Rejects as `systemRoots` does. */
  static async open(route: Route, options: SessionOptions): Promise<WsmanSession> {
    const { credentials, signal, onNote, tls } = options;
    const { by, host, port } = route;
    const seen: { trust?: Trust } = {};
    onNote(1, `way: ${names[by]} to ${placeOf(route)}${route.tls ? ", TLS" : ""}`);
    // A later connection finds known what the first one met.
    const onTrusted = (trust: Trust) => {
      if (trust.fingerprint !== seen.trust?.fingerprint) seen.trust = trust;
    };
    const dial = route.tls ? await secured(route.dial, tls, { ...options, onTrusted }) : route.dial;
    // On the machine itself a channel that is left open keeps the firmware from the next one, and with TLS the firmware
    // ends each after an answer, perhaps while the next request is on its way: peers have each end with its answer.
    const http = new HttpClient({ dial, host, port, credentials, keepAlive: by === "tcp", onNote });
    const post = httpPost(http, signal);
    const onWait = ({ message }: Error) => onNote(1, `${message}; it may be restarting, and is asked again`);
    return new WsmanSession(
      route,
      http,
      new WsmanClient(by === "lms" ? patientPost(post, { signal, onWait }) : post),
      seen,
    );
  }

  get way(): Way {
    const { by, host, port, tls } = this.#route;
    const { trust } = this.#seen;
    return { by, host, port, tls, trusted: trust?.by ?? null, fingerprint: trust?.fingerprint ?? null };
  }

  /** Ends its connection. Never rejects. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.http[Symbol.asyncDispose]();
  }
}
