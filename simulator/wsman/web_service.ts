import { AmtError } from "../../core/errors/mod.ts";
import type { Clock } from "../../core/clock.ts";
import { namespaces } from "../../protocols/wsman/namespaces.ts";
import type { XmlElement } from "../../protocols/wsman/xml/element.ts";
import { parseXml } from "../../protocols/wsman/xml/parse.ts";
import { type BodySource, wholeBody } from "../http/body.ts";
import type { HttpRequest } from "../http/request.ts";
import type { HttpResponse } from "../http/response.ts";
import type { HttpHandler } from "../http/server.ts";
import { StreamGone } from "../lme/service.ts";
import type { WebFault, WebFaults, WebOperation } from "../web_faults.ts";
import { answerEnvelope, type AnswerTo, element, faultEnvelope } from "./answer.ts";
import { allClasses } from "./classes/mod.ts";
import { WsmanFault } from "./fault.ts";
import type { AmtMachine } from "./machine.ts";
import { Operations } from "./operations.ts";
import { Registry } from "./registry.ts";
import { isIdentify, messageIdOf, readRequest, type WsmanRequest } from "./request.ts";
import { lengthened, spoiled } from "./spoil.ts";

/** Bytes of a request; AMT's own limit is about as high. */
const LONGEST_REQUEST = 64 * 1024;
/** Answers go in chunks of so many bytes, which end anywhere. */
const CHUNK = 1024;
const SOAP = { "Content-Type": "application/soap+xml; charset=UTF-8" };

export interface WebServiceOptions {
  readonly clock: Clock;
  readonly faults: WebFaults;
}

/** Answers POST /wsman. */
export function wsmanHandler(machine: AmtMachine, { clock, faults }: WebServiceOptions): HttpHandler {
  const operations = new Operations(machine, new Registry(allClasses, machine.major));
  let count = 0;
  return async (request, user) => {
    if (request.method !== "POST") return { status: 405, headers: { Allow: "POST" } };
    const envelope = await envelopeOf(request);
    if (envelope === undefined) return { status: 400 };
    const to: AnswerTo = { messageId: messageIdOf(envelope), count: ++count };
    if (isIdentify(envelope)) return soap(200, identity(machine, to));
    let struck: WebFault | undefined;
    try {
      const asked = readRequest(envelope);
      struck = faults.strike(operationOf(asked));
      if (struck?.kind === "hangUp") throw new StreamGone();
      if (struck?.kind === "unreachable") throw new WsmanFault("DestinationUnreachable");
      const { vocabularies, content } = await operations.run(asked, user);
      const { action, resourceUri: resource } = asked;
      const body = { action: `${action}Response`, resource, vocabularies, content: lengthened(content, struck) };
      return await spoiled(soap(200, answerEnvelope(to, body)), struck, clock);
    } catch (error) {
      if (!(error instanceof WsmanFault)) throw error;
      return await spoiled(soap(error.status, faultEnvelope(to, error)), struck, clock);
    }
  };
}

/** `undefined` for what is no XML. */
async function envelopeOf({ body }: HttpRequest): Promise<XmlElement | undefined> {
  const bytes = await wholeBody(body, LONGEST_REQUEST);
  try {
    return await parseXml(bytes);
  } catch (error) {
    if (error instanceof AmtError && error.code === "firmware.protocol") return undefined;
    throw error;
  }
}

function operationOf({ action, resourceUri }: WsmanRequest): WebOperation {
  const last = (uri: string) => uri.slice(uri.lastIndexOf("/") + 1);
  return { className: last(resourceUri), operation: last(action) };
}

/** Whether AMT answers this at all, and by these words, is not verified; the elements are those of DSP0226. */
function identity({ origin }: AmtMachine, to: AnswerTo): string {
  const content = element("g:ProtocolVersion", namespaces.wsman) + element("g:ProductVendor", "Intel(r)") +
    element("g:ProductVersion", `AMT ${origin.version}`);
  return answerEnvelope(to, {
    action: `${namespaces.identity}/IdentifyResponse`,
    resource: undefined,
    vocabularies: [namespaces.identity],
    content: element("g:IdentifyResponse", content),
  });
}

function soap(status: number, text: string): HttpResponse {
  return { status, headers: SOAP, body: chunked(new TextEncoder().encode(text)) };
}

function chunked(bytes: Uint8Array): BodySource {
  let at = 0;
  return {
    length: undefined,
    read: () => Promise.resolve(at >= bytes.length ? undefined : bytes.subarray(at, at += CHUNK)),
  };
}
