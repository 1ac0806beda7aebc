import { AmtError } from "../../core/errors/mod.ts";
import { type FeatureState, GetFeaturesState, GetRedirectionState } from "../../protocols/amthi/mod.ts";
import type { Ask } from "./amthi_reader.ts";
import type { Collector, FieldPath } from "./collector.ts";

const enabledFields = [
  "redirection.kvm.enabled",
  "redirection.sol.enabled",
  "redirection.ider.enabled",
] as const satisfies FieldPath[];
const sessionFields = ["redirection.sol.active", "redirection.ider.active"] as const satisfies FieldPath[];
const kvmFields = ["redirection.kvm.active", "kvmConsentPending"] as const satisfies FieldPath[];

export const redirectionFields = [
  ...enabledFields,
  ...sessionFields,
  ...kvmFields,
  "systemDefenseActive",
  "webUiEnabled",
  "eacEnabled",
] as const satisfies FieldPath[];

/** What is switched on, and what goes on now. */
export async function readRedirection(ask: Ask, collector: Collector): Promise<void> {
  const { kvm, sol, ider } = collector.status.redirection;
  if (collector.wants(enabledFields)) {
    const enabled = await ask(enabledFields, GetRedirectionState, {});
    if (enabled !== undefined) {
      kvm.enabled = enabled.kvm;
      sol.enabled = enabled.sol;
      ider.enabled = enabled.ider;
    }
    const sessions = await feature(ask, collector, sessionFields, "redirectionSessions");
    if (sessions !== undefined) {
      sol.active = sessions.solOpen;
      ider.active = sessions.iderOpen;
    }
  }
  await readFeatures(ask, collector);
}

async function readFeatures(ask: Ask, collector: Collector): Promise<void> {
  const { status } = collector;
  const kvm = await feature(ask, collector, kvmFields, "kvm");
  if (kvm !== undefined) {
    status.redirection.kvm.active = kvm.active;
    status.kvmConsentPending = kvm.consentPending;
  }
  const systemDefense = await feature(ask, collector, ["systemDefenseActive"], "systemDefense");
  if (systemDefense !== undefined) status.systemDefenseActive = systemDefense.active;
  const webUi = await feature(ask, collector, ["webUiEnabled"], "webUi");
  if (webUi !== undefined) status.webUiEnabled = webUi.enabled;
  const eac = await feature(ask, collector, ["eacEnabled"], "eac");
  if (eac !== undefined) status.eacEnabled = eac.enabled;
}

/** The state of one feature; an answer about another one is none. */
async function feature<const K extends FeatureState["kind"]>(
  ask: Ask,
  collector: Collector,
  fields: readonly FieldPath[],
  kind: K,
): Promise<Extract<FeatureState, { kind: K }> | undefined> {
  if (!collector.wants(fields)) return undefined;
  const data = await ask(fields, GetFeaturesState, { feature: kind });
  if (data === undefined || isOf(data, kind)) return data;
  const error = new AmtError("firmware.protocol", `the answer is about the feature ${data.kind}, not ${kind}`);
  collector.missing(fields, error);
  return undefined;
}

function isOf<K extends FeatureState["kind"]>(data: FeatureState, kind: K): data is Extract<FeatureState, { kind: K }> {
  return data.kind === kind;
}
