import { describe, expect, it } from "vitest";
import { catalog, exitCodes } from "../../core/errors/mod.ts";
import { explain, unknownCode } from "../../services/explain/explain.ts";

function readings(code: string): string[] {
  return explain(code).map(({ kind, code, name }) => `${kind} ${code}${name === null ? "" : ` ${name}`}`);
}

describe("explain", () => {
  // Numbers and names: Intel LMS StatusCodeDefinitions.h, Linux errno.h, PT_STATUS and CIM of the Intel AMT SDK, APF.
  it.each([
    ["0x814", ["status 0x814 NOT_FOUND"]],
    ["AMT_STATUS_NOT_FOUND", ["status 0x814 NOT_FOUND"]],
    ["not_found", ["status 0x814 NOT_FOUND"]],
    ["PT_STATUS_INVALID_PT_MODE", ["status 0x3 INVALID_AMT_MODE"]],
    ["status:0x814", ["status 0x814 NOT_FOUND"]],
    ["status:814", ["status 0x814 NOT_FOUND"]],
    ["814", ["status 0x814 NOT_FOUND"]],
    ["2057", ["pt 2057 DATA_MISSING"]],
    ["pt:2057", ["pt 2057 DATA_MISSING"]],
    ["pt 2057", ["pt 2057 DATA_MISSING"]],
    ["2081", ["pt 2081 USER_CONSENT_REQUIRED"]],
    ["0x821", ["pt 2081 USER_CONSENT_REQUIRED"]],
    ["USER_CONSENT_REQUIRED", ["pt 2081 USER_CONSENT_REQUIRED"]],
    ["4096", ["cim 4096 JOB_STARTED"]],
    ["0x1001", ["status 0x1001 PTSDK_NOT_INITIALIZED"]],
    ["0x90000245", ["hfsts HFSTS1:90000245 HFSTS1"]],
    ["90000245", ["hfsts HFSTS1:90000245 HFSTS1"]],
    ["hfsts1=0x90000245", ["hfsts HFSTS1:90000245 HFSTS1"]],
    ["HFSTS6:40200002", ["hfsts HFSTS6:40200002 HFSTS6"]],
    ["hfsts1 0x90000245", ["hfsts HFSTS1:90000245 HFSTS1"]],
    ["mkhi:8d", ["mkhi 0x8D"]],
    ["8d", ["mkhi 0x8D"]],
    ["mkhi:16", ["mkhi 0x16"]],
    ["apf:4", ["apf 4 RESOURCE_SHORTAGE", "apf 4 RESERVED"]],
    ["EBUSY", ["errno 16 EBUSY"]],
    ["errno:16", ["errno 16 EBUSY"]],
    ["exit:7", ["exit 7"]],
    ["exit 16", ["exit 16 mei.clientNotOffered"]],
    ["mei.busy", ["error mei.busy mei.busy"]],
    [
      "16",
      ["errno 16 EBUSY", "exit 16 mei.clientNotOffered", "status 0x10 NOT_PERMITTED", "apf 16 CONNECTION_TIMED_OUT"],
    ],
    ["0x16", ["status 0x16 INVALID_MEMBER_COUNT", "mkhi 0x16", "errno 22 EINVAL"]],
    ["28", ["status 0x1c INVALID_DOMAIN_NAME", "errno 28 ENOSPC"]],
    [
      "wsman:4",
      [
        "pt 4 INVALID_MESSAGE_LENGTH",
        "cim 4 FAILED",
        "cim 4 METHOD_DISABLED",
        "cim 4 CERTIFICATE_VERIFICATION_FAILED",
        "cim 4 FAILED",
      ],
    ],
  ])("reads %s", (code, expected) => {
    expect(readings(code)).toEqual(expected);
  });

  it("tells what an errno means for each call of the mei driver, and what to do", () => {
    expect(explain("EBUSY")).toEqual([{
      kind: "errno",
      code: "16",
      name: "EBUSY",
      text: "open: it is in use; connect: the client takes no further connection",
      advice: catalog["mei.busy"].hint,
    }]);
    expect(explain("ENOSPC")[0]).toMatchObject({ text: "the mei driver does not give it", advice: null });
  });
  it("tells a register's states, what is not normal, and whose reading it is", () => {
    const [hap] = explain("hfsts1:80022054");
    expect(hap?.text).toContain("workingState: disabled");
    expect(hap?.text).toContain("manufacturingMode: not ended [ME 6 to CSME 15]");
    expect(hap?.advice).toContain("HAP");
    expect(explain("hfsts6:40200002")).toMatchObject([{ text: "nothing in it is out of the ordinary", advice: null }]);
  });
  it("knows every exit code and every error code of this program", () => {
    for (const exit of Object.keys(exitCodes)) expect(readings(`exit:${exit}`)).toHaveLength(1);
    for (const error of Object.keys(catalog)) expect(explain(`error:${error}`)).toMatchObject([{ name: error }]);
  });
  it("gives success its meaning in each kind that has one", () => {
    expect(new Set(explain("0").map(({ kind }) => kind))).toEqual(new Set(["exit", "status", "cim"]));
    expect(explain("mkhi:0")).toMatchObject([{ text: "success" }]);
  });

  it.each([
    "",
    " ",
    ":",
    "nope",
    "status:",
    "status:0x9999",
    "exit:99",
    "errno:41",
    "errno:9999999999999",
    "apf:99",
    "mkhi:zz",
    "mkhi:1ff",
    "hfsts1:9",
    "hfsts7:90000245",
    "foo:16",
    "-1",
    "1.5",
    "1e3",
    "99999999999999999999",
    "0x1ffffffff",
    "constructor",
    "error:constructor",
    "__proto__",
    "A".repeat(10_000),
  ])("knows nothing of %j", (code) => {
    expect(explain(code)).toEqual([]);
    expect(unknownCode(code).text).toContain(`"${code}" is no `);
  });
});

describe("unknownCode", () => {
  it("says which kind it was looked for in", () => {
    expect(unknownCode("nope")).toEqual({ text: '"nope" is no code that is known', hint: undefined });
    expect(unknownCode("wsman:99999").text).toBe('"wsman:99999" is no code that is known (pt, cim)');
  });
  it.each([
    ["hfsts3:30", "hfsts3:0x30, hfsts3:00000030"],
    ["HFSTS3 = 30", "HFSTS3:0x30, HFSTS3:00000030"],
    ["hfsts:9400024", "hfsts:0x9400024, hfsts:09400024"],
  ])("says of %j how a word is written", (code, ways) => {
    const { text, hint } = unknownCode(code);
    expect(text).toBe(`"${code}" is no HFSTS word`);
    expect(hint).toBe(`Write 0x before it, or all eight digits: ${ways}`);
    for (const way of ways.split(", ")) expect(explain(way)).toHaveLength(1);
  });
});
