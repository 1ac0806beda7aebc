import { choice, named, reserved, struct, u32le, type Wire } from "../../../core/binary/mod.ts";
import { message, noData } from "../message.ts";
import { amtBoolean, flags } from "../types.ts";

/** What GetFeaturesState can be asked about. */
export const Feature = named(u32le, { redirectionSessions: 0, systemDefense: 1, webUi: 2, eac: 3, kvm: 4 });
export type Feature = Wire<typeof Feature>;

/** What goes on now; the answer repeats the number that was asked for. */
export const FeatureState = choice(u32le, {
  redirectionSessions: { tag: 0, body: struct({ iderOpen: amtBoolean, solOpen: amtBoolean, padding: reserved(4) }) },
  systemDefense: { tag: 1, body: struct({ active: amtBoolean }) },
  webUi: { tag: 2, body: struct({ enabled: amtBoolean }) },
  eac: { tag: 3, body: struct({ enabled: amtBoolean }) },
  kvm: { tag: 4, body: flags(u32le, { active: 0, consentPending: 1 }) },
});
export type FeatureState = Wire<typeof FeatureState>;

export const GetFeaturesState = message("GetFeaturesState", 0x0400_0049, {
  request: struct({ feature: Feature }),
  response: FeatureState,
});

/** Which ways of redirection are enabled in AMT's settings. */
export const GetRedirectionState = message("GetRedirectionState", 0x0400_0058, {
  request: noData,
  response: flags(u32le, { sol: 0, ider: 1, kvm: 2 }),
});
