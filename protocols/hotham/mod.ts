export { HothamClient } from "./client.ts";
export {
  GetFlashLog,
  GetFlashLogSize,
  HothamHeader,
  type HothamMessage,
  hothamRequest,
  type HothamResponse,
  hothamResponse,
} from "./message.ts";
