import { describe, expect, it } from "vitest";
import { AmtError } from "../../../core/errors/mod.ts";
import { reference, resourceUri, toInstance, WsmanClient, xmlText } from "../../../protocols/wsman/mod.ts";
import { ScriptedPost, type SeenRequest, soap } from "./scripted_post.ts";

const settings = resourceUri("AMT_GeneralSettings");
const instance = `<h:AMT_GeneralSettings xmlns:h="${settings}"><h:HostName>a</h:HostName></h:AMT_GeneralSettings>`;
const output = (method: string, fields = "<ReturnValue>0</ReturnValue>") =>
  `<${method}_OUTPUT>${fields}</${method}_OUTPUT>`;

describe("WsmanClient", () => {
  it("get sends what peers send and returns the instance", async () => {
    const script = new ScriptedPost(instance);
    const read = await new WsmanClient(script.post).get("AMT_GeneralSettings");
    expect(toInstance(read)).toEqual({ HostName: "a" });
    expect(script.seen[0]!.text).toBe(
      `<?xml version="1.0" encoding="utf-8"?><Envelope xmlns="http://www.w3.org/2003/05/soap-envelope" ` +
        `xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" ` +
        `xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"><Header>` +
        `<a:Action>http://schemas.xmlsoap.org/ws/2004/09/transfer/Get</a:Action><a:To>/wsman</a:To>` +
        `<w:ResourceURI>http://intel.com/wbem/wscim/1/amt-schema/1/AMT_GeneralSettings</w:ResourceURI>` +
        `<a:MessageID>1</a:MessageID><a:ReplyTo><a:Address>` +
        `http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo>` +
        `<w:OperationTimeout>PT60S</w:OperationTimeout></Header><Body/></Envelope>`,
    );
  });

  it("get takes no instance of another class, which a change would be made from", async () => {
    const other = `<i:CIM_SoftwareIdentity xmlns:i="${resourceUri("CIM_SoftwareIdentity")}"/>`;
    await expect(new WsmanClient(new ScriptedPost(other).post).get("AMT_GeneralSettings")).rejects.toMatchObject({
      code: "firmware.protocol",
      message: "Get AMT_GeneralSettings: an instance of CIM_SoftwareIdentity",
    });
  });

  it("MessageID grows with every request", async () => {
    const script = new ScriptedPost(instance, instance, instance);
    const client = new WsmanClient(script.post);
    for (let i = 0; i < 3; i++) await client.get("AMT_GeneralSettings");
    expect(script.seen.map(({ messageId }) => messageId)).toEqual(["1", "2", "3"]);
  });

  it("escapes what a person gives, in fields and in selectors", async () => {
    const script = new ScriptedPost(instance);
    const name = `a&b<c>"d'`;
    await new WsmanClient(script.post).put("AMT_GeneralSettings", { HostName: name }, {
      selectors: { InstanceID: name },
    });
    const { body, header, text } = script.seen[0]!;
    expect(text).toContain(`<h:HostName>a&amp;b&lt;c&gt;"d'</h:HostName>`);
    expect(toInstance(body.children[0]!)).toEqual({ HostName: name });
    expect(header.children.at(-1)!.children[0]!.text).toBe(name);
  });

  it("tells the post which requests change something", async () => {
    const uri = resourceUri("AMT_TLSCredentialContext");
    const created =
      `<d:ResourceCreated xmlns:d="http://schemas.xmlsoap.org/ws/2004/09/transfer"><b:Address>x</b:Address>` +
      `<b:ReferenceParameters><c:ResourceURI>${uri}</c:ResourceURI></b:ReferenceParameters></d:ResourceCreated>`;
    const script = new ScriptedPost(instance, "", created, "", output("GetUuid"), output("Unprovision"), output("Odd"));
    const client = new WsmanClient(script.post);
    await client.get("AMT_GeneralSettings");
    expect(await client.put("AMT_GeneralSettings", {})).toBeUndefined();
    expect(await client.create("AMT_TLSCredentialContext", {})).toEqual({
      address: "x",
      resourceUri: uri,
      selectors: {},
    });
    await client.delete("AMT_TLSCredentialContext", { selectors: { Name: "x" } });
    await client.invoke("AMT_SetupAndConfigurationService", "GetUuid", {});
    await client.invoke("AMT_SetupAndConfigurationService", "Unprovision", { ProvisioningMode: 1 });
    await client.invoke("AMT_SetupAndConfigurationService", "Odd", {}, { changes: false });
    expect(script.seen.map(({ options }) => options.changes)).toEqual([false, true, true, true, false, true, false]);
  });

  it("invoke returns the output, with a selector that is a reference", async () => {
    const script = new ScriptedPost(output("SetX", "<ReturnValue>5</ReturnValue>"));
    const selectors = { Filter: reference("CIM_FilterCollection", { InstanceID: "x" }) };
    const result = await new WsmanClient(script.post).invoke("AMT_AuditLog", "SetX", { A: 1 }, { selectors });
    expect(xmlText(result, "ReturnValue")).toBe("5");
    expect(toInstance(script.seen[0]!.header)["SelectorSet"]).toEqual({
      Selector: { EndpointReference: selectors.Filter },
    });
  });

  it("identify sends no header and reads who answers", async () => {
    const id = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd";
    // An answer of a WS-Management service (DSP0226, section 11) holds no RelatesTo.
    const script = new ScriptedPost(soap(
      `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header/><s:Body><i:IdentifyResponse xmlns:i="${id}">` +
        `<i:ProtocolVersion>http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd</i:ProtocolVersion>` +
        `<i:ProductVendor>Intel(r)</i:ProductVendor><i:ProductVersion>AMT 8.1</i:ProductVersion>` +
        `</i:IdentifyResponse></s:Body></s:Envelope>`,
    ));
    expect(await new WsmanClient(script.post).identify()).toMatchObject({
      protocolVersion: "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
      productVendor: "Intel(r)",
      productVersion: "AMT 8.1",
      response: { name: "IdentifyResponse", namespace: id },
    });
    const { header, body } = script.seen[0]!;
    expect(header.children).toEqual([]);
    expect(body.children).toEqual([{ name: "Identify", namespace: id, attributes: [], children: [], text: "" }]);
  });

  it.each<[string, (client: WsmanClient) => Promise<unknown>, string, string]>([
    ["a text that XML cannot hold", (c) => c.put("AMT_GeneralSettings", { HostName: "\u0007" }), "usage", "U+0007"],
    ["a field that is no name", (c) => c.put("AMT_GeneralSettings", { "a b": "" }), "usage", `"a b"`],
    ["a method that is no name", (c) => c.invoke("AMT_AuditLog", "a><b", {}), "usage", `"a><b_INPUT"`],
    ["a class that is none", (c) => c.get("General"), "usage", `"General"`],
  ])("refuses %s before it sends anything", async (_, call, code, message) => {
    const script = new ScriptedPost();
    await expect(call(new WsmanClient(script.post))).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
    expect(script.seen).toEqual([]);
  });

  it.each<[string, (client: WsmanClient) => Promise<unknown>, string, string]>([
    ["get", (c) => c.get("AMT_AuditLog"), "firmware.protocol", "Get AMT_AuditLog: an answer without an instance"],
    [
      "create",
      (c) => c.create("AMT_AuditLog", {}),
      "indeterminate",
      "Create AMT_AuditLog: it was sent, and its answer cannot be read: nothing where ResourceCreated belongs",
    ],
    [
      "invoke of what changes",
      (c) => c.invoke("AMT_AuditLog", "ClearLog", {}),
      "indeterminate",
      "AMT_AuditLog.ClearLog: it was sent, and its answer cannot be read: nothing where ClearLog_OUTPUT belongs",
    ],
    [
      "invoke of what only tells",
      (c) => c.invoke("AMT_AuditLog", "ReadRecords", {}),
      "firmware.protocol",
      "AMT_AuditLog.ReadRecords: nothing where ReadRecords_OUTPUT belongs",
    ],
  ])("%s rejects an answer with an empty body", async (_, call, code, message) => {
    await expect(call(new WsmanClient(new ScriptedPost("").post))).rejects.toMatchObject({ code, message });
  });

  it("invoke rejects the output of another method", async () => {
    const client = new WsmanClient(new ScriptedPost(output("GetOther")).post);
    await expect(client.invoke("AMT_AuditLog", "GetThis", {})).rejects.toMatchObject({
      code: "firmware.protocol",
      message: "AMT_AuditLog.GetThis: GetOther_OUTPUT where GetThis_OUTPUT belongs",
    });
  });

  it("hands the errors of its post on", async () => {
    const lost = new AmtError("net.connect", "gone");
    await expect(new WsmanClient(new ScriptedPost(lost).post).get("AMT_AuditLog")).rejects.toBe(lost);
  });
});

