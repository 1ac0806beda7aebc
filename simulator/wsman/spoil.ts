import type { Clock } from "../../core/clock.ts";
import type { HttpResponse } from "../http/response.ts";
import { StreamGone } from "../lme/service.ts";
import type { WebFault } from "../web_faults.ts";

const DEFAULT_DELAY_MS = 1000;
const DEFAULT_CUT = 600;
const DEFAULT_LONG = 5 << 20;

/** Nine levels of ten, of a text of 64 bytes. */
const BOMB_LEVELS = 9;

/** What an answer becomes by a fault that strikes it, when it was composed. Rejects with {@link StreamGone}. */
export async function spoiled(
  response: HttpResponse,
  fault: WebFault | undefined,
  clock: Clock,
): Promise<HttpResponse> {
  switch (fault?.kind) {
    case "lost":
      throw new StreamGone();
    case "slow":
      await clock.sleep(fault.delayMs ?? DEFAULT_DELAY_MS, undefined, "simulated AMT");
      return response;
    case "cut":
      return { ...response, cutAfter: fault.bytes ?? DEFAULT_CUT };
    case "contentType":
      return { ...response, headers: { ...response.headers, "Content-Type": "text/html" } };
    case "bomb":
      return { ...response, body: new TextEncoder().encode(bomb()) };
    case "malformed":
      return { ...response, body: new TextEncoder().encode("<a:Envelope><a:Body></a:Envelope>") };
    default:
      return response;
  }
}

/** A body's content with more elements behind its own, where the fault `long` strikes. */
export function lengthened(content: string, fault: WebFault | undefined): string {
  if (fault?.kind !== "long") return content;
  const filler = `<Filler xmlns="urn:simulated">${"0123456789abcdef".repeat(256)}</Filler>`;
  return content + filler.repeat(Math.ceil((fault.bytes ?? DEFAULT_LONG) / filler.length));
}

function bomb(): string {
  const entities = Array.from(
    { length: BOMB_LEVELS },
    (_, level) => `<!ENTITY e${level + 1} "${`&e${level};`.repeat(10)}">`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE a [<!ENTITY e0 "${"0123456789abcdef".repeat(4)}">${
    entities.join("")
  }]><a>&e${BOMB_LEVELS};</a>`;
}
