import { describe, expect, it } from "vitest";
import { digestAuthorization, digestChallenge, type DigestParts } from "../../../protocols/http/digest.ts";
import { CHALLENGE } from "./scripted_server.ts";

const admin: DigestParts = {
  user: "admin",
  password: "P@ssw0rd",
  method: "POST",
  uri: "/wsman",
  body: new TextEncoder().encode("<a/>"),
  count: 1,
  cnonce: "0a4f113b",
};
const authorize = (challenge: string, parts: Partial<DigestParts>) =>
  digestAuthorization(digestChallenge([challenge], "amt:16992"), { ...admin, ...parts });

describe("digestAuthorization", () => {
  it("is the one of RFC 7616, 3.9.1", async () => {
    const challenge = 'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, ' +
      'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';
    const header = await authorize(challenge, {
      user: "Mufasa",
      password: "Circle of Life",
      method: "GET",
      uri: "/dir/index.html",
      cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
    });
    expect(header).toMatch(/^Digest /);
    expect(new Set(header.slice(7).split(", "))).toEqual(
      new Set([
        'username="Mufasa"',
        'realm="http-auth@example.org"',
        'uri="/dir/index.html"',
        "algorithm=MD5",
        'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"',
        "nc=00000001",
        'cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"',
        "qop=auth",
        'response="8ca523f5e9506fed4657c9700eebdbec"',
        'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"',
      ]),
    );
  });
  it("is the one of RFC 2617, 3.5", async () => {
    const challenge = 'Digest realm="testrealm@host.com", qop="auth,auth-int", ' +
      'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"';
    const who = { user: "Mufasa", password: "Circle Of Life", method: "GET", uri: "/dir/index.html" };
    expect(await authorize(challenge, who)).toContain('response="6629fae49393a05397450978507c4ef1"');
  });
  it("is the one of RFC 2069, 2.4 (erratum 749), without qop", async () => {
    const challenge = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", ' +
      'opaque="5ccc069c403ebaf9f0171e9517f40e41"';
    const who = { user: "Mufasa", password: "CircleOfLife", method: "GET", uri: "/dir/index.html" };
    const header = await authorize(challenge, who);
    expect(header).toContain('response="1949323746fe6a43ef61f9606e7febea"');
    expect(header).not.toMatch(/qop|nc=|cnonce|algorithm/);
  });
  // These two were worked out by hand with Python's hashlib.
  it("goes over the body with auth-int", async () => {
    const challenge = CHALLENGE.replace('qop="auth"', 'qop="auth-int"');
    const header = await authorize(challenge, { count: 2 });
    expect(header).toContain('response="e424505d6013144506d05b9d82fdd739"');
    expect(header).toContain("qop=auth-int, nc=00000002");
  });
  it("takes user and password as UTF-8, one character a byte", async () => {
    const header = await authorize(CHALLENGE, { user: "jürgen", password: 'pä"ß€' });
    expect(header).toContain('response="bf5d02545300d1b4ee79588a0575f85a"');
    expect(header).toContain('username="j\u00c3\u00bcrgen"');
  });
  it("escapes quotes and backslashes", async () => {
    const header = await authorize('Digest realm="a\\"b", nonce="n"', { user: 'the "boss" \\' });
    expect(header).toContain('username="the \\"boss\\" \\\\", realm="a\\"b"');
  });
  it("counts in eight hexadecimal digits", async () => {
    expect(await authorize(CHALLENGE, { count: 0x1f })).toContain("nc=0000001f");
  });
  it.each(["a\r\nX: y", "a\0", "\x7f"])("refuses the user %j", async (user) => {
    await expect(authorize(CHALLENGE, { user })).rejects.toMatchObject({ code: "usage" });
  });
});
