import {
  ControlMode,
  GetAdminNetAclEntryStatus,
  GetControlMode,
  GetEhbcState,
  GetProvisioningMode,
  GetProvisioningState,
  GetProvisioningTlsMode,
  GetSecurityParameters,
  GetZeroTouchEnabled,
  ProvisioningMode,
  ProvisioningState,
  ProvisioningTlsMode,
} from "../../protocols/amthi/mod.ts";
import { type AmthiReader, reader } from "./amthi_reader.ts";
import { describe } from "./named.ts";

/** How AMT is set up, and by what it may be. */
export const setupReaders: readonly AmthiReader[] = [
  reader(["controlMode"], GetControlMode, (status, { mode }) => {
    status.controlMode = describe(ControlMode, mode, {
      none: "not activated",
      client: "client control mode",
      admin: "admin control mode",
    });
  }),
  reader(["provisioningState"], GetProvisioningState, (status, { state }) => {
    status.provisioningState = describe(ProvisioningState, state, {
      pre: "pre-provisioning",
      in: "in provisioning",
      post: "post-provisioning",
    });
  }),
  reader(["provisioningMode", "legacyMode"], GetProvisioningMode, (status, { mode, legacy }) => {
    status.provisioningMode = describe(ProvisioningMode, mode, {
      smallBusiness: "small business",
      remoteAssistance: "remote assistance",
    });
    status.legacyMode = legacy;
  }),
  reader(["provisioningTlsMode"], GetProvisioningTlsMode, (status, { mode }) => {
    status.provisioningTlsMode = describe(ProvisioningTlsMode, mode, {
      notReady: "not ready",
      psk: "with a pre-shared key",
      pki: "with a certificate",
    });
  }),
  reader(["adminPasswordChanged"], GetAdminNetAclEntryStatus, (status, { defaultPasswordChanged }) => {
    status.adminPasswordChanged = defaultPasswordChanged;
  }),
  reader(["tlsEnabled"], GetSecurityParameters, (status, { tlsEnabled }) => {
    status.tlsEnabled = tlsEnabled;
  }),
  reader(["zeroTouchEnabled"], GetZeroTouchEnabled, (status, { enabled }) => {
    status.zeroTouchEnabled = enabled;
  }),
  reader(["ehbcEnabled"], GetEhbcState, (status, { enabled }) => {
    status.ehbcEnabled = enabled;
  }),
];
