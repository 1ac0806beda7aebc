export {
  type EnumerateOptions,
  type InstanceOptions,
  type InvokeOptions,
  WsmanClient,
  type WsmanIdentity,
  type WsmanOptions,
} from "./client.ts";
export { type Subscription } from "./eventing.ts";
export { classOf, namespaces, resourceUri } from "./namespaces.ts";
export { type PostOptions, type WsmanPost, type WsmanReply } from "./post.ts";
export { type EndpointReference, isReference, readReference, reference, type SelectorSet } from "./references.ts";
export { checkReturn } from "./returns.ts";
export { toElements, toInstance, toValue, type WsmanInput, type WsmanInstance, type WsmanValue } from "./values.ts";
export { type XmlAttribute, xmlChild, xmlChildren, type XmlElement, xmlElement, xmlText } from "./xml/element.ts";
