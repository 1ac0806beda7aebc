import { decode } from "../../core/binary/mod.ts";
import * as amthi from "../../protocols/amthi/mod.ts";
import { amtStatus } from "../../protocols/amthi/mod.ts";
import { type Command, reply } from "./amthi_command.ts";
import type { AmtState } from "./amthi_state.ts";

/** Commands that only tell. */
export function readCommands(): Command[] {
  return [...setup(), ...network(), ...features(), ...platform(), ...logs()];
}

function setup(): Command[] {
  return [
    reply(amthi.GetProvisioningState, ({ provisioningState }) => ({ state: provisioningState })),
    reply(amthi.GetControlMode, ({ controlMode }) => ({ mode: controlMode })),
    reply(amthi.GetProvisioningMode, ({ provisioningMode }) => ({ mode: provisioningMode, legacy: false })),
    reply(amthi.GetProvisioningTlsMode, () => ({ mode: "pki" as const })),
    reply(amthi.GetZeroTouchEnabled, ({ zeroTouchEnabled }) => ({ enabled: zeroTouchEnabled })),
    reply(amthi.GetEhbcState, ({ ehbcEnabled }) => ({ enabled: ehbcEnabled })),
    reply(amthi.GetPkiFqdnSuffix, ({ pkiFqdnSuffix }) => ({ suffix: pkiFqdnSuffix })),
    reply(amthi.GetPid, () => ({ pid: new Uint8Array(8) })),
    reply(amthi.GetConfigServerData, () => ({ port: 9971, address: "", fqdn: "" })),
    reply(amthi.GetRngSeedStatus, () => ({ status: "exists" as const })),
    reply(amthi.GetAdminNetAclEntryStatus, ({ setupAudit }) => ({ defaultPasswordChanged: setupAudit !== undefined })),
    reply(amthi.EnumerateHashHandles, ({ hashes }) => ({ handles: [...hashes.keys()] })),
    reply(
      amthi.GetCertificateHashEntry,
      ({ hashes }, { handle }) => hashes.get(handle) ?? amtStatus.invalidHandle,
    ),
    reply(amthi.GetMeSetupAuditRecord, ({ setupAudit }) => setupAudit ?? amtStatus.dataMissing),
  ];
}

function network(): Command[] {
  return [
    reply(amthi.GetLanInterfaceSettings, ({ lan }, which) => lanOf(lan, which) ?? amtStatus.interfaceDoesNotExist),
    reply(amthi.GetTcpipParameters, ({ lan, tcpip }) => ({ ...tcpip, localAddress: lan.wired.ipv4 })),
    reply(amthi.GetMacAddresses, ({ lan, hostMacAddress }) => ({
      dedicated: lan.wired.macAddress,
      host: hostMacAddress,
    })),
    reply(amthi.GetIpv6LanInterfaceStatus, ({ lan, ipv6 }, which) => {
      if (lanOf(lan, which) === undefined) return amtStatus.interfaceDoesNotExist;
      return which.interface === "wired" && ipv6 !== undefined ? ipv6 : amtStatus.ipv6InterfaceDisabled;
    }),
    reply(amthi.GetFqdn, ({ fqdn }) => fqdn),
    reply(amthi.GetDnsSuffixList, ({ dnsSuffixes }) => ({ suffixes: dnsSuffixes })),
    reply(amthi.GetRemoteAccessConnectionStatus, ({ remoteAccess }) => remoteAccess),
    reply(amthi.GetUserInitiatedEnabledInterfaces, ({ userInitiated }) => userInitiated),
  ];
}

function lanOf(lan: AmtState["lan"], which: { readonly interface: amthi.LanInterface }) {
  return typeof which.interface === "string" ? lan[which.interface] : undefined;
}

function features(): Command[] {
  return [
    reply(amthi.GetSecurityParameters, ({ security, provisioningState }) => ({ ...security, provisioningState })),
    reply(amthi.GetRedirectionState, ({ redirection }) => redirection),
    reply(amthi.GetFeaturesState, (state, { feature }) => featureState(state, feature) ?? amtStatus.unsupportedObject),
  ];
}

function featureState(state: AmtState, feature: amthi.Feature): amthi.FeatureState | undefined {
  switch (feature) {
    case "redirectionSessions":
      return { kind: feature, ...state.sessions };
    case "systemDefense":
      return { kind: feature, active: state.systemDefenseActive };
    case "webUi":
      return state.webUiEnabled === undefined ? undefined : { kind: feature, enabled: state.webUiEnabled };
    case "eac":
      return state.eacEnabled === undefined ? undefined : { kind: feature, enabled: state.eacEnabled };
    case "kvm":
      return { kind: feature, ...state.kvm };
  }
  return undefined;
}

function platform(): Command[] {
  return [
    reply(amthi.GetCodeVersions, ({ codeVersions }) => codeVersions),
    reply(amthi.GetUuid, ({ uuid }) => ({ uuid })),
    reply(amthi.GetLocalSystemAccount, ({ account }) => account),
    reply(amthi.GetCurrentPowerPolicy, ({ powerPolicy }) => ({ policy: powerPolicy })),
    reply(amthi.GetLastHostResetReason, ({ lastHostReset }) => lastHostReset),
    reply(amthi.GetAmtState, ({ lan }, { variable }) => {
      if (variable !== amthi.linkState) return amtStatus.unsupportedObject;
      const { link } = lan.wired;
      return {
        variable,
        state: { link, hardwareSku: 0, cryptoFuse: 1, flashProtection: 1, lastMeReset: "none" as const },
      };
    }),
  ];
}

/** Both logs are empty, and there is nothing to sign. */
function logs(): Command[] {
  return [
    reply(amthi.GetAuditLogRecords, () => ({ total: 0, returned: 0, records: new Uint8Array(0) })),
    reply(amthi.GetAuditLogSignature, () => amtStatus.dataMissing),
    reply(amthi.GetCiraLog, () => decode(amthi.CiraLog, new Uint8Array(CIRA_LOG_LENGTH))),
  ];
}

const CIRA_LOG_LENGTH = 2781;
