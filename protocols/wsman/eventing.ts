import { AmtError } from "../../core/errors/mod.ts";
import { classOf, namespaces, resourceUri } from "./namespaces.ts";
import type { WsmanRequest } from "./operations.ts";
import type { EndpointReference } from "./references.ts";
import { type XmlElement, xmlElement } from "./xml/element.ts";

/** Who wants to be told of which events. */
export interface Subscription {
  /** InstanceID of the CIM_FilterCollection, such as `Intel(r) AMT:All`. */
  readonly filter: string;
  /** URL at which AMT posts the events; 253 characters at most. */
  readonly notifyTo: string;
  /** Whether each event waits for an answer that says it has come. Default: `Push`, which waits for none. */
  readonly mode?: "Push" | "PushWithAck";
  /** What AMT puts into the header of each event, to tell subscriptions apart. */
  readonly parameters?: readonly XmlElement[];
  /** What AMT authenticates itself with (HTTP digest) at the listener. */
  readonly credentials?: { readonly user: string; readonly password: string };
}

const LONGEST_ADDRESS = 253;
const modes = {
  Push: "http://schemas.xmlsoap.org/ws/2004/08/eventing/DeliveryModes/Push",
  PushWithAck: "http://schemas.dmtf.org/wbem/wsman/1/wsman/PushWithAck",
};
const DIGEST = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/http/digest";
const USERNAME_TOKEN =
  "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#UsernameToken";

/** Asks for events; throws `usage` for an address that AMT does not hold. */
export function subscribeRequest(subscription: Subscription): WsmanRequest {
  const { filter, notifyTo, mode = "Push", parameters, credentials } = subscription;
  if (notifyTo.length > LONGEST_ADDRESS) {
    throw new AmtError("usage", `Listener: ${notifyTo.length} characters, AMT holds ${LONGEST_ADDRESS}`);
  }
  const target = xmlElement(namespaces.eventing, "NotifyTo", [
    xmlElement(namespaces.addressing, "Address", notifyTo),
    ...(parameters === undefined ? [] : [xmlElement(namespaces.addressing, "ReferenceParameters", parameters)]),
  ]);
  const auth = xmlElement(namespaces.wsman, "Auth", [], [{ name: "Profile", namespace: "", value: DIGEST }]);
  const delivery = xmlElement(
    namespaces.eventing,
    "Delivery",
    credentials === undefined ? [target] : [target, auth],
    [{ name: "Mode", namespace: "", value: modes[mode] }],
  );
  return {
    subject: `Subscribe ${filter}`,
    className: "CIM_FilterCollection",
    changes: true,
    once: true,
    header: {
      action: `${namespaces.eventing}/Subscribe`,
      resourceUri: resourceUri("CIM_FilterCollection"),
      selectors: { InstanceID: filter },
      timeout: false,
      ...(credentials === undefined ? {} : { more: [issuedTokens(credentials)] }),
    },
    body: xmlElement(namespaces.eventing, "Subscribe", [delivery]),
  };
}

/** Ends a subscription, which is an instance of CIM_FilterCollectionSubscription. */
export function unsubscribeRequest({ resourceUri, selectors }: EndpointReference): WsmanRequest {
  return {
    subject: `Unsubscribe ${classOf(resourceUri)}`,
    className: classOf(resourceUri),
    changes: true,
    once: true,
    header: { action: `${namespaces.eventing}/Unsubscribe`, resourceUri, selectors, timeout: false },
    body: xmlElement(namespaces.eventing, "Unsubscribe"),
  };
}

/** The listener's user and password, as MeshCommander hands them to AMT. */
function issuedTokens({ user, password }: { readonly user: string; readonly password: string }): XmlElement {
  const type = { name: "Type", namespace: "", value: `${namespaces.security}#PasswordText` };
  const token = xmlElement(namespaces.security, "UsernameToken", [
    xmlElement(namespaces.security, "Username", user),
    xmlElement(namespaces.security, "Password", password, [type]),
  ]);
  return xmlElement(namespaces.trust, "IssuedTokens", [
    xmlElement(namespaces.trust, "RequestSecurityTokenResponse", [
      xmlElement(namespaces.trust, "TokenType", USERNAME_TOKEN),
      xmlElement(namespaces.trust, "RequestedSecurityToken", [token]),
    ]),
  ]);
}
