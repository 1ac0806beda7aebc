import { namespaces, type PostOptions, type WsmanPost, type WsmanReply } from "../../../protocols/wsman/mod.ts";
import { xmlChild, type XmlElement, xmlText } from "../../../protocols/wsman/xml/element.ts";
import { parseXml } from "../../../protocols/wsman/xml/parse.ts";

/** A request as the other end sees it. */
export interface SeenRequest {
  readonly text: string;
  readonly header: XmlElement;
  readonly body: XmlElement;
  readonly options: PostOptions;
  readonly messageId: string | undefined;
}

/** What the other end does with a request: an answer, the contents of an answer's body, or an error. */
export type Reaction = Partial<WsmanReply> | string | Error | Promise<Partial<WsmanReply> | string>;

/** Answers requests one after another, and keeps them; one too many is an error. */
export class ScriptedPost {
  readonly seen: SeenRequest[] = [];
  readonly #reactions: ((request: SeenRequest) => Reaction)[];

  constructor(...reactions: (Reaction | ((request: SeenRequest) => Reaction))[]) {
    this.#reactions = reactions.map((each) => typeof each === "function" ? each : () => each);
  }

  readonly post: WsmanPost = async (envelope, options) => {
    const root = await parseXml(envelope);
    const header = xmlChild(root, "Header")!;
    const request: SeenRequest = {
      text: new TextDecoder().decode(envelope),
      header,
      body: xmlChild(root, "Body")!,
      options,
      messageId: xmlText(header, "MessageID"),
    };
    this.seen.push(request);
    const react = this.#reactions.shift();
    if (react === undefined) throw new Error(`no reaction to ${request.text}`);
    const reaction = await react(request);
    if (reaction instanceof Error) throw reaction;
    return { ...soap(""), ...(typeof reaction === "string" ? soap(answer(reaction, request.messageId)) : reaction) };
  };
}

/** An answer of AMT with this content in its body; the prefixes are those of recorded ones. */
export function answer(content: string, relatesTo: string | undefined = "1"): string {
  return `<?xml version="1.0" encoding="UTF-8"?><a:Envelope xmlns:a="${namespaces.soap}" ` +
    `xmlns:b="${namespaces.addressing}" xmlns:c="${namespaces.wsman}" xmlns:g="${namespaces.enumeration}"><a:Header>` +
    `<b:To>${namespaces.addressing}/role/anonymous</b:To><b:RelatesTo>${relatesTo}</b:RelatesTo></a:Header>` +
    `<a:Body>${content}</a:Body></a:Envelope>`;
}

/** A reply of HTTP with an envelope. */
export function soap(text: string, status = 200): WsmanReply {
  return { status, contentType: "application/soap+xml; charset=UTF-8", body: new TextEncoder().encode(text) };
}
