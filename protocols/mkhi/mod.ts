export {
  MkhiHeader,
  type MkhiMessage,
  type MkhiNotice,
  mkhiRequest,
  type MkhiResponse,
  mkhiResponse,
  mkhiResult,
} from "./message.ts";
export { FirmwareVersion, GetFirmwareVersion, SetOsVersion } from "./messages.ts";
