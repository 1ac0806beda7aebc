import type { X509Certificate } from "node:crypto";
import { nameFields, readCertificate } from "./certificate.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { onDieRoot } from "./on_die_root.ts";

/** A chain that says it was made inside a Management Engine (AMT 15 and newer). Information: it names no machine. */
export interface OnDieChain {
  /** How many certificates, a root not counted. */
  readonly length: number;
  /**
   * `anchored`: every signature fits, up to Intel's root. `linked`: every signature fits, but another root, or a part that
   * is missing, made the topmost one. `broken`: it is not what it says.
   */
  readonly state: "anchored" | "linked" | "broken";
  /** What is wrong with a broken one. */
  readonly problem: string | undefined;
  /** Of the topmost certificate. */
  readonly topFingerprint: string;
}

const leafNames = ["iAMT CSME IDevID RCFG", "AMT RCFG"];
const lengths = [4, 6];
const issuerUnits = ["ODCA 2 CSME", "On Die CSME"];

/**
 * Recognises the chain, DER with the server's own first, that AMT shows while it is provisioned over TLS; `undefined` for
 * any other. Intel's root may be in it.
 */
export async function readOnDieChain(
  chain: readonly Uint8Array[],
  root: Uint8Array = Uint8Array.from(atob(onDieRoot), (char) => char.charCodeAt(0)),
): Promise<OnDieChain | undefined> {
  const rootPrint = await fingerprintOf(root);
  const prints = await Promise.all(chain.map(fingerprintOf));
  const own = chain.filter((_, index) => prints[index] !== rootPrint);
  if (own.length < 2) return undefined;
  const leaf = await readCertificate(own[0]!);
  if (leaf === undefined || !leafNames.includes(nameFields(leaf.subject, "CN")[0] ?? "")) return undefined;
  const certificates = await Promise.all(own.map(readCertificate));
  const top = certificates.at(-1);
  // A root of the system, which TLS libraries put at the end of what the server sent.
  const length = top !== undefined && isSignedBy(top, top) ? own.length - 1 : own.length;
  const problem = problemOf(certificates, length);
  const isAnchored = top !== undefined && isSignedBy(top, await readCertificate(root));
  return {
    length,
    state: problem !== undefined ? "broken" : isAnchored ? "anchored" : "linked",
    problem,
    topFingerprint: await fingerprintOf(own.at(-1)!),
  };
}

/** A sentence on it. */
export function describeOnDieChain({ length, state, problem, topFingerprint }: OnDieChain): string {
  if (state === "broken") return `the certificate says it is one of Intel's on-die ones, and is not: ${problem}`;
  const anchor = state === "anchored" ? "anchored in Intel's root" : `not anchored: topmost is ${topFingerprint}`;
  return `Intel on-die certificate, chain of ${length}, ${anchor}`;
}

function problemOf(certificates: readonly (X509Certificate | undefined)[], length: number): string | undefined {
  if (!lengths.includes(length)) return `the chain has ${length} certificates, not 4 or 6`;
  if (!certificates.some((each) => each !== undefined && isRom(each))) return "none of it is a ROM's";
  for (const [index, certificate] of certificates.entries()) {
    if (certificate === undefined) return `certificate ${index + 1} cannot be read`;
    if (index === 0) continue;
    if (!isSignedBy(certificates[index - 1]!, certificate)) return `certificate ${index} is not signed by the next one`;
  }
  return undefined;
}

function isRom({ subject, issuer }: X509Certificate): boolean {
  const isNamed = nameFields(subject, "CN").some((name) => name.includes("ROM CA") || name.includes("ROM DE"));
  return isNamed && nameFields(issuer, "OU").some((unit) => issuerUnits.some((prefix) => unit.startsWith(prefix)));
}

function isSignedBy(certificate: X509Certificate, issuer: X509Certificate | undefined): boolean {
  if (issuer === undefined || !issuer.ca) return false;
  try {
    return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  } catch {
    // A key of a kind that signs nothing.
    return false;
  }
}
