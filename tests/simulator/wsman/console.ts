import { createHash } from "node:crypto";
import { AmthiClient } from "../../../protocols/amthi/client.ts";
import type { AmthiMessage } from "../../../protocols/amthi/mod.ts";
import type { XmlElement } from "../../../protocols/wsman/xml/element.ts";
import { parseXml } from "../../../protocols/wsman/xml/parse.ts";
import { simulatedClock } from "../../../simulator/clock.ts";
import { type BodySource, TakenBody, wholeBody } from "../../../simulator/http/body.ts";
import type { HttpHandler } from "../../../simulator/http/server.ts";
import { createSimulator, type Simulator, type SimulatorOptions } from "../../../simulator/mod.ts";
import type { AmtMachine } from "../../../simulator/wsman/machine.ts";
import { WebFaults } from "../../../simulator/web_faults.ts";
import { wsmanHandler } from "../../../simulator/wsman/web_service.ts";
import { MemoryStream } from "../http_stream.ts";

/** What the simulated AMT answered over HTTP. */
export interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** Chunks that the body came in; none when it had a length. */
  readonly chunks: readonly string[];
}

const md5 = (text: string) => createHash("md5").update(text).digest("hex");
const WSA = "http://schemas.xmlsoap.org/ws/2004/08/addressing";
const WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd";
const bases: Readonly<Record<string, string>> = {
  AMT: "http://intel.com/wbem/wscim/1/amt-schema/1/",
  IPS: "http://intel.com/wbem/wscim/1/ips-schema/1/",
  CIM: "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/",
};

/** The ResourceURI of a class, written here. */
export const uriOf = (className: string) => `${bases[className.slice(0, 3)]}${className}`;

/** A selector, or a list of them, as XML. */
export const selectors = (keys: Record<string, string>) =>
  `<w:SelectorSet>${
    Object.entries(keys).map(([name, value]) => `<w:Selector Name="${name}">${value}</w:Selector>`).join("")
  }</w:SelectorSet>`;

/** What refers to an instance, for the inside of an element. */
export const reference = (className: string, keys: Record<string, string>) =>
  `<a:Address>/wsman</a:Address><a:ReferenceParameters><w:ResourceURI>${uriOf(className)}</w:ResourceURI>${
    selectors(keys)
  }</a:ReferenceParameters>`;

/** An envelope in the form that consoles send it. */
export function envelope(action: string, className: string, body = "", header = ""): string {
  return `<?xml version="1.0" encoding="utf-8"?><Envelope xmlns:a="${WSA}" xmlns:w="${WSMAN}" ` +
    `xmlns="http://www.w3.org/2003/05/soap-envelope"><Header><a:Action>${action}</a:Action><a:To>/wsman</a:To>` +
    `<w:ResourceURI>${uriOf(className)}</w:ResourceURI><a:MessageID>42</a:MessageID><a:ReplyTo><a:Address>${WSA}` +
    `/role/anonymous</a:Address></a:ReplyTo>${header}</Header><Body>${body}</Body></Envelope>`;
}

const transfer = (operation: string) => `http://schemas.xmlsoap.org/ws/2004/09/transfer/${operation}`;
const enumeration = (operation: string) => `http://schemas.xmlsoap.org/ws/2004/09/enumeration/${operation}`;
const ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration";

/** A console that talks to the web service of one simulated machine, in process, by bytes. */
export class Console {
  readonly simulator: Simulator;
  user = "admin";
  password = "P@ssw0rd";

  constructor(profile = "activated", options: SimulatorOptions = {}) {
    this.simulator = createSimulator(profile, options);
  }

  /** What AMTHI of the same machine answers. */
  async amthi<Request, Response>(message: AmthiMessage<Request, Response>, request: Request): Promise<unknown> {
    await using client = new AmthiClient(this.simulator.mei);
    return await client.call(message, request);
  }

  machine(): Promise<AmtMachine> {
    return this.simulator.me.amt!.machine();
  }

