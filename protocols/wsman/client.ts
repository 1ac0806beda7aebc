import { abortError } from "../../core/errors/mod.ts";
import { unlessAborted } from "../../core/delay.ts";
import { type Answer, enumerateAll } from "./enumeration.ts";
import { writeEnvelope } from "./envelope.ts";
import { subscribeRequest, type Subscription, unsubscribeRequest } from "./eventing.ts";
import { classOf, namespaces } from "./namespaces.ts";
import {
  createRequest,
  deleteRequest,
  getRequest,
  identifyRequest,
  invokeRequest,
  putRequest,
  type WsmanRequest,
} from "./operations.ts";
import type { WsmanPost } from "./post.ts";
import { type EndpointReference, readReference, type SelectorSet } from "./references.ts";
import { readReply, unusable } from "./reply.ts";
import type { WsmanInput } from "./values.ts";
import { xmlChild, type XmlElement, xmlText } from "./xml/element.ts";

export interface WsmanOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface InstanceOptions extends WsmanOptions {
  /** Which instance is meant; none are needed for a class that has one. */
  readonly selectors?: SelectorSet | undefined;
}

export interface EnumerateOptions extends WsmanOptions {
  /** List endpoint references (read with {@link readReference}) instead of instances. */
  readonly references?: boolean | undefined;
}

export interface InvokeOptions extends InstanceOptions {
  /** Whether the method changes something. Default: by its name, all but Get, Read, Enumerate and PositionTo do. */
  readonly changes?: boolean | undefined;
}

/** What answers at the other end, in its own words. */
export interface WsmanIdentity {
  readonly protocolVersion: string | undefined;
  readonly productVendor: string | undefined;
  readonly productVersion: string | undefined;
  /** All that it said. */
  readonly response: XmlElement;
}

/**
 * AMT's web service: instances of classes and their methods. It has one request under way at a time, and a listing keeps
 * all others waiting, since AMT mixes up what happens at once. Classes are named (`AMT_GeneralSettings`) or given as a
 * ResourceURI.
 *
 * Everything rejects as its `WsmanPost` does; with `wsman.fault` or `auth.denied` for a fault, whose `details.subcode`
 * says which; with `http.status` and `firmware.protocol` for what is no answer; with `indeterminate` when the answer to
 * a change is lost; with `usage` for what XML cannot hold.
 */
export class WsmanClient {
  readonly #post: WsmanPost;
  #messageId = 0;
  /** Settles when all that was asked for before is done. */
  #idle: Promise<unknown> = Promise.resolve();

  constructor(post: WsmanPost) {
    this.#post = post;
  }

  /** Asks what answers; it needs no class, and in many products no password. */
  async identify({ signal }: WsmanOptions = {}): Promise<WsmanIdentity> {
    const request = identifyRequest();
    const response = await this.#content(request, signal, "IdentifyResponse");
    return {
      protocolVersion: xmlText(response, "ProtocolVersion"),
      productVendor: xmlText(response, "ProductVendor"),
      productVersion: xmlText(response, "ProductVersion"),
      response,
    };
  }

  /** One instance. */
  async get(className: string, { selectors, signal }: InstanceOptions = {}): Promise<XmlElement> {
    const request = getRequest(className, selectors);
    const { body } = await this.#single(request, signal);
    const instance = body.children[0] ?? refuse(request, "an answer without an instance");
    const asked = classOf(className);
    // A class of CIM may be answered by one that AMT derives from it.
    if (instance.name === asked || asked.startsWith("CIM_")) return instance;
    return refuse(request, `an instance of ${instance.name.slice(0, 80)}`);
  }

  /** Replaces an instance by `instance`, which has all of its fields; returns what AMT says is stored now. */
  async put(
    className: string,
    instance: WsmanInput,
    { selectors, signal }: InstanceOptions = {},
  ): Promise<XmlElement | undefined> {
    const { body } = await this.#single(putRequest(className, instance, selectors), signal);
    return body.children[0];
  }

  /** Makes an instance; returns the reference to it. */
  async create(
    className: string,
    instance: WsmanInput,
    { selectors, signal }: InstanceOptions = {},
  ): Promise<EndpointReference> {
    const request = createRequest(className, instance, selectors);
    const created = await this.#content(request, signal, "ResourceCreated");
    return readReference(created) ?? refuse(request, "no reference to the new instance");
  }

  /** Takes an instance away. */
  async delete(className: string, { selectors, signal }: InstanceOptions = {}): Promise<void> {
    await this.#single(deleteRequest(className, selectors), signal);
  }

  /** Every instance of a class, in AMT's order. */
  async enumerate(className: string, { references = false, signal }: EnumerateOptions = {}): Promise<XmlElement[]> {
    const ask = (request: WsmanRequest) => this.#ask(request, signal);
    return await this.#inTurn(
      `Enumerate ${classOf(className)}`,
      signal,
      () => enumerateAll(ask, className, references),
    );
  }

  /** Calls a method; returns its `…_OUTPUT`, whose ReturnValue is the caller's ({@link checkReturn}). */
  async invoke(
    className: string,
    method: string,
    input: WsmanInput,
    { signal, ...options }: InvokeOptions = {},
  ): Promise<XmlElement> {
    return await this.#content(invokeRequest(className, method, input, options), signal, `${method}_OUTPUT`);
  }

  /** Asks for events; returns the reference that {@link unsubscribe} takes, where AMT gives one. */
  async subscribe(subscription: Subscription, { signal }: WsmanOptions = {}): Promise<EndpointReference | undefined> {
    const response = await this.#content(subscribeRequest(subscription), signal, "SubscribeResponse");
    const manager = xmlChild(response, "SubscriptionManager", namespaces.eventing);
    return manager && readReference(manager);
  }

  /** Ends a subscription: a reference to an instance of CIM_FilterCollectionSubscription. */
  async unsubscribe(subscription: EndpointReference, { signal }: WsmanOptions = {}): Promise<void> {
    await this.#single(unsubscribeRequest(subscription), signal);
  }

  /** The one element that the answer's body has to hold. */
  async #content(request: WsmanRequest, signal: AbortSignal | undefined, name: string): Promise<XmlElement> {
    const { body } = await this.#single(request, signal);
    const came = body.children[0]?.name.slice(0, 80) ?? "nothing";
    return xmlChild(body, name) ?? refuse(request, `${came} where ${name} belongs`);
  }

  #single(request: WsmanRequest, signal: AbortSignal | undefined): Promise<Answer> {
    return this.#inTurn(request.subject, signal, () => this.#ask(request, signal));
  }

  async #ask(request: WsmanRequest, signal: AbortSignal | undefined): Promise<Answer> {
    if (signal?.aborted) throw abortError(signal, request.subject);
    const messageId = ++this.#messageId;
    const envelope = writeEnvelope(request.header, messageId, request.body);
    const reply = await this.#post(envelope, { changes: request.once, signal });
    return { body: await readReply(reply, request, messageId), bytes: reply.body.length };
  }

  /** Does `work` when all that came before is done; `signal` ends the wait too. */
  async #inTurn<T>(subject: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    const before = this.#idle;
    let finished = () => {};
    const mine = new Promise<void>((resolve) => finished = resolve);
    this.#idle = before.then(() => mine);
    try {
      await unlessAborted(before, signal, subject, () => {});
      return await work();
    } finally {
      finished();
    }
  }
}

function refuse(request: WsmanRequest, what: string): never {
  throw unusable(request, what);
}
