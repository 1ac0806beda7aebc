export { MkhiClient } from "./client.ts";
export { type Feature, featureBitmap, featureNames, hasFeature } from "./features.ts";
export {
  MkhiHeader,
  type MkhiMessage,
  type MkhiNotice,
  mkhiRequest,
  type MkhiResponse,
  mkhiResponse,
  mkhiResult,
} from "./message.ts";
export { EndOfPost, GetBootState, GetEndOfPostState, GetHmrfpoStatus, GetMeasuredBoot } from "./messages/boot.ts";
export { GetImageType } from "./messages/image_type.ts";
export { SetOsVersion } from "./messages/os_version.ts";
export {
  FirmwareUpdateState,
  GetAvailableFeatures,
  GetCapableFeatures,
  GetEnabledFeatures,
  GetFirmwareUpdateState,
  GetPlatformType,
  SetFirmwareUpdateState,
} from "./messages/rules.ts";
export { FirmwareVersion, GetFirmwareVersion, GetImageFirmwareVersion, GetMkhiVersion } from "./messages/versions.ts";
export { imageTypes, machinesOf, platformBrands, PlatformType } from "./platform.ts";
export { mkhiResultText } from "./result.ts";