  /** Sends an envelope with a digest, and answers what comes. */
  async post(text: string, headers = ""): Promise<Answer> {
    const length = new TextEncoder().encode(text).length;
    const front = `POST /wsman HTTP/1.1\r\nHost: amt\r\nContent-Length: ${length}\r\n${headers}`;
    const asked = await this.raw(`${front}\r\n`, text);
    if (!asked.startsWith("HTTP/1.1 401 ")) throw new Error(asked);
    const [, realm, nonce, qop] = /realm="([^"]*)", nonce="([^"]*)",.*qop="([^",]*)/.exec(asked)!;
    const body = qop === "auth-int" ? `:${md5(text)}` : "";
    const who = md5(`${this.user}:${realm}:${this.password}`);
    const response = md5(`${who}:${nonce}:00000001:abc:${qop}:${md5(`POST:/wsman${body}`)}`);
    const digest = `username="${this.user}", realm="${realm}", nonce="${nonce}", uri="/wsman", qop=${qop}, ` +
      `nc=00000001, cnonce="abc", response="${response}"`;
    return answerOf(await this.raw(`${front}Authorization: Digest ${digest}\r\n\r\n`, text));
  }

  /** What comes back for these bytes, until the service ends, or the connection does. */
  async raw(...pieces: string[]): Promise<string> {
    const service = this.simulator.me.amt!.services.get(16992)!;
    const stream = new MemoryStream(...pieces);
    await service(stream).catch((error) => {
      if (error.name !== "StreamGone") throw error;
    });
    return stream.text;
  }

  get(className: string, keys?: Record<string, string>): Promise<XmlElement> {
    return this.body(envelope(transfer("Get"), className, "", keys && selectors(keys)));
  }

  put(className: string, fields: string, keys?: Record<string, string>): Promise<XmlElement> {
    const body = `<h:${className} xmlns:h="${uriOf(className)}">${fields}</h:${className}>`;
    return this.body(envelope(transfer("Put"), className, body, keys && selectors(keys)));
  }

  create(className: string, fields: string): Promise<XmlElement> {
    const body = `<h:${className} xmlns:h="${uriOf(className)}">${fields}</h:${className}>`;
    return this.body(envelope(transfer("Create"), className, body));
  }

  async delete(className: string, keys: Record<string, string>): Promise<void> {
    const { status, body } = await this.post(envelope(transfer("Delete"), className, "", selectors(keys)));
    if (status !== 200) throw new Error(`${status}: ${body}`);
  }

  enumerate(className: string, options = ""): Promise<XmlElement> {
    const body = `<Enumerate xmlns="${ENUMERATION}">${options}</Enumerate>`;
    return this.body(envelope(enumeration("Enumerate"), className, body));
  }

  pull(className: string, context: string, most = 999): Promise<XmlElement> {
    const body = `<Pull xmlns="${ENUMERATION}"><EnumerationContext>${context}</EnumerationContext>` +
      `<MaxElements>${most}</MaxElements><MaxCharacters>99999</MaxCharacters></Pull>`;
    return this.body(envelope(enumeration("Pull"), className, body));
  }

  /** All instances, in one piece. */
  async all(className: string, options = ""): Promise<readonly XmlElement[]> {
    const opened = await this.enumerate(className, options);
    const pulled = await this.pull(className, child(opened, "EnumerationContext"));
    return pulled.children.find(({ name }) => name === "Items")!.children;
  }

  /** What a method returned, by name. */
  async invoke(className: string, method: string, input = ""): Promise<Record<string, string | string[]>> {
    const body = `<h:${method}_INPUT xmlns:h="${uriOf(className)}">${input}</h:${method}_INPUT>`;
    return fieldsOf(await this.body(envelope(`${uriOf(className)}/${method}`, className, body)));
  }

  async returned(className: string, method: string, input = ""): Promise<number> {
    return Number((await this.invoke(className, method, input))["ReturnValue"]);
  }

  /** What the body of the answer has in it. Rejects with the subcode of a fault. */
  async body(text: string): Promise<XmlElement> {
    const { body } = await this.post(text);
    const element = await bodyElement(body);
    if (element.name !== "Fault") return element;
    throw new Error(element.children[0]!.children[1]!.children[0]!.text);
  }
}

/** A console without HTTP, for a machine whose ports have TLS. */
export class DirectConsole extends Console {
  #handler: HttpHandler | undefined;

  override async post(text: string): Promise<Answer> {
    const services = { clock: simulatedClock(), faults: new WebFaults() };
    this.#handler ??= wsmanHandler(await this.machine(), services);
    const body = new TakenBody(new TextEncoder().encode(text));
    const request = { method: "POST", target: "/wsman", version: "1.1", headers: new Map(), body } as const;
    const answer = await this.#handler(request, this.user);
    const bytes = await wholeBody(answer.body as BodySource, 1 << 20);
    return { status: answer.status, headers: new Map(), body: new TextDecoder().decode(bytes), chunks: [] };
  }
}

/** The one element of a body. */
export async function bodyElement(text: string): Promise<XmlElement> {
  const root = await parseXml(new TextEncoder().encode(text));
  return root.children[1]!.children[0]!;
}

/** The text of a child. */
export function child(element: XmlElement, name: string): string {
  const found = element.children.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no ${name} in ${element.name}`);
  return found.text;
}

/** Names and texts of children; those that repeat as a list. */
export function fieldsOf(element: XmlElement): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = {};
  for (const { name, text } of element.children) {
    const before = fields[name];
    fields[name] = before === undefined ? text : [...(Array.isArray(before) ? before : [before]), text];
  }
  return fields;
}

function answerOf(text: string): Answer {
  const end = text.indexOf("\r\n\r\n");
  const [start = "", ...lines] = text.slice(0, end).split("\r\n");
  const headers = new Map(lines.map((line) => {
    const colon = line.indexOf(": ");
    return [line.slice(0, colon), line.slice(colon + 2)];
  }));
  const status = Number(start.split(" ")[1]);
  const rest = text.slice(end + 4);
  if (headers.get("Transfer-Encoding") !== "chunked") return { status, headers, body: rest, chunks: [] };
  const chunks: string[] = [];
  for (let at = 0;;) {
    const line = rest.indexOf("\r\n", at);
    const size = line < 0 ? NaN : parseInt(rest.slice(at, line), 16);
    if (!(size >= 0)) throw new Error("the answer ends before its last chunk");
    if (size === 0) return { status, headers, body: chunks.join(""), chunks };
    chunks.push(rest.slice(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}
