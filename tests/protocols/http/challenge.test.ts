import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AmtError } from "../../../core/errors/mod.ts";
import { parseChallenges } from "../../../protocols/http/challenge.ts";
import { digestChallenge } from "../../../protocols/http/digest.ts";
import { CHALLENGE } from "./scripted_server.ts";

const parsed = (value: string) =>
  parseChallenges(value).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

/** Of MPS's tests (src/amt/httpHandler.test.ts), with the qop that a test has. */
const amt = (qop: string) =>
  'Digest realm="Digest:56ABC7BE224EF620C69EB88F01071DC8", nonce="fVNueyEAAAAAAAAAcO8WqJ8s+WdyFUIY",' +
  `stale="false",qop="${qop}"`;
const read = (...headers: string[]) => digestChallenge(headers, "amt:16992");

describe("parseChallenges", () => {
  it("reads a challenge of AMT 15", () => {
    expect(parsed(CHALLENGE)).toEqual([["Digest", {
      realm: "Digest:34BF4B5A0561F95248F58509A406E046",
      nonce: "bQali2IAAAAAAAAAn0xaWCOcxNsRcEHX",
      stale: "false",
      qop: "auth",
    }]]);
  });
  it.each([
    ["no spaces", 'Digest realm="r",nonce="n"'],
    ["many spaces", 'Digest   realm = "r"  ,  nonce="n"'],
    ["doubled commas", 'Digest realm="r",, ,nonce="n"'],
    ["a comma at the end", 'Digest realm="r", nonce="n",'],
    ["a comma at the start", ', Digest realm="r", nonce="n" , '],
    ["a comma behind the scheme", 'Digest,realm="r",nonce="n"'],
    ["tabs", 'Digest\trealm="r",\tnonce="n"'],
    ["bare values", "Digest realm=r, nonce=n"],
    ["names in capitals", 'Digest Realm="r", NONCE="n"'],
    ["a parameter twice", 'Digest realm="r", nonce="n", realm="other"'],
    ["a quote without its end", 'Digest realm="r", nonce="n'],
    ["nothing between commas", 'Digest realm="r" nonce="n"'],
  ])("reads one with %s", (_, value) => {
    expect(parsed(value)).toEqual([["Digest", { realm: "r", nonce: "n" }]]);
  });
  it.each([
    ["nonce=AAAA+/b==, realm=x", { nonce: "AAAA+/b==", realm: "x" }],
    ['nonce="AAAA+/b==", realm="a=b"', { nonce: "AAAA+/b==", realm: "a=b" }],
    ['realm="a, b=\\"c\\" \\\\d"', { realm: 'a, b="c" \\d' }],
    ['qop="", realm=""', { qop: "", realm: "" }],
    ["qop=, realm=r", { qop: "", realm: "r" }],
  ])("reads the parameters %s", (value, expected) => {
    expect(parsed(`Digest ${value}`)).toEqual([["Digest", expected]]);
  });
  it("reads several challenges of one header", () => {
    expect(parsed('Negotiate, Digest realm="r", nonce="n", Basic realm="b"')).toEqual([
      ["Negotiate", {}],
      ["Digest", { realm: "r", nonce: "n" }],
      ["Basic", { realm: "b" }],
    ]);
  });
  it("leaves the token of a Negotiate challenge out of the next one", () => {
    expect(parsed('Negotiate YIIabc+/==, Digest realm="r"').at(-1)).toEqual(["Digest", { realm: "r" }]);
  });
  it.each(["", " ", ",", '"', "=", '="', "\\"])("finds nothing in %j", (value) => {
    expect(parsed(value).filter(([scheme]) => scheme === "Digest")).toEqual([]);
  });
  it("reads any header without throwing, in time that grows with it", () => {
    const part = fc.constantFrom("Digest", " ", ",", "=", '"', "\\", "realm", "nonce=", 'a="', "\t", "ü", "\u2028");
    fc.assert(fc.property(fc.array(part, { maxLength: 200 }), (parts) => void parseChallenges(parts.join(""))));
    expect(parseChallenges(`Digest a="${"\\".repeat(100_001)}`)[0]).toMatchObject({ scheme: "Digest" });
  });
});

describe("digestChallenge", () => {
  it.each([
    ["auth", "auth"],
    ["auth-int, auth", "auth"],
    ["auth-int, auth, hot-mess", "auth"],
    ["auth,auth-int", "auth"],
    ["AUTH", "auth"],
    ["auth-int", "auth-int"],
    ["", undefined],
    [" , ", undefined],
  ])("takes of the qop %j %s", (offered, taken) => {
    expect(read(amt(offered))).toMatchObject({ qop: taken, nonce: "fVNueyEAAAAAAAAAcO8WqJ8s+WdyFUIY", stale: false });
  });
  it("has no qop when none is offered", () => {
    expect(read('Digest realm="r", nonce="n"')).toEqual({
      realm: "r",
      nonce: "n",
      qop: undefined,
      algorithm: undefined,
      opaque: undefined,
      stale: false,
    });
  });
  it.each(['"true"', "true", "TRUE"])("is stale for stale=%s", (stale) => {
    expect(read(`Digest realm="r", nonce="n", stale=${stale}`).stale).toBe(true);
  });
  it.each([
    ["beside Negotiate in another header", ["Negotiate", 'Digest realm="r", nonce="n"']],
    ["beside Negotiate in one header", ['Negotiate, Digest realm="r", nonce="n"']],
    ["spelled otherwise", ['DIGEST realm="r", nonce="n"']],
    ["behind one for SHA-256", [
      'Digest realm="x", nonce="y", algorithm=SHA-256',
      'Digest realm="r", nonce="n", algorithm="md5"',
    ]],
  ])("finds it %s", (_, headers) => {
    expect(read(...headers)).toMatchObject({ realm: "r", nonce: "n" });
  });
  it.each([
    [[], "firmware.protocol", "amt:16992: 401 without a challenge"],
    [['Digest nonce="n"'], "firmware.protocol", "amt:16992: its Digest challenge has no realm"],
    [['Digest realm="r"'], "firmware.protocol", "amt:16992: its Digest challenge has no nonce"],
    [['Digest realm="r", nonce="n", algorithm=SHA-256'], "firmware.protocol", /wants algorithm SHA-256, not MD5$/],
    [['Digest realm="r", nonce="n", algorithm=MD5-sess'], "firmware.protocol", /wants algorithm MD5-sess/],
    [['Digest realm="r", nonce="n", qop="auth-conf"'], "firmware.protocol", /wants qop auth-conf$/],
    [["Negotiate"], "auth.refused", "amt:16992: it takes Negotiate, and not Digest"],
    [["Negotiate", 'Basic realm="r"'], "auth.refused", "amt:16992: it takes Negotiate, Basic, and not Digest"],
  ])("cannot answer %j", (headers, code, message) => {
    let error: unknown;
    try {
      read(...headers);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(AmtError);
    expect(error).toMatchObject({ code });
    expect((error as AmtError).message).toMatch(message);
  });
  it("says that only Digest is spoken when there is but Kerberos", () => {
    expect(() => read("Negotiate")).toThrow(
      expect.objectContaining({ exitCode: 9, hint: expect.stringMatching(/Digest/) }),
    );
  });
});
