import { describe, expect, it } from "vitest";
import { recordedAnswers } from "../recorded.ts";
import { golden } from "./golden.ts";
import { typedInstances } from "./recorded_instances.ts";

const answers = recordedAnswers();

/** No device sent these: their authors made them up, with fields that the class does not have. */
const madeUp: Readonly<Record<string, readonly string[]>> = {
  // Neither Intel's MOF nor any peer has them: the class filters by HdrVLANID8021 and HdrPriorityValue8021.
  "amt/hdr8021filter/pull": ["FilterEnabled", "VLANPriority", "VLANID"],
  // Seconds since 1970 where the class has a MessageTimestamp, at a full hour.
  "amt/eventlogentry/get": ["TimeStamp"],
  "amt/eventlogentry/pull": ["TimeStamp"],
};

/** What an answer without an instance is: an enumeration begun, or an acknowledgement. */
const withoutInstance =
  /\/(enumerate|delete|create)$|^amt\/(mps|remoteaccess\/policyappliestomps)\/put$|^amt\/ieee8021x\/credentialcontext\/pull$/;

describe.skipIf(answers.length === 0)("recorded answers of AMT (skipped without AMTCTL_FIXTURES)", () => {
  it.each(answers)("readInstance knows every field of $name", async ({ name, bytes }) => {
    const found = await typedInstances(bytes);
    expect(found.filter(({ isDeclared }) => !isDeclared)).toEqual([]);
    expect(found.flatMap(({ unknown }) => unknown)).toEqual(madeUp[name] ?? []);
    if (found.length === 0) expect(name).toMatch(withoutInstance);
  });

  it.each(Object.entries(golden))("readInstance reads %s as a person does", async (name, expected) => {
    const answer = answers.find((each) => each.name === name);
    const found = await typedInstances(answer!.bytes);
    expect(found.map(({ declaredAs, instance }) => [declaredAs, instance])).toEqual(expected);
    expect(found.map(({ instance }) => Object.keys(instance))).toEqual(
      expected.map(([, instance]) => Object.keys(instance)),
    );
  });

  it("golden has at least 25 answers", () => expect(Object.keys(golden).length).toBeGreaterThanOrEqual(25));
});
