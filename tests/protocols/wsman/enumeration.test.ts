import { describe, expect, it } from "vitest";
import { AmtError } from "../../../core/errors/mod.ts";
import { readReference, WsmanClient, xmlText } from "../../../protocols/wsman/mod.ts";
import { toInstance } from "../../../protocols/wsman/values.ts";
import { recordedAnswers } from "./recorded.ts";
import { type Reaction, ScriptedPost, type SeenRequest, soap } from "./scripted_post.ts";

const context = (id: string) => `<g:EnumerationContext>${id}</g:EnumerationContext>`;
const opened = `<g:EnumerateResponse>${context("17000000-0000-0000-0000-000000000000")}</g:EnumerateResponse>`;
const pulled = (items: string, rest = "<g:EndOfSequence/>") =>
  `<g:PullResponse><g:Items>${items}</g:Items>${rest}</g:PullResponse>`;
const lost = () => new AmtError("indeterminate", "lost");

const enumerate = (...reactions: Reaction[]) => {
  const script = new ScriptedPost(...reactions);
  const listed = new WsmanClient(script.post).enumerate("CIM_Chip");
  return { script, listed };
};

describe("WsmanClient.enumerate", () => {
  it("pulls as peers do until the end", async () => {
    const { script, listed } = enumerate(opened, pulled("<x>1</x><x>2</x>", context("18")), pulled("<x>3</x>"));
    expect((await listed).map(({ text }) => text)).toEqual(["1", "2", "3"]);
    const [first, second, third] = script.seen.map(({ body }) => toInstance(body));
    expect(first).toEqual({ Enumerate: "" });
    const limits = { MaxElements: "999", MaxCharacters: "99999" };
    expect(second).toEqual({ Pull: { EnumerationContext: "17000000-0000-0000-0000-000000000000", ...limits } });
    expect(third).toEqual({ Pull: { EnumerationContext: "18", ...limits } });
  });

  it.each([
    ["EndOfSequence, although a context is there", pulled("<x/>", `${context("1")}<g:EndOfSequence/>`)],
    ["a context that is missing", pulled("<x/>", "")],
    ["an empty context", pulled("<x/>", context(""))],
  ])("ends with %s", async (_, last) => {
    const { script, listed } = enumerate(opened, last);
    expect(await listed).toHaveLength(1);
    expect(script.seen).toHaveLength(2);
  });

  it("is empty for a class without instances", async () => {
    expect(await enumerate(opened, "<g:PullResponse><g:EndOfSequence/></g:PullResponse>").listed).toEqual([]);
  });

  it("goes on after an answer without instances whose context is another", async () => {
    expect(await enumerate(opened, pulled("", context("2")), pulled("<x/>")).listed).toHaveLength(1);
  });

  it("lists references when they are asked for", async () => {
    const epr = `<b:EndpointReference><b:Address>x</b:Address><b:ReferenceParameters><c:ResourceURI>u</c:ResourceURI>` +
      `<c:SelectorSet><c:Selector Name="Tag">CPU 0</c:Selector></c:SelectorSet></b:ReferenceParameters>` +
      `</b:EndpointReference>`;
    const script = new ScriptedPost(opened, pulled(epr));
    const [item] = await new WsmanClient(script.post).enumerate("CIM_Chip", { references: true });
    expect(readReference(item!)).toEqual({ address: "x", resourceUri: "u", selectors: { Tag: "CPU 0" } });
    const [mode] = script.seen[0]!.body.children[0]!.children;
    expect(mode).toMatchObject({
      name: "EnumerationMode",
      namespace: "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
      text: "EnumerateEPR",
    });
  });
});

