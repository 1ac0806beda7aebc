import { AmtError } from "../../core/errors/mod.ts";
import {
  featureNames,
  FirmwareUpdateState,
  type FirmwareVersion,
  GetAvailableFeatures,
  GetBootState,
  GetCapableFeatures,
  GetEnabledFeatures,
  GetFirmwareUpdateState,
  GetFirmwareVersion,
  GetMeasuredBoot,
  GetPlatformType,
  hasFeature,
  imageTypes,
  machinesOf,
  MkhiClient,
  type MkhiMessage,
  platformBrands,
  type PlatformType,
} from "../../protocols/mkhi/mod.ts";
import type { Collector, FieldPath } from "./collector.ts";
import { describe, describeNumber } from "./named.ts";
import type { PartInput } from "./read_status.ts";
import type { Status } from "./status.ts";

const enabledFields = ["capabilities.amtEnabled", "capabilities.enabled"] as const satisfies FieldPath[];

export const mkhiFields = [
  "firmwareVersions",
  "platform",
  "capabilities",
  ...enabledFields,
  "capabilities.available",
  "firmwareUpdate",
  "boot.endOfPost",
  "boot.measuredBoot",
] as const satisfies FieldPath[];

/** Sends one command, when one of the fields is wanted. */
type Ask = <Response>(
  fields: readonly FieldPath[],
  message: MkhiMessage<Record<never, never>, Response>,
) => Promise<Response | undefined>;

/** What the firmware itself says, AMT enabled or not. Commands that not all firmware knows come last. */
export async function readMkhi({ mei, collector, take, options }: PartInput): Promise<void> {
  await using client = new MkhiClient(mei, options);
  const { signal } = options;
  const { status } = collector;
  const ask: Ask = async (fields, message) =>
    collector.wants(fields) ? take(fields, await client.call(message, {}, { signal })) : undefined;
  const versions = await ask(["firmwareVersions"], GetFirmwareVersion);
  if (versions !== undefined) takeVersions(collector, versions.versions);
  const platform = await ask(["platform"], GetPlatformType);
  if (platform !== undefined) status.platform = platformOf(platform);
  status.capabilities = await capabilities(ask);
  const update = await ask(["firmwareUpdate"], GetFirmwareUpdateState);
  if (update !== undefined) {
    status.firmwareUpdate = describe(FirmwareUpdateState, update, {
      enabled: "allowed",
      disabled: "not allowed",
      password: "allowed with a password",
    });
  }
  const boot = await ask(["boot.endOfPost"], GetBootState);
  if (boot !== undefined) status.boot.endOfPost = boot.state.endOfPost === 1;
  const measured = await ask(["boot.measuredBoot"], GetMeasuredBoot);
  if (measured !== undefined) takeMeasuredBoot(collector, measured.enabled);
}

/** An empty list takes nothing away from what sysfs has told. */
function takeVersions(collector: Collector, versions: readonly FirmwareVersion[]): void {
  const { status } = collector;
  if (versions.length > 0) {
    status.firmwareVersions = versions.map(({ major, minor, hotfix, build }) => `${major}.${minor}.${hotfix}.${build}`);
  } else if (status.firmwareVersions.length === 0) {
    collector.missing(["firmwareVersions"], new AmtError("firmware.protocol", "the firmware names no version"));
  }
}

function platformOf(platform: PlatformType): Status["platform"] {
  return {
    type: machinesOf(platform).join(", ") || "unknown",
    brand: describeNumber(platformBrands, platform.brand, {
      amt: "AMT",
      standardManageability: "Standard Manageability",
      level3Manageability: "Level 3 Manageability",
      remotePcAssist: "Remote PC Assist",
      smallBusiness: "Small Business",
    }),
    imageType: describeNumber(imageTypes, platform.imageType),
  };
}

async function capabilities(ask: Ask): Promise<Status["capabilities"]> {
  const capable = await ask(["capabilities"], GetCapableFeatures);
  if (capable === undefined) return null;
  const enabled = await ask(enabledFields, GetEnabledFeatures);
  const available = await ask(["capabilities.available"], GetAvailableFeatures);
  return {
    amtCapable: hasFeature(capable, "AMT"),
    amtEnabled: enabled === undefined ? null : hasFeature(enabled, "AMT"),
    capable: featureNames(capable),
    enabled: enabled === undefined ? [] : featureNames(enabled),
    available: available === undefined ? [] : featureNames(available),
  };
}

function takeMeasuredBoot(collector: Collector, enabled: "no" | "yes" | number): void {
  if (typeof enabled !== "number") collector.status.boot.measuredBoot = enabled === "yes";
  else collector.missing(["boot.measuredBoot"], new AmtError("firmware.protocol", `the firmware answers ${enabled}`));
}
