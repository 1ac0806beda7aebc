export type { CertificateFacts } from "./certificate.ts";
export { fingerprintOf, parsePin } from "./fingerprint.ts";
export { type Trust, trustJudge, type TrustPolicy } from "./judge.ts";
export { KnownHosts, type KnownHostsOptions, knownHostsPath } from "./known_hosts.ts";
export type { Tell } from "./note.ts";
export type { OnDieChain } from "./on_die.ts";
export { systemRoots } from "./system_roots.ts";
