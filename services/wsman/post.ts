import { delay } from "../../core/delay.ts";
import { AmtError } from "../../core/errors/mod.ts";
import type { HttpClient } from "../../protocols/http/mod.ts";
import type { WsmanPost } from "../../protocols/wsman/mod.ts";

/** AMT has its web service there. */
const PATH = "/wsman";
const HEADERS = { "Content-Type": "application/soap+xml; charset=utf-8" };

/** Envelopes over HTTP; `signal` ends every wait. Rejects as the client does, and with `auth.refused` for a 401. */
export function httpPost(http: HttpClient, signal: AbortSignal): WsmanPost {
  return async (body, options) => {
    const request = { method: "POST", path: PATH, headers: HEADERS, body, changes: options.changes };
    const { status, headers, body: answer } = await http.request({ ...request, signal: both(signal, options.signal) });
    if (status === 401) throw new AmtError("auth.refused", "AMT asks for a user and a password", { hint: NEEDS_USER });
    return { status, contentType: headers.get("content-type"), body: answer };
  };
}

const NEEDS_USER = "Name a user whom AMT knows, and give its password";

export interface PatienceOptions {
  readonly signal: AbortSignal;
  /** Told once for each request that has to wait. */
  onWait(reason: AmtError): void;
  /** How long to ask again, in ms. Default 30 s. */
  readonly limitMs?: number | undefined;
  readonly pauseMs?: number | undefined;
}

/**
 * Asks again while there is no connection: a local management service restarts along with AMT, and ends connections, or
 * takes none, meanwhile. What may have changed something is never `net.connect`.
 */
export function patientPost(post: WsmanPost, options: PatienceOptions): WsmanPost {
  const { signal, onWait, limitMs = 30_000, pauseMs = 500 } = options;
  return async (body, { changes, signal: own }) => {
    const signals = both(signal, own);
    const until = performance.now() + limitMs;
    for (let isFirst = true;; isFirst = false) {
      try {
        return await post(body, { changes, signal: signals });
      } catch (error) {
        if (!(error instanceof AmtError) || error.code !== "net.connect" || performance.now() >= until) throw error;
        if (isFirst) onWait(error);
      }
      await delay(pauseMs, signals, "local management service");
    }
  };
}

function both(signal: AbortSignal, own: AbortSignal | undefined): AbortSignal {
  return own === undefined || own === signal ? signal : AbortSignal.any([signal, own]);
}
