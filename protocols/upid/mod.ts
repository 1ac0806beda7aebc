export { UpidClient } from "./client.ts";
export { UpidHeader, type UpidMessage, upidRequest, type UpidResponse, upidResponse } from "./message.ts";
export {
  GetFeatureState,
  GetFeatureSupport,
  GetOsControl,
  GetPlatformId,
  OemPlatformIdType,
  PlatformId,
} from "./messages.ts";
export { type PlatformIdText, platformIdText } from "./platform_id.ts";
export { upidStatus } from "./status.ts";
