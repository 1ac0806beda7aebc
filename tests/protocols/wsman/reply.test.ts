import { describe, expect, it } from "vitest";
import { WsmanClient, type WsmanReply } from "../../../protocols/wsman/mod.ts";
import { answer, ScriptedPost, soap } from "./scripted_post.ts";

/**
 * The fault that AMT sends for a class that it does not have. Source: recorded, in pkg/amterror/error_test.go of
 * go-wsman-messages (Apache License 2.0), with the number in RelatesTo that our first request has.
 */
const recorded = `<?xml version="1.0" encoding="UTF-8"?>` +
  `<a:Envelope xmlns:g="http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd" ` +
  `xmlns:f="http://schemas.xmlsoap.org/ws/2004/08/eventing" xmlns:e="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" ` +
  `xmlns:d="http://schemas.xmlsoap.org/ws/2004/09/transfer" xmlns:c="http://schemas.xmlsoap.org/ws/2004/09/enumeration" ` +
  `xmlns:b="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:a="http://www.w3.org/2003/05/soap-envelope" ` +
  `xmlns:h="http://schemas.xmlsoap.org/ws/2005/02/trust" ` +
  `xmlns:i="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd" ` +
  `xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><a:Header>` +
  `<b:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</b:To><b:RelatesTo>1</b:RelatesTo>` +
  `<b:Action a:mustUnderstand="true">http://schemas.xmlsoap.org/ws/2004/08/addressing/fault</b:Action>` +
  `<b:MessageID>uuid:00000000-8086-8086-8086-000000000061</b:MessageID></a:Header><a:Body><a:Fault><a:Code>` +
  `<a:Value>a:Sender</a:Value><a:Subcode><a:Value>b:DestinationUnreachable</a:Value></a:Subcode></a:Code><a:Reason>` +
  `<a:Text xml:lang="en-US">No route can be determined to reach the destination role defined by the WSAddressing To.` +
  `</a:Text></a:Reason><a:Detail></a:Detail></a:Fault></a:Body></a:Envelope>`;

const get = (reply: Partial<WsmanReply> | string) => new WsmanClient(new ScriptedPost(reply).post).get("AMT_AuditLog");
const change = (reply: Partial<WsmanReply> | string) =>
  new WsmanClient(new ScriptedPost(reply).post).delete("AMT_AuditLog");
const fault = (subcode: string, reason: string) =>
  `<a:Fault><a:Code><a:Value>a:Sender</a:Value><a:Subcode><a:Value>${subcode}</a:Value></a:Subcode></a:Code>` +
  `<a:Reason><a:Text xml:lang="en-US">${reason}</a:Text></a:Reason></a:Fault>`;
const html: WsmanReply = { status: 200, contentType: "text/html", body: new TextEncoder().encode("<html></html>") };

