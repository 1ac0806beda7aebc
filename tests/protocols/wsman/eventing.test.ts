import { describe, expect, it } from "vitest";
import { reference, type Subscription, WsmanClient, xmlElement, xmlText } from "../../../protocols/wsman/mod.ts";
import { toInstance } from "../../../protocols/wsman/values.ts";
import { ScriptedPost } from "./scripted_post.ts";

const eventing = "http://schemas.xmlsoap.org/ws/2004/08/eventing";
const subscriptionUri = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_FilterCollectionSubscription";
const accepted = `<e:SubscribeResponse xmlns:e="${eventing}"><e:SubscriptionManager><b:Address>x</b:Address>` +
  `<b:ReferenceParameters><c:ResourceURI>${subscriptionUri}</c:ResourceURI></b:ReferenceParameters>` +
  `</e:SubscriptionManager><e:Expires>PT0S</e:Expires></e:SubscribeResponse>`;
const subscription: Subscription = { filter: "Intel(r) AMT:All", notifyTo: "http://192.168.0.2:8080/events?a=1&b=2" };

async function subscribed(more: Partial<Subscription> = {}) {
  const script = new ScriptedPost(accepted);
  const manager = await new WsmanClient(script.post).subscribe({ ...subscription, ...more });
  return { ...script.seen[0]!, manager };
}

describe("WsmanClient.subscribe", () => {
  /** Source: wsman.md 3.13, as MeshCommander and openwsman's Ruby clients send it. */
  it("sends a filter, where to and how, and no OperationTimeout", async () => {
    const { header, body, manager, options } = await subscribed();
    expect(xmlText(header, "Action")).toBe(`${eventing}/Subscribe`);
    expect(xmlText(header, "ResourceURI")).toBe(
      "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_FilterCollection",
    );
    expect(header.children.map(({ name }) => name)).toEqual([
      ...["Action", "To", "ResourceURI", "MessageID", "ReplyTo", "SelectorSet"],
    ]);
    expect(toInstance(body)).toEqual({ Subscribe: { Delivery: { NotifyTo: { Address: subscription.notifyTo } } } });
    expect(body.children[0]!.children[0]!.attributes).toEqual([
      { name: "Mode", namespace: "", value: "http://schemas.xmlsoap.org/ws/2004/08/eventing/DeliveryModes/Push" },
    ]);
    expect(options.changes).toBe(true);
    expect(manager).toEqual({ address: "x", resourceUri: subscriptionUri, selectors: {} });
  });

  it("asks for acknowledged delivery with the listener's parameters", async () => {
    const { body } = await subscribed({ mode: "PushWithAck", parameters: [xmlElement("urn:x", "arg", "7")] });
    const delivery = body.children[0]!.children[0]!;
    expect(delivery.attributes[0]!.value).toBe("http://schemas.dmtf.org/wbem/wsman/1/wsman/PushWithAck");
    expect(toInstance(delivery)).toEqual({
      NotifyTo: { Address: subscription.notifyTo, ReferenceParameters: { arg: "7" } },
    });
  });

  it("hands the listener's user and password over", async () => {
    const { header, body } = await subscribed({ credentials: { user: "me", password: "a<b" } });
    expect(header.children.at(-1)!.namespace).toBe("http://schemas.xmlsoap.org/ws/2005/02/trust");
    expect(toInstance(header)["IssuedTokens"]).toEqual({
      RequestSecurityTokenResponse: {
        TokenType: "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#UsernameToken",
        RequestedSecurityToken: { UsernameToken: { Username: "me", Password: "a<b" } },
      },
    });
    const [, auth] = body.children[0]!.children[0]!.children;
    expect(auth).toMatchObject({ name: "Auth", namespace: "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" });
    expect(auth!.attributes[0]!.value).toBe("http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/http/digest");
  });

  it("refuses an address that is longer than AMT holds", async () => {
    const notifyTo = (length: number) => ({ notifyTo: "http://x/".padEnd(length, "y") });
    await expect(subscribed(notifyTo(253))).resolves.toBeDefined();
    await expect(subscribed(notifyTo(254))).rejects.toMatchObject({ code: "usage" });
  });
});

describe("WsmanClient.unsubscribe", () => {
  it("names the subscription by its filter and its handler", async () => {
    const script = new ScriptedPost("");
    const Filter = reference("CIM_FilterCollection", { InstanceID: "Intel(r) AMT:All" });
    const Handler = reference("CIM_ListenerDestinationWSManagement", {
      CreationClassName: "CIM_ListenerDestinationWSMAN",
      Name: "x",
      SystemCreationClassName: "CIM_ComputerSystem",
      SystemName: "Intel(r) AMT",
    });
    await new WsmanClient(script.post).unsubscribe(reference("CIM_FilterCollectionSubscription", { Filter, Handler }));
    const { header, body } = script.seen[0]!;
    expect(xmlText(header, "Action")).toBe(`${eventing}/Unsubscribe`);
    expect(xmlText(header, "ResourceURI")).toBe(subscriptionUri);
    expect(xmlText(header, "OperationTimeout")).toBeUndefined();
    expect(toInstance(header)["SelectorSet"]).toEqual({
      Selector: [{ EndpointReference: Filter }, { EndpointReference: Handler }],
    });
    expect(body.children).toMatchObject([{ name: "Unsubscribe", namespace: eventing, children: [] }]);
  });
});