describe("WsmanClient.enumerate with a listing that goes wrong", () => {
  it.each<[string, Reaction[], string]>([
    ["no context", ["<g:EnumerateResponse/>"], "Enumerate CIM_Chip: an answer without an EnumerationContext"],
    ["another answer", [opened, "<x/>"], "Pull CIM_Chip: an answer without a PullResponse"],
    [
      "a context that repeats without instances",
      [opened, pulled("<x/>", context("2")), pulled("", context("2"))],
      "Pull CIM_Chip: neither an instance nor an end",
    ],
  ])("rejects %s with firmware.protocol", async (_, reactions, message) => {
    await expect(enumerate(...reactions).listed).rejects.toMatchObject({ code: "firmware.protocol", message });
  });

  it("rejects a listing without an end after 1000 answers", async () => {
    const { script, listed } = enumerate(opened, ...Array(1000).fill(pulled("<x/>", context("17"))));
    await expect(listed).rejects.toMatchObject({
      code: "firmware.protocol",
      message: "Enumerate CIM_Chip: no end after 1000 answers",
    });
    expect(script.seen).toHaveLength(1001);
  });

  it("rejects a listing without an end after 16 MiB", async () => {
    const page = pulled(`<x>${"y".repeat(3 << 20)}</x>`, context("17"));
    await expect(enumerate(opened, ...Array(6).fill(page)).listed).rejects.toMatchObject({
      code: "firmware.protocol",
      message: "Pull CIM_Chip: more than 16777216 bytes without an end",
    });
  });

  it("sends no Pull twice, and begins once more when an answer is lost", async () => {
    const first = [opened, pulled("<x>1</x>", context("2")), lost()];
    const { script, listed } = enumerate(...first, opened, pulled("<x>1</x>", context("2")), pulled("<x>2</x>"));
    expect((await listed).map(({ text }) => text)).toEqual(["1", "2"]);
    expect(script.seen.map(operation)).toEqual(["Enumerate", "Pull", "Pull", "Enumerate", "Pull", "Pull"]);
    expect(script.seen.map(({ options }) => options.changes)).toEqual([false, true, true, false, true, true]);
  });

  it("rejects with firmware.protocol when an answer cannot be read", async () => {
    await expect(enumerate(opened, soap("<x>")).listed).rejects.toMatchObject({
      code: "firmware.protocol",
      message: expect.stringMatching(/^Pull CIM_Chip: XML at 1:3: /),
    });
  });

  it("rejects with net.connect when answers are lost again", async () => {
    await expect(enumerate(opened, lost(), opened, lost()).listed).rejects.toMatchObject({
      code: "net.connect",
      message: "Enumerate CIM_Chip: answers were lost, twice",
    });
  });

  it("begins once more when another program's listing got in between", async () => {
    const fault =
      `<a:Fault><a:Code><a:Value>a:Receiver</a:Value><a:Subcode><a:Value>g:InvalidEnumerationContext</a:Value>` +
      `</a:Subcode></a:Code><a:Reason><a:Text xml:lang="en-US">x</a:Text></a:Reason></a:Fault>`;
    expect(await enumerate(opened, fault, opened, pulled("<x/>")).listed).toHaveLength(1);
    await expect(enumerate(opened, fault, opened, fault).listed).rejects.toMatchObject({ code: "wsman.fault" });
  });

  it("ends with the signal's reason when it fires in the middle", async () => {
    const abort = new AbortController();
    const interrupted = () => {
      abort.abort();
      return lost();
    };
    const script = new ScriptedPost(opened, interrupted);
    const listed = new WsmanClient(script.post).enumerate("CIM_Chip", { signal: abort.signal });
    await expect(listed).rejects.toMatchObject({ code: "cancelled" });
  });
});

const recorded = new Map(recordedAnswers().map(({ name, bytes }) => [name, bytes]));

describe.skipIf(recorded.size === 0)("recorded listings (skipped without AMTCTL_FIXTURES)", () => {
  const both = [...recorded.keys()].filter((name) =>
    name.endsWith("/pull") && recorded.has(name.replace(/pull$/, "enumerate"))
  );

  it.each(both)("WsmanClient.enumerate lists %s", async (name) => {
    const related = (bytes: Uint8Array) => ({ messageId }: SeenRequest) =>
      soap(new TextDecoder().decode(bytes).replace(/RelatesTo>\d+</, `RelatesTo>${messageId}<`));
    const script = new ScriptedPost(
      related(recorded.get(name.replace(/pull$/, "enumerate"))!),
      related(recorded.get(name)!),
      pulled("<CIM_Last/>"),
    );
    const items = await new WsmanClient(script.post).enumerate("CIM_Chip");
    for (const item of items) expect(item.name).toMatch(/^(AMT|CIM|IPS)_/);
    // This one came in pieces, of which the first was recorded.
    const pulls = name === "cim/chip/pull" ? ["Pull", "Pull"] : ["Pull"];
    expect(script.seen.map(operation)).toEqual(["Enumerate", ...pulls]);
  });
});

function operation({ header }: SeenRequest): string {
  return xmlText(header, "Action")!.split("/").at(-1)!;
}
