import { AmtError } from "../../core/errors/mod.ts";
import { readEnvelope } from "./envelope.ts";
import { faultError, readFault } from "./fault.ts";
import type { WsmanRequest } from "./operations.ts";
import type { WsmanReply } from "./post.ts";
import type { XmlElement } from "./xml/element.ts";

/** What a document of XML is called; AMT says `application/soap+xml`. */
const xmlType = /^\s*(?:application|text)\/(?:soap\+)?xml\s*(?:;|$)/i;

/**
 * The body of AMT's answer to a request. Rejects with the fault that it holds ({@link faultError}); with `http.status`
 * when HTTP says no and no fault says why; with `firmware.protocol` when it is no answer to this request, which is
 * `indeterminate` where AMT may have made a change.
 */
export async function readReply(reply: WsmanReply, request: WsmanRequest, messageId: number): Promise<XmlElement> {
  const { status, contentType, body } = reply;
  const accepted = status >= 200 && status < 300;
  if (body.length === 0 || (contentType !== undefined && !xmlType.test(contentType))) {
    const what = body.length === 0 ? "nothing" : `${contentType!.slice(0, 80)}, not XML`;
    throw accepted ? wrongAnswer(request, what, reply) : refusedStatus(request, what, reply);
  }
  const { relatesTo, body: content } = await envelopeOf(reply, request, accepted);
  const fault = readFault(content);
  if (fault !== undefined) throw faultError(fault, request.subject, detailsOf(request, reply));
  if (!accepted) throw refusedStatus(request, "an answer without a fault", reply);
  if (request.header !== undefined && relatesTo !== String(messageId)) {
    const to = relatesTo === undefined ? "no message" : `message ${relatesTo.slice(0, 80)}`;
    throw unusable(request, `an answer to ${to}, where ${messageId} was sent`);
  }
  return content;
}

/**
 * An answer that cannot be used. Where a change was asked for it may have been made, so that is `indeterminate`;
 * elsewhere `firmware.protocol`.
 */
export function unusable({ subject, className, changes }: WsmanRequest, what: string, cause?: unknown): AmtError {
  const options = { details: { class: className }, cause };
  if (!changes) return new AmtError("firmware.protocol", `${subject}: ${what}`, options);
  return new AmtError("indeterminate", `${subject}: it was sent, and its answer cannot be read: ${what}`, options);
}

async function envelopeOf(reply: WsmanReply, request: WsmanRequest, accepted: boolean) {
  try {
    return await readEnvelope(reply.body);
  } catch (error) {
    if (!(error instanceof AmtError) || error.code !== "firmware.protocol") throw error;
    throw accepted ? unusable(request, error.message, error) : refusedStatus(request, error.message, reply, error);
  }
}

/** Something other than a WS-Management service answers, or one that did what it was asked all the same. */
function wrongAnswer(request: WsmanRequest, what: string, reply: WsmanReply): AmtError {
  if (request.changes) return unusable(request, what);
  return new AmtError("firmware.protocol", `${request.subject}: the answer is ${what}`, {
    details: detailsOf(request, reply),
    hint: "Check the host and the port: what answers is perhaps not AMT",
  });
}

function refusedStatus(request: WsmanRequest, what: string, reply: WsmanReply, cause?: unknown): AmtError {
  const hint = reply.status === 400 && reply.body.length === 0
    ? "AMT answers so to a request that it cannot read; a value in it may be one that this release does not take"
    : undefined;
  return new AmtError("http.status", `${request.subject}: HTTP status ${reply.status} and ${what}`, {
    details: detailsOf(request, reply),
    cause,
    ...(hint === undefined ? {} : { hint }),
  });
}

function detailsOf({ className }: WsmanRequest, { status, contentType }: WsmanReply) {
  return { class: className, status, contentType };
}
