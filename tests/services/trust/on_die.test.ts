import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeOnDieChain, readOnDieChain } from "../../../services/trust/on_die.ts";
import { onDieRoot } from "../../../services/trust/on_die_root.ts";
import { type Certificate, der, hasOpenssl, Pki, whyNoOpenssl } from "../../interop/openssl.ts";

const ca = ["basicConstraints=critical,CA:TRUE"];
const units = {
  root: "/C=US/ST=CA/L=Santa Clara/O=Intel Corporation/OU=OnDie CA Root Cert Signing/CN=www.intel.com",
  // Names of a real chain of an Alder Lake, and of AMT's leaf.
  middle: "/OU=ODCA CA2 CSME Intermediate CA/CN=www.intel.com",
  issuing: "/OU=ODCA 2 CSME P_ADL 00002701 Issuing CA/CN=www.intel.com",
  rom: "/CN=CSME ADL ROM CA",
  kernel: "/CN=CSME ADL SVN01 Kernel CA",
  amt: "/CN=CSME ADL AMT 01SVN",
  leaf: "/CN=AMT RCFG",
};

describe("readOnDieChain", () => {
  const root = Uint8Array.from(atob(onDieRoot), (char) => char.charCodeAt(0));
  it("leaves another chain alone", async () => {
    expect(await readOnDieChain([])).toBeUndefined();
    expect(await readOnDieChain([root])).toBeUndefined();
    expect(await readOnDieChain([Uint8Array.of(1, 2), Uint8Array.of(3)])).toBeUndefined();
  });
});

describe.skipIf(!hasOpenssl)(`readOnDieChain and a chain that openssl made${whyNoOpenssl}`, () => {
  let pki: Pki;
  let root: Certificate;
  let chain: Certificate[];
  const made = (name: string, issuer?: Certificate) =>
    pki.make(name, {
      algorithm: "ec:P-384",
      digest: "sha384",
      extensions: ca,
      ...(issuer === undefined ? {} : { issuer }),
    });
  const read = (certificates: readonly Certificate[], anchor = root) =>
    readOnDieChain(certificates.map(der), der(anchor));

  beforeAll(() => {
    pki = new Pki();
    root = made(units.root);
    const up = [made(units.middle, root)];
    for (const name of [units.issuing, units.rom, units.kernel, units.amt]) up.unshift(made(name, up[0]));
    chain = [pki.make(units.leaf, { issuer: up[0]!, algorithm: "ec:P-384", digest: "sha384" }), ...up];
  });
  afterAll(() => pki?.[Symbol.dispose]());

  it("verifies each link up to the root", async () => {
    const found = await read(chain);
    expect(found).toMatchObject({ length: 6, state: "anchored", problem: undefined });
    expect(describeOnDieChain(found!)).toBe("Intel on-die certificate, chain of 6, anchored in Intel's root");
  });
  it("does not count a root that is in it", async () => {
    expect(await read([...chain, root])).toMatchObject({ length: 6, state: "anchored" });
  });
  it("says that it is not anchored when another made the topmost, though by the root's name", async () => {
    const found = await read(chain, made(units.root));
    expect(found).toMatchObject({ length: 6, state: "linked", problem: undefined });
    expect(describeOnDieChain(found!)).toMatch(
      /^Intel on-die certificate, chain of 6, not anchored: topmost is sha256:/,
    );
  });
  it("does not take it for Intel's", async () => {
    expect(await readOnDieChain(chain.map(der))).toMatchObject({ state: "linked" });
  });
  it("reads a chain of 4", async () => {
    const up = [made(units.issuing, root)];
    for (const name of ["/CN=CSME MTL ROM DE", "/CN=CSME AMT"]) up.unshift(made(name, up[0]));
    const leaf = pki.make("/CN=iAMT CSME IDevID RCFG", { issuer: up[0]! });
    expect(await read([leaf, ...up])).toMatchObject({ length: 4, state: "anchored" });
  });

  const another = (name: string) => made(name, made(units.root));
  it.each([
    ["the chain has 5 certificates, not 4 or 6", () => [...chain.slice(0, 2), ...chain.slice(3)]],
    [
      "certificate 1 is not signed by the next one",
      () => [pki.make(units.leaf, { issuer: another(units.amt) }), ...chain.slice(1)],
    ],
    ["certificate 5 is not signed by the next one", () => [...chain.slice(0, 5), another(units.middle)]],
    ["none of it is a ROM's", () => chain.map((each, index) => index === 3 ? made("/CN=Other", chain[4]) : each)],
  ])("calls a chain broken when %s", async (problem, broken) => {
    const found = await read(broken());
    expect(found).toMatchObject({ state: "broken", problem });
    expect(describeOnDieChain(found!)).toContain("and is not");
  });
  it("says that a certificate signed by one that is no authority is broken", async () => {
    const none = pki.make(units.amt, { issuer: chain[2]!, key: chain[1]!.key });
    expect(await read([chain[0]!, none, ...chain.slice(2)])).toMatchObject({
      state: "broken",
      problem: "certificate 1 is not signed by the next one",
    });
  });
  it("leaves a chain alone whose leaf has another name", async () => {
    expect(await read([pki.make("/CN=amt.example", { issuer: chain[1]! }), ...chain.slice(1)])).toBeUndefined();
  });
  it("survives bytes that are no certificate", async () => {
    const bytes = chain.map(der);
    bytes[4] = Uint8Array.of(0x30, 0x80, 1);
    expect(await readOnDieChain(bytes)).toMatchObject({ state: "broken", problem: "certificate 5 cannot be read" });
  });
});
