import type { MkhiMessage } from "../../protocols/mkhi/mod.ts";
import {
  featureNames,
  GetCapableFeatures,
  GetEnabledFeatures,
  GetFirmwareVersion,
  GetPlatformType,
  hasFeature,
  MkhiClient,
  platformNames,
} from "../../protocols/mkhi/mod.ts";
import type { FieldPath } from "./collector.ts";
import type { PartInput } from "./read_status.ts";

export const mkhiFields = ["firmwareVersions", "platform", "capabilities"] as const satisfies FieldPath[];

/** What the firmware itself says, AMT enabled or not. */
export async function readMkhi({ mei, collector, take, options }: PartInput): Promise<void> {
  await using client = new MkhiClient(mei, options);
  const { signal } = options;
  const { status } = collector;
  async function ask<Response>(field: FieldPath, message: MkhiMessage<Record<never, never>, Response>) {
    return collector.wants([field]) ? take([field], await client.call(message, {}, { signal })) : undefined;
  }
  const versions = await ask("firmwareVersions", GetFirmwareVersion);
  if (versions !== undefined) {
    status.firmwareVersions = versions.versions.map(({ major, minor, hotfix, build }) =>
      `${major}.${minor}.${hotfix}.${build}`
    );
  }
  const platform = await ask("platform", GetPlatformType);
  if (platform !== undefined) status.platform = platformNames(platform);
  const capable = await ask("capabilities", GetCapableFeatures);
  if (capable === undefined) return;
  const enabled = await ask("capabilities", GetEnabledFeatures);
  status.capabilities = {
    amtCapable: hasFeature(capable, "AMT"),
    amtEnabled: enabled === undefined ? null : hasFeature(enabled, "AMT"),
    capable: featureNames(capable),
    enabled: enabled === undefined ? [] : featureNames(enabled),
  };
}
