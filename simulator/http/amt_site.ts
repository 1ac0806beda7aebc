import { pattern } from "../pattern.ts";
import type { BodySource } from "./body.ts";
import type { HttpRequest } from "./request.ts";
import type { HttpResponse } from "./response.ts";

const PAGE = new TextEncoder().encode(
  "<html><head><title>Intel(R) Active Management Technology</title></head><body>Simulated AMT</body></html>\n",
);
const html = { "Content-Type": "text/html" };
const binary = { "Content-Type": "application/octet-stream" };

/**
 * What the simulated AMT has for clients: a page at `/`, `pattern` of N bytes at `/bytes/N`, and `/echo`, which sends
 * back what is posted to it as it comes.
 */
export function amtSite({ method, target, body }: HttpRequest): HttpResponse {
  const allowed = target === "/echo" ? "POST" : "GET";
  const [, length] = /^\/bytes\/(\d{1,15})$/.exec(target) ?? [];
  if (length === undefined && target !== "/" && target !== "/echo") return { status: 404 };
  if (method !== allowed) return { status: 405, headers: { Allow: allowed } };
  if (target === "/echo") return { status: 200, headers: binary, body };
  // AMT sends what it makes up in chunks.
  if (length === undefined) return { status: 200, headers: html, body: pieces(undefined, [PAGE].values()) };
  return { status: 200, headers: binary, body: pieces(Number(length), pattern(Number(length))) };
}

function pieces(length: number | undefined, source: Iterator<Uint8Array, void>): BodySource {
  return { length, read: () => Promise.resolve(source.next().value ?? undefined) };
}