describe("WsmanClient's turns", () => {
  it("sends a request when the one before is answered, in the order of the calls", async () => {
    const gate = new Gate();
    const script = new ScriptedPost(gate.opened, instance, new Error("third"), instance);
    const client = new WsmanClient(script.post);
    const done: number[] = [];
    const calls = [1, 2, 3, 4].map((number) =>
      client.get("AMT_GeneralSettings").catch(() => {}).then(() => done.push(number))
    );
    await expect.poll(() => script.seen.length).toBe(1);
    await Promise.resolve();
    expect(script.seen).toHaveLength(1);
    gate.open(instance);
    await Promise.all(calls);
    expect(done).toEqual([1, 2, 3, 4]);
  });

  it("a signal ends a wait for the turn, and those behind it go on", async () => {
    const gate = new Gate();
    const script = new ScriptedPost(gate.opened, instance);
    const client = new WsmanClient(script.post);
    const abort = new AbortController();
    const first = client.get("AMT_GeneralSettings");
    const second = client.get("AMT_GeneralSettings", { signal: abort.signal });
    const third = client.get("AMT_GeneralSettings");
    abort.abort();
    await expect(second).rejects.toMatchObject({ code: "cancelled", message: "Get AMT_GeneralSettings: interrupted" });
    gate.open(instance);
    await Promise.all([first, third]);
    expect(script.seen).toHaveLength(2);
  });

  it("a signal that fired already lets nothing be sent", async () => {
    const script = new ScriptedPost();
    const signal = AbortSignal.abort();
    await expect(new WsmanClient(script.post).get("AMT_AuditLog", { signal })).rejects.toMatchObject({
      code: "cancelled",
    });
    expect(script.seen).toEqual([]);
  });

  it("hands its signal to the post", async () => {
    const script = new ScriptedPost(instance);
    const { signal } = new AbortController();
    await new WsmanClient(script.post).get("AMT_GeneralSettings", { signal });
    expect(script.seen[0]!.options.signal).toBe(signal);
  });

  it("nothing comes between the requests of a listing", async () => {
    const page = (end: string) => `<g:PullResponse><g:Items>${instance}</g:Items>${end}</g:PullResponse>`;
    const script = new ScriptedPost(
      `<g:EnumerateResponse><g:EnumerationContext>1</g:EnumerationContext></g:EnumerateResponse>`,
      page(`<g:EnumerationContext>1</g:EnumerationContext>`),
      page(`<g:EndOfSequence/>`),
      instance,
    );
    const client = new WsmanClient(script.post);
    await Promise.all([client.enumerate("AMT_GeneralSettings"), client.get("AMT_GeneralSettings")]);
    expect(script.seen.map(operation)).toEqual(["Enumerate", "Pull", "Pull", "Get"]);
  });
});

function operation({ header }: SeenRequest): string {
  return xmlText(header, "Action")!.split("/").at(-1)!;
}

/** An answer that comes when the test wants it. */
class Gate {
  open!: (answer: string) => void;
  readonly opened = new Promise<string>((resolve) => this.open = resolve);
}