describe("a fault", () => {
  it("recorded from AMT becomes wsman.fault with its subcode, its reason and the class", async () => {
    await expect(get(soap(recorded, 400))).rejects.toMatchObject({
      code: "wsman.fault",
      message: "Get AMT_AuditLog: DestinationUnreachable: No route can be determined to reach the destination role " +
        "defined by the WSAddressing To",
      hint: "This release of AMT does not have the class, or has no instance with these selectors",
      details: {
        class: "AMT_AuditLog",
        status: 400,
        code: "Sender",
        subcode: "DestinationUnreachable",
        reason: "No route can be determined to reach the destination role defined by the WSAddressing To.",
      },
    });
  });

  /** The text of this one: pkg/common/decoder_test.go of go-wsman-messages. */
  it("AccessDenied becomes auth.denied", async () => {
    const denied = fault("b:AccessDenied", "The sender was not authorized to access the resource.");
    await expect(change(soap(answer(denied), 400))).rejects.toMatchObject({
      code: "auth.denied",
      message: "Delete AMT_AuditLog: AccessDenied: The sender was not authorized to access the resource",
      details: { subcode: "AccessDenied", class: "AMT_AuditLog" },
    });
  });

  it.each([
    ...["InvalidRepresentation", "SchemaValidationError", "InvalidSelectors", "AlreadyExists", "InternalError"],
    ...["TimedOut", "QuotaLimit", "UnsupportedFeature"],
  ])("%s becomes wsman.fault with a hint of its own", async (subcode) => {
    const plain = await get(soap(answer(fault("e:Whatever", "x")), 500)).catch((error) => error);
    const error = await get(soap(answer(fault(`e:${subcode}`, "x")), 500)).catch((error) => error);
    expect(error).toMatchObject({ code: "wsman.fault", details: { subcode } });
    expect(error.hint).not.toBe(plain.hint);
  });

  it("whose subcode is the name of a member of every object has the hint of any fault", async () => {
    const plain = await get(fault("e:Whatever", "x")).catch((error) => error);
    const error = await get(fault("e:constructor", "x")).catch((error) => error);
    expect(error.hint).toBe(plain.hint);
  });

  it("is one without a subcode, without a reason, and with HTTP status 200 too", async () => {
    const bare = `<a:Fault><a:Code><a:Value>a:Receiver</a:Value></a:Code></a:Fault>`;
    await expect(get(bare)).rejects.toMatchObject({
      code: "wsman.fault",
      message: "Get AMT_AuditLog: Receiver",
      details: { code: "Receiver", subcode: "", reason: "" },
    });
    await expect(get("<a:Fault/>")).rejects.toMatchObject({ message: "Get AMT_AuditLog: a fault without a code" });
  });

  it("counts although it relates to no request, as one to a request that AMT could not read", async () => {
    await expect(get(soap(recorded.replace("<b:RelatesTo>1</b:RelatesTo>", ""), 400)))
      .rejects.toMatchObject({ code: "wsman.fault" });
  });

  it("has a reason that is cut and stands on one line", async () => {
    const error = await get(fault("e:x", `a\n  b${"c".repeat(10_000)}`)).catch((error) => error);
    expect(error.message).toMatch(/^Get AMT_AuditLog: x: a bc+$/);
    expect(error.message.length).toBeLessThan(330);
  });
});

describe("an answer of HTTP that is none of WS-Management", () => {
  it.each<[string, Partial<WsmanReply>, string, string]>([
    [
      "nothing with status 400",
      { status: 400, contentType: undefined, body: new Uint8Array() },
      "http.status",
      "HTTP status 400 and nothing",
    ],
    ["a page with status 404", { ...html, status: 404 }, "http.status", "HTTP status 404 and text/html, not XML"],
    [
      "no fault with status 500",
      soap(answer("<x/>"), 500),
      "http.status",
      "HTTP status 500 and an answer without a fault",
    ],
    ["no XML with status 500", soap("oops", 500), "http.status", "HTTP status 500 and XML at 1:4: text data outside"],
  ])("with %s is told, and leaves a change undone", async (_, reply, code, message) => {
    await expect(get(reply)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    await expect(change(reply)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it("an empty answer with status 400 has a hint about the request", async () => {
    const error = await get({ status: 400, body: new Uint8Array() }).catch((error) => error);
    expect(error.hint).toContain("a request that it cannot read");
    expect(error.details).toMatchObject({ class: "AMT_AuditLog", status: 400 });
  });

  it.each([
    ["XML that is cut", soap(answer("<x/>").slice(0, -4)), "XML at 1:"],
    ["a document", soap("<html/>"), "the answer is a document html"],
    ["an envelope of SOAP 1.1", soap(answer("").replaceAll("2003/05/soap-envelope", "x")), "or not of SOAP 1.2"],
    ["an envelope without a body", soap(answer("").replace(/<a:Body>.*<\/a:Body>/, "")), "an envelope without a body"],
    ["an answer to another request", soap(answer("<x/>", "7")), "an answer to message 7, where 1 was sent"],
    [
      "an answer to no request",
      soap(answer("<x/>").replace(/<b:RelatesTo>.*<\/b:RelatesTo>/, "")),
      "an answer to no message, where 1 was sent",
    ],
    ["another type", html, "text/html, not XML"],
    ["nothing", { body: new Uint8Array() }, "nothing"],
  ])("%s is firmware.protocol, and indeterminate for a change", async (_, reply, message) => {
    await expect(get(reply)).rejects.toMatchObject({
      code: "firmware.protocol",
      message: expect.stringContaining(message),
    });
    await expect(change(reply)).rejects.toMatchObject({
      code: "indeterminate",
      message: expect.stringContaining(message),
    });
  });

  it.each(["application/soap+xml", "application/soap+xml;charset=UTF-8", "text/xml", "Application/XML", undefined])(
    "an envelope of type %s is read",
    async (contentType) => {
      expect((await get({ ...soap(answer("<AMT_AuditLog/>")), contentType })).name).toBe("AMT_AuditLog");
    },
  );
});
