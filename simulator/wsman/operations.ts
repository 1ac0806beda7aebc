import { namespaces, resourceUri as uriOf } from "../../protocols/wsman/namespaces.ts";
import { xmlChild, type XmlElement, xmlText } from "../../protocols/wsman/xml/element.ts";
import { type AnswerBody, element, instanceElement, outputElement, referenceContent } from "./answer.ts";
import type { WsmanClass } from "./class.ts";
import { Enumerations, type Item } from "./enumerations.ts";
import { WsmanFault } from "./fault.ts";
import { Incoming } from "./incoming.ts";
import type { AmtMachine } from "./machine.ts";
import type { Registry } from "./registry.ts";
import type { WsmanRequest } from "./request.ts";
import { type Fields, isReference, isSameKey, type Reference, type Selectors } from "./value.ts";

const { transfer, enumeration, wsman } = namespaces;

/** An answer without its header. */
type Body = Pick<AnswerBody, "vocabularies" | "content">;

/** What AMT's web service does, on one machine. Everything rejects with {@link WsmanFault}. */
export class Operations {
  readonly #machine: AmtMachine;
  readonly #registry: Registry;
  readonly #enumerations = new Enumerations();

  constructor(machine: AmtMachine, registry: Registry) {
    this.#machine = machine;
    this.#registry = registry;
  }

