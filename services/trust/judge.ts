import { AmtError } from "../../core/errors/mod.ts";
import { placeOf } from "../../transport/place.ts";
import type { TlsPeer } from "../../transport/tls.ts";
import { type CertificateFacts, certificateFacts, readCertificate } from "./certificate.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { KnownHosts } from "./known_hosts.ts";
import type { Tell } from "./note.ts";
import { describeOnDieChain, type OnDieChain, readOnDieChain } from "./on_die.ts";

export interface TrustPolicy {
  /** As `parsePin` makes them. With pins nothing else is looked at. */
  readonly pins?: readonly string[];
  /** Takes any certificate. */
  readonly insecure?: boolean;
  readonly knownHosts: KnownHosts;
  readonly tell: Tell;
  /** Called with what was decided. */
  readonly onTrusted?: (trust: Trust) => void;
  readonly now?: () => Date;
}

/** Why a server is taken for the right one. */
export interface Trust {
  readonly by: "pin" | "insecure" | "knownHosts" | "roots" | "firstUse";
  /** Of its own certificate, as `fingerprintOf` has it. */
  readonly fingerprint: string;
  /** `undefined` when this runtime cannot read it. */
  readonly certificate: CertificateFacts | undefined;
  readonly onDie: OnDieChain | undefined;
}

/**
 * Judges servers, in this order: a pin decides, or `insecure`, or what is known of the host, or the roots and the name;
 * else it is the first use, and from then on known. Rejects with `tls.untrusted` when no pin fits, and with
 * `tls.changed` when a known host shows another certificate; nothing is written then.
 */
export function trustJudge(policy: TrustPolicy): (peer: TlsPeer) => Promise<void> {
  return async (peer) => {
    const fingerprint = await fingerprintOf(peer.chain[0]!);
    const by = await decide(peer, fingerprint, policy);
    const [certificate, onDie] = await Promise.all([readCertificate(peer.chain[0]!), readOnDieChain(peer.chain)]);
    const facts = certificate && certificateFacts(certificate);
    if (by === "firstUse") tellFirstUse(peer, fingerprint, facts, policy);
    if (onDie !== undefined) {
      policy.tell(onDie.state === "broken" ? "warning" : "note", `${placeOf(peer)}: ${describeOnDieChain(onDie)}`);
    }
    policy.onTrusted?.({ by, fingerprint, certificate: facts, onDie });
  };
}

async function decide(peer: TlsPeer, fingerprint: string, policy: TrustPolicy): Promise<Trust["by"]> {
  const { pins = [], insecure = false, knownHosts, tell } = policy;
  const place = placeOf(peer);
  if (pins.length > 0) {
    if (pins.includes(fingerprint)) return "pin";
    throw wrongPin(place, pins, fingerprint);
  }
  if (insecure) {
    tell("warning", `${place}: INSECURE: its certificate is not checked, so anybody may be answering (${fingerprint})`);
    return "insecure";
  }
  const known = await knownHosts.find(place);
  if (known.length > 0) return expectKnown(peer, known, fingerprint, knownHosts.where);
  if (peer.untrusted === undefined) return "roots";
  const now = await knownHosts.add(place, fingerprint, policy.now?.() ?? new Date());
  expectKnown(peer, now, fingerprint, knownHosts.where);
  return "firstUse";
}

function expectKnown(peer: TlsPeer, known: readonly string[], fingerprint: string, file: string): "knownHosts" {
  if (known.includes(fingerprint)) return "knownHosts";
  const place = placeOf(peer);
  const { host, port } = peer;
  throw new AmtError("tls.changed", `${place}: the certificate is ${fingerprint}, known is ${known.join(", ")}`, {
    details: { host, port, fingerprint, known, file },
    hint: `If it was replaced on purpose, take ${place} out of ${file}; else somebody else may be answering`,
  });
}

function wrongPin(place: string, pins: readonly string[], fingerprint: string): AmtError {
  return new AmtError("tls.untrusted", `${place}: the certificate is ${fingerprint}, pinned is ${pins.join(", ")}`, {
    details: { fingerprint, pins },
    hint: "Compare the pin with the certificate's fingerprint on the machine itself",
  });
}

function tellFirstUse(
  peer: TlsPeer,
  fingerprint: string,
  facts: CertificateFacts | undefined,
  { tell, now = () => new Date() }: TrustPolicy,
): void {
  const place = placeOf(peer);
  tell("warning", `${place}: first use; its certificate is taken as known from now on: ${fingerprint}`);
  if (facts === undefined) return tell("warning", `${place}: its certificate cannot be read`);
  if (peer.untrusted === "ERR_TLS_CERT_ALTNAME_INVALID") {
    tell("warning", `${place}: its certificate is for another name: ${JSON.stringify(facts.subject)}`);
  }
  const { validFrom, validTo } = facts;
  if (validTo < now()) tell("warning", `${place}: its certificate expired on ${day(validTo)}`);
  if (validFrom > now()) tell("warning", `${place}: its certificate is not valid before ${day(validFrom)}`);
}

function day(date: Date): string {
  return Number.isNaN(date.getTime()) ? "an unknown day" : date.toISOString().slice(0, 10);
}
