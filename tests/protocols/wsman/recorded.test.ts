import { describe, expect, it } from "vitest";
import { readEnvelope } from "../../../protocols/wsman/envelope.ts";
import { toValue } from "../../../protocols/wsman/values.ts";
import { xmlChild, xmlText } from "../../../protocols/wsman/xml/element.ts";
import { parseXml } from "../../../protocols/wsman/xml/parse.ts";
import { recordedAnswers } from "./recorded.ts";

const answers = recordedAnswers();

/** Not from a device: copies of a request. */
const byHand = [
  "amt/boot/settingdata/put",
  "amt/setupandconfiguration/getuuid",
  "amt/setupandconfiguration/getuuid-bad",
];
/** Answers to a Put that do not tell what is stored, and those to a Delete. */
const empty = /^amt\/(mps|remoteaccess\/policyappliestomps)\/put$|\/delete$/;

describe.skipIf(answers.length === 0)("recorded answers of AMT (skipped without AMTCTL_FIXTURES)", () => {
  it("recordedAnswers finds all 182", () => expect(answers).toHaveLength(182));

  it.each(answers)("readEnvelope and toValue read $name", async ({ name, bytes }) => {
    const { body, relatesTo } = await readEnvelope(bytes);
    expect(xmlChild(await parseXml(bytes), "Body")).toEqual(body);
    expect(relatesTo ?? "none").toMatch(byHand.includes(name) ? /^none$/ : /^\d+$/);
    const [content] = body.children;
    if (content === undefined) return expect(name).toMatch(empty);
    expect(toValue(content)).not.toEqual({});
    if (name.endsWith("/enumerate")) expect(xmlText(content, "EnumerationContext")).toMatch(/^[0-9A-F]{7,8}(-0+){4}$/);
    if (name.endsWith("/pull")) expect(xmlChild(content, "Items") ?? xmlChild(content, "EndOfSequence")).toBeDefined();
  });
});
