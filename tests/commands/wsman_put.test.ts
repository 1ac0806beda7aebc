import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { WebFault } from "../../simulator/web_faults.ts";
import { amtctl, amtctlJson, folder, served } from "./wsman_cli.ts";

/** Like a password that a user would set. */
const secret = "Xy9!abcd";

function file(name: string, content: string | object): string {
  const path = `${folder}/${name}`;
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

describe("wsman put", () => {
  it("changes the fields that are named, and leaves the others", async () => {
    await using amt = await served();
    const host = ["--host", amt.plain];
    const before = (await amtctlJson(["wsman", "get", "AMT_GeneralSettings", ...host])).answer.instance;
    const put = ["wsman", "put", "AMT_GeneralSettings", "HostName=laptop2", "pingresponseenabled=false"];
    const { code, answer } = await amtctlJson([...put, ...host]);
    expect(code).toBe(0);
    expect(answer).toMatchObject({
      sent: true,
      changes: [
        { field: "HostName", before: "laptop1", after: "laptop2" },
        { field: "PingResponseEnabled", before: true, after: false },
      ],
      warnings: [],
    });
    const after = (await amtctlJson(["wsman", "get", "AMT_GeneralSettings", ...host])).answer.instance;
    expect(after).toEqual({ ...before, HostName: "laptop2", PingResponseEnabled: false });
    expect(answer.instance).toEqual(after);
  });

  it("shows what changed, for people", async () => {
    const { out, err } = await amtctl(["--device", "sim", "wsman", "put", "AMT_GeneralSettings", "HostName=laptop2"]);
    expect([out, err]).toEqual(["HostName  laptop1 -> laptop2\n", ""]);
  });

  it("sends no Put when nothing would change", async () => {
    // Any Put would end with the fault.
    await using amt = await served([{ kind: "unreachable", only: "AMT_GeneralSettings.Put" }]);
    const put = ["wsman", "put", "AMT_GeneralSettings", "HostName=laptop1", "SharedFQDN=1", "--host", amt.plain];
    const { code, answer } = await amtctlJson(put);
    expect([code, answer.sent, answer.changes]).toEqual([0, false, []]);
    expect((await amtctl(put)).out).toBe("AMT_GeneralSettings: nothing to change\n");
  });

  it("drops what AMT refuses in a Put, and warns when that was to change", async () => {
    await using amt = await served([], { profile: "acm" });
    const host = ["--host", amt.plain];
    // With a read-only field of what it told itself, the simulated firmware refuses this Put, as real ones do.
    const put = await amtctlJson(["wsman", "put", "AMT_BootSettingData", "UseSOL=true", ...host]);
    expect(put).toMatchObject({ code: 0, answer: { changes: [{ field: "UseSOL", before: false, after: true }] } });
    const readOnly = await amtctlJson(["wsman", "put", "AMT_BootSettingData", "BIOSLastStatus=[1,2]", ...host]);
    expect(readOnly.answer).toMatchObject({
      sent: false,
      warnings: ["BIOSLastStatus was left out: AMT takes no Put of it"],
    });
  });

  it("tells when AMT has something else than what was sent", async () => {
    const { answer } = await amtctlJson(["--device", "sim", "wsman", "put", "AMT_GeneralSettings", "PowerSource=1"]);
    expect(answer.warnings).toEqual(["PowerSource: AMT has 0 after 1 was sent"]);
  });

  it("takes a part of an instance as JSON, from a file and from standard input", async () => {
    const put = ["--device", "sim", "wsman", "put", "AMT_GeneralSettings", "DDNSTTL=1000", "--body"];
    const text = `{"HostName":"laptop2","ddnsttl":"950"}`;
    const changes = [
      { field: "HostName", before: "laptop1", after: "laptop2" },
      { field: "DDNSTTL", before: 900, after: 1000 },
    ];
    expect((await amtctlJson([...put, file("part.json", text)])).answer.changes).toEqual(changes);
    expect((await amtctlJson([...put, "-"], { input: text })).answer.changes).toEqual(changes);
  });

  it("takes what wsman get --json printed, changed, with its secrets left as they are", async () => {
    const sim = ["--device", "sim", "wsman"];
    const { answer } = await amtctlJson([...sim, "get", "IPS_KVMRedirectionSettingData"]);
    const edited = { ...answer, instance: { ...answer.instance, SessionTimeout: 5, RFBPassword: "***" } };
    const put = [...sim, "put", "IPS_KVMRedirectionSettingData", "--body", file("kvm.json", edited)];
    expect((await amtctlJson(put)).answer.changes).toEqual([{ field: "SessionTimeout", before: 3, after: 5 }]);
  });

  it("sends an instance in XML as it stands", async () => {
    await using amt = await served();
    const host = ["--host", amt.plain];
    const { answer: { xml } } = await amtctlJson(["wsman", "get", "AMT_GeneralSettings", "--xml", ...host]);
    const path = file("whole.xml", xml.replace(">laptop1</h:HostName>", ">laptop3</h:HostName>"));
    const { code, answer } = await amtctlJson(["wsman", "put", "AMT_GeneralSettings", "--body", path, ...host]);
    expect([code, answer.changes]).toEqual([0, [{ field: "HostName", before: "laptop1", after: "laptop3" }]]);
  });

  it("takes no XML in which a secret was hidden", async () => {
    const uri = "http://intel.com/wbem/wscim/1/ips-schema/1/IPS_KVMRedirectionSettingData";
    const [name] = uri.split("/").slice(-1);
    const path = file("hidden.xml", `<g:${name} xmlns:g="${uri}"><g:RFBPassword>***</g:RFBPassword></g:${name}>`);
    const { code, error } = await amtctlJson(["--device", "sim", "wsman", "put", name!, "--body", path]);
    expect([code, error.message]).toEqual([2, "RFBPassword: *** is what stands for a secret, and is none"]);
  });

  it("shows no secret, in no form, unless it is asked to; and warns of one on the command line", async () => {
    await using amt = await served();
    const put = ["wsman", "put", "IPS_KVMRedirectionSettingData", "--host", amt.plain];
    const path = file("secret.json", { RFBPassword: secret });
    for (const form of [[], ["--json"], ["--xml"], ["-vvv"]]) {
      const { code, out, err } = await amtctl([...put, "--body", path, ...form]);
      expect([code, (out + err).includes(secret)]).toEqual([0, false]);
    }
    expect((await amtctl([...put, "--body", path])).out).toBe("RFBPassword  - -> ***\n");
    expect((await amtctl([...put, "--body", path, "--reveal"])).out).toBe(`RFBPassword  - -> ${secret}\n`);
    const open = await amtctlJson([...put, `RFBPassword=${secret}`]);
    expect(open.answer.warnings).toEqual([expect.stringMatching(/^RFBPassword stands on the command line/)]);
    expect(JSON.stringify(open.answer)).not.toContain(secret);
  });

  it.each<[string, string[], string]>([
    ["no change", [], "nothing to change is given"],
    ["no value", ["HostName"], "FIELD=VALUE: a word without = is no name with a value"],
    ["a value of another type", ["DDNSTTL=soon"], `AMT_GeneralSettings.DDNSTTL: "soon" is not a number`],
    ["two values of one field", ["HostName=a", "hostname=b"], "HostName is given twice"],
    ["a file that is not there", ["--body", "/nonexistent/x"], "/nonexistent/x"],
    ["neither JSON nor XML", ["--body", file("text", `{"RFBPassword": ${secret}}`)], "neither JSON nor XML"],
    ["JSON that is no object", ["--body", file("list", "[1]")], "it holds no JSON object"],
    ["a number that is not exact", ["--body", file("big", `{"DDNSTTL":9007199254740993}`)], "is not exact"],
    ["null", ["--body", file("null", `{"HostName":null}`)], "HostName: null"],
    ["bytes that are no text", ["--body", "-"], "no text in UTF-8"],
    ["one standard input for two", ["--body", "-", "--password-file", "-"], "cannot be the password too"],
    ["XML with a document type", ["--body", file("dtd", "<!DOCTYPE a><a/>")], "a document type"],
    [
      "XML of another class",
      ["--body", file("other", `<AMT_Other xmlns="urn:x"/>`)],
      "where AMT_GeneralSettings belongs",
    ],
    ["values beside XML", ["HostName=a", "--body", file("both", "<AMT_GeneralSettings/>")], "beside a body in XML"],
  ])("is wrong with %s", async (_what, args, message) => {
    const input = new Blob([Uint8Array.of(0xff, 0xfe)]).stream();
    const { code, out, err } = await amtctl(
      ["--device", "sim", "wsman", "put", "AMT_GeneralSettings", ...args, "--json"],
      { input },
    );
    expect([code, out]).toEqual([2, ""]);
    expect(JSON.parse(err).error.message).toContain(message);
    expect(err).not.toContain(secret);
  });

  it("says in the hint of a fault what it knew about the fields", async () => {
    const put = ["--device", "sim", "wsman", "put", "AMT_GeneralSettings", "HostNam=x"];
    const { code, error } = await amtctlJson(put);
    expect([code, error.code, error.details.subcode]).toEqual([13, "wsman.fault", "SchemaValidationError"]);
    expect(error.hint).toContain("AMT_GeneralSettings has no HostNam that is known here, did you mean HostName?");
  });

  it("ends with 15 when the answer to a Put is lost, and has sent it once", async () => {
    // A second Put would be answered.
    await using amt = await served([{ kind: "lost", only: "AMT_GeneralSettings.Put" }]);
    const host = ["--host", amt.plain];
    const { code, error } = await amtctlJson(["wsman", "put", "AMT_GeneralSettings", "HostName=laptop2", ...host]);
    expect([code, error.code]).toEqual([15, "indeterminate"]);
    const { answer } = await amtctlJson(["wsman", "get", "AMT_GeneralSettings", ...host]);
    expect(answer.instance.HostName).toBe("laptop2");
  });

  it("ends with 15 when time is over before the answer to a Put, and with 12 before that", async () => {
    const late: WebFault = { kind: "slow", delayMs: 5000 };
    await using amt = await served([{ ...late, only: "AMT_GeneralSettings.Put" }, { ...late, only: "CIM_Fan.Get" }]);
    const rest = ["--host", amt.plain, "--timeout", "700ms"];
    expect((await amtctlJson(["wsman", "put", "AMT_GeneralSettings", "HostName=laptop2", ...rest])).code).toBe(15);
    expect((await amtctlJson(["wsman", "put", "CIM_Fan", "ElementName=x", ...rest])).code).toBe(12);
  });
});
