export {
  AmthiHeader,
  type AmthiMessage,
  amthiRequest,
  type AmthiResponse,
  amthiResponse,
  amtStatus,
} from "./message.ts";
export { CodeVersions, GetCodeVersions } from "./messages/code_versions.ts";
export { ControlMode, GetControlMode, GetProvisioningState, ProvisioningState } from "./messages/provisioning.ts";
