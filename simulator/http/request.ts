import { StreamGone } from "../lme/service.ts";
import { type IncomingBody, RequestBody } from "./body.ts";
import { HttpError } from "./http_error.ts";
import type { HttpInput } from "./input.ts";

export interface HttpRequest {
  readonly method: string;
  readonly target: string;
  readonly version: "1.0" | "1.1";
  /** By names in lower case; the values of one that came several times are joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: IncomingBody;
}

const LONGEST_LINE = 8192;
const MOST_HEADERS = 100;

/** The next request; `undefined` when the stream ends before it. Throws {@link HttpError}. */
export async function readRequest(input: HttpInput): Promise<HttpRequest | undefined> {
  let start = await input.line(LONGEST_LINE);
  // Some clients send an empty line after a body.
  while (start === "") start = await input.line(LONGEST_LINE);
  if (start === undefined) return undefined;
  const [, method, target, version] = /^([A-Z]+) (\S+) HTTP\/(1\.[01])$/.exec(start) ?? [];
  if (method === undefined) throw new HttpError(400);
  const headers = await readHeaders(input);
  if (version === "1.1" && !headers.has("host")) throw new HttpError(400);
  const body = new RequestBody(input, bodyLength(headers));
  return { method, target: target!, version: version as "1.0" | "1.1", headers, body };
}

/** Whether a header lists a token. */
export function lists(headers: ReadonlyMap<string, string>, name: string, token: string): boolean {
  return (headers.get(name) ?? "").toLowerCase().split(",").some((each) => each.trim() === token);
}

async function readHeaders(input: HttpInput): Promise<Map<string, string>> {
  const headers = new Map<string, string>();
  for (let count = 0; count <= MOST_HEADERS; count++) {
    const line = await input.line(LONGEST_LINE);
    if (line === undefined) throw new StreamGone();
    if (line === "") return headers;
    const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (name === undefined) throw new HttpError(400);
    const before = headers.get(name.toLowerCase());
    headers.set(name.toLowerCase(), before === undefined ? value! : `${before}, ${value}`);
  }
  throw new HttpError(431);
}

/** `undefined` for chunks. */
function bodyLength(headers: ReadonlyMap<string, string>): number | undefined {
  const coding = headers.get("transfer-encoding");
  const length = headers.get("content-length");
  if (coding === undefined) {
    if (length !== undefined && !/^\d{1,15}$/.test(length)) throw new HttpError(400);
    return Number(length ?? 0);
  }
  if (length !== undefined) throw new HttpError(400);
  if (coding.toLowerCase() !== "chunked") throw new HttpError(501);
  return undefined;
}