  /** Does what a user asks for. */
  async run(request: WsmanRequest, user: string): Promise<Body> {
    const { action, resourceUri } = request;
    const known = this.#registry.byUri(resourceUri);
    if (known === undefined) throw new WsmanFault("DestinationUnreachable");
    const isRead = [`${transfer}/Get`, ...["Enumerate", "Pull", "Release"].map((name) => `${enumeration}/${name}`)]
      .includes(action);
    const allowed = isRead ? known.local !== undefined : known.local === "all";
    if (this.#machine.accounts.isLocal(user) && !allowed) throw new WsmanFault("AccessDenied");
    if (action.startsWith(`${enumeration}/`)) return await this.#enumerate(known, request);
    if (action.startsWith(`${transfer}/`)) return await this.#transfer(known, request);
    return await this.#invoke(known, request);
  }

  async #transfer(known: WsmanClass, { action, resourceUri, selectors, body }: WsmanRequest): Promise<Body> {
    switch (action) {
      case `${transfer}/Get`:
        return instanceBody(resourceUri, known.name, await this.#choose(known, selectors));
      case `${transfer}/Put`:
        return await this.#put(known, { selectors, sent: sentInstance(known, resourceUri, body) });
      case `${transfer}/Create`:
        return await this.#create(known, sentInstance(known, resourceUri, body));
      case `${transfer}/Delete`:
        if (known.delete === undefined) throw new WsmanFault("ActionNotSupported");
        await known.delete(this.#machine, await this.#choose(known, selectors, true));
        return { vocabularies: [], content: "" };
    }
    throw new WsmanFault("ActionNotSupported");
  }

  async #put(known: WsmanClass, { selectors, sent }: { selectors: Selectors; sent: Incoming }): Promise<Body> {
    const { put } = known;
    if (put === undefined) throw new WsmanFault("ActionNotSupported");
    const before = await this.#choose(known, selectors);
    const { refuses = [], requires = [], unseen = [] } = put;
    if (sent.names.some((name) => refuses.includes(name))) throw new WsmanFault("InvalidRepresentation");
    if (sent.names.some((name) => before[name] === undefined && !unseen.includes(name))) {
      throw new WsmanFault("SchemaValidationError");
    }
    if (requires.some((name) => !sent.has(name))) throw new WsmanFault("InvalidRepresentation");
    await put.apply(this.#machine, sent, before);
    const after = await known.instances(this.#machine);
    const stored = after.find((each) => known.keys.every((key) => each[key] === before[key])) ?? after[0]!;
    return instanceBody(uriOf(known.name), known.name, stored);
  }

  async #create(known: WsmanClass, sent: Incoming): Promise<Body> {
    if (known.create === undefined) throw new WsmanFault("ActionNotSupported");
    const made = await known.create(this.#machine, sent);
    return { vocabularies: [transfer], content: element("g:ResourceCreated", referenceContent(made)) };
  }

  async #enumerate(known: WsmanClass, { action, resourceUri, body }: WsmanRequest): Promise<Body> {
    const vocabularies = [enumeration];
    switch (action) {
      case `${enumeration}/Enumerate`: {
        if (body && (xmlChild(body, "Filter", wsman) ?? xmlChild(body, "Filter", enumeration))) {
          throw new WsmanFault("FilteringNotSupported");
        }
        const mode = (body && xmlText(body, "EnumerationMode", wsman)) ?? "EnumerateObject";
        if (mode !== "EnumerateEPR" && mode !== "EnumerateObject") throw new WsmanFault("UnsupportedFeature");
        const items = await this.#items(known);
        const { context } = this.#enumerations.open(resourceUri, items, mode === "EnumerateEPR");
        return {
          vocabularies,
          content: element("g:EnumerateResponse", element("g:EnumerationContext", context)),
        };
      }
      case `${enumeration}/Pull`:
        return this.#pull(resourceUri, body);
      case `${enumeration}/Release`:
        this.#enumerations.close();
        return { vocabularies: [], content: "" };
    }
    throw new WsmanFault("ActionNotSupported");
  }

  #pull(resourceUri: string, body: XmlElement | undefined): Body {
    const open = this.#enumerations.find(body && xmlText(body, "EnumerationContext", enumeration) || "", resourceUri);
    if (open === undefined) throw new WsmanFault("InvalidEnumerationContext");
    const asked = new Incoming(body!).number("MaxElements", 1);
    const items = open.items.splice(0, Math.max(1, asked));
    const vocabularies = [enumeration, ...new Set(items.map(({ className }) => uriOf(className)))];
    const content = items.map((item) => this.#item(item, vocabularies, open.references)).join("");
    const isOver = open.items.length === 0;
    if (isOver) this.#enumerations.close();
    const parts = isOver
      ? element("g:Items", content) + element("g:EndOfSequence", "")
      : element("g:EnumerationContext", open.context) + element("g:Items", content);
    return { vocabularies: [...vocabularies, namespaces.cim], content: element("g:PullResponse", parts) };
  }

  #item({ className, fields, keys }: Item, vocabularies: readonly string[], references: boolean): string {
    if (references) {
      const selectors = Object.fromEntries(keys.map((key) => [key, keyOf(fields, key)]));
      return element("b:EndpointReference", referenceContent({ className, selectors }));
    }
    const prefix = String.fromCharCode("g".charCodeAt(0) + vocabularies.indexOf(uriOf(className)));
    return instanceElement(prefix, className, fields);
  }

  async #items(known: WsmanClass): Promise<Item[]> {
    const classes = (known.includes ?? [known.name]).map((name) => this.#registry.byName(name));
    const groups = classes.map(async (each) => {
      const instances = await each!.instances(this.#machine);
      return instances.map((fields) => ({ className: each!.name, fields, keys: each!.keys }));
    });
    return (await Promise.all(groups)).flat();
  }

  async #invoke(known: WsmanClass, { action, resourceUri, selectors, body }: WsmanRequest): Promise<Body> {
    const name = action.slice(action.lastIndexOf("/") + 1);
    const method = action === `${resourceUri}/${name}` && Object.hasOwn(known.methods ?? {}, name)
      ? known.methods![name]
      : undefined;
    if (method === undefined) throw new WsmanFault("ActionNotSupported");
    if (Object.keys(selectors).length > 0) await this.#choose(known, selectors);
    if (body?.name !== `${name}_INPUT` || body.namespace !== resourceUri) throw new WsmanFault("SchemaValidationError");
    const returned = await method(this.#machine, new Incoming(body));
    const outputs = typeof returned === "number" ? { ReturnValue: returned } : returned;
    return { vocabularies: [resourceUri], content: outputElement("g", name, outputs) };
  }

  /** The one instance that the selectors choose; there have to be some when `explicitly`. */
  async #choose(known: WsmanClass, selectors: Selectors, explicitly = false): Promise<Fields> {
    const names = Object.keys(selectors);
    if (names.some((name) => !known.keys.includes(name))) throw new WsmanFault("InvalidSelectors");
    const instances = await known.instances(this.#machine);
    if (names.length === 0 && (explicitly || instances.length > 1)) throw new WsmanFault("InvalidSelectors");
    const chosen = instances.filter((fields) =>
      names.every((name) => isSameKey(keyOf(fields, name), selectors[name]!))
    );
    if (chosen.length === 0) throw new WsmanFault("DestinationUnreachable");
    if (chosen.length > 1) throw new WsmanFault("InvalidSelectors");
    return chosen[0]!;
  }
}

function keyOf(fields: Fields, name: string): string | Reference {
  const value = fields[name];
  return isReference(value) ? value : String(value);
}

function instanceBody(resourceUri: string, className: string, fields: Fields): Body {
  return { vocabularies: [resourceUri, namespaces.cim], content: instanceElement("g", className, fields) };
}

function sentInstance({ name }: WsmanClass, resourceUri: string, body: XmlElement | undefined): Incoming {
  if (body?.name !== name || body.namespace !== resourceUri) throw new WsmanFault("InvalidRepresentation");
  return new Incoming(body);
}
