/**
 * Requests against those of @device-management-toolkit/wsman-messages 5.14.1, which consoles send to real AMT: both are
 * parsed, and the trees have to be equal. What is not compared, or is the package's own way:
 * - prefixes, declarations of namespaces that nothing uses, and the form of empty elements: none is part of a tree;
 * - MessageID, which the package counts from 0 for each of AMT, CIM and IPS;
 * - it escapes nothing but a Wi-Fi passphrase, so that only the case of that one has characters to escape;
 * - it renames the members of the objects that it is given (`h:`, `a:`, `w:`, `q:`), so that it is given copies;
 * - a reference in a header keeps none of several selectors, so that no case has one;
 * - what it puts into Address differs from call to call, and so it does here.
 */
import { AMT, CIM, IPS } from "@device-management-toolkit/wsman-messages";
import { describe, expect, it } from "vitest";
import { writeEnvelope } from "../../../protocols/wsman/envelope.ts";
import { enumerateRequest, getRequest, pullRequest, type WsmanRequest } from "../../../protocols/wsman/operations.ts";
import type { XmlElement } from "../../../protocols/wsman/xml/element.ts";
import { parseXml } from "../../../protocols/wsman/xml/parse.ts";
import { amtCases } from "./oracle/amt_cases.ts";
import { cimCases } from "./oracle/cim_cases.ts";
import { ipsCases } from "./oracle/ips_cases.ts";

// deno-lint-ignore no-explicit-any
type Messages = Record<string, any>;

const packages: Record<string, Messages> = {
  AMT: new AMT.Messages() as unknown as Messages,
  CIM: new CIM.Messages() as unknown as Messages,
  IPS: new IPS.Messages() as unknown as Messages,
};

/** Every call of every class: `AMT.AuditLog.ReadRecords`. */
const calls = Object.entries(packages).flatMap(([name, messages]) =>
  Object.entries(messages).filter(([, each]) => each?.className !== undefined).flatMap(([property, each]) =>
    Object.keys(each).filter((call) => typeof each[call] === "function" && !call.startsWith("protected"))
      .map((call) => `${name}.${property}.${call}`)
  )
);

const cases = { ...amtCases, ...cimCases, ...ipsCases };
/** Calls that the package gets wrong, and why. */
const leftOut: Record<string, string> = {
  "AMT.KerberosSettingData.SetCredentialCacheState": "the package leaves its only argument out",
};

const generic = ["Get", "Enumerate", "Pull"];
const context = "17000000-0000-0000-0000-000000000000";

describe.each(calls.filter((call) => generic.includes(call.split(".")[2]!)))("%s", (call) => {
  const [target, className, operation] = resolved(call);
  it(`${operation}Request builds what wsman-messages builds`, async () => {
    if (operation === "Enumerate") return await same(enumerateRequest(className, false), target.Enumerate());
    if (operation === "Pull") return await same(pullRequest(className, context), target.Pull(context));
    await same(getRequest(className), target.Get());
    const selectors = { InstanceID: "Intel(r) AMT Something 0" };
    await same(getRequest(className, selectors), target.Get({ name: "InstanceID", value: selectors.InstanceID }));
  });
});

describe("requests of one class", () => {
  const special = calls.filter((call) => !generic.includes(call.split(".")[2]!));

  it("every call of wsman-messages is compared or listed as left out", () => {
    const known = [...Object.keys(cases), ...Object.keys(leftOut)];
    expect([...special].sort()).toEqual(known.sort());
  });

  it.each(special.filter((call) => !(call in leftOut)))("%s is built as wsman-messages builds it", async (call) => {
    const [target, className, operation] = resolved(call);
    const { args, ours } = cases[call]!;
    // The package renames the members of what it is given.
    await same(ours(className), target[operation](...structuredClone(args)));
  });
});

function resolved(call: string): [Messages, string, string] {
  const [name, property, operation] = call.split(".") as [string, string, string];
  const target = packages[name]![property];
  return [target, target.className, operation];
}

async function same(ours: WsmanRequest, theirs: string): Promise<void> {
  const written = writeEnvelope(ours.header, 0, ours.body);
  expect(comparable(await parseXml(written))).toEqual(comparable(await parseXml(new TextEncoder().encode(theirs))));
}

function comparable(element: XmlElement): unknown {
  const { name, namespace, attributes, children, text } = element;
  if (name === "MessageID") return { name, namespace };
  return { name, namespace, attributes, text, children: children.map(comparable) };
}
