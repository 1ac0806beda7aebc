/**
 * What each profile's AMT is and has, told in docs/simulator.md. New values on each call, since commands change them.
 */

import { guid } from "../../core/guid.ts";
import {
  amtStatus,
  DisableAndClearAmt,
  type FqdnSettings,
  GetAuditLogRecords,
  GetAuditLogSignature,
  GetCiraLog,
  GetRedirectionState,
  type LanInterfaceSettings,
  StartConfigurationHBased,
} from "../../protocols/amthi/mod.ts";
import type { AmtFacts } from "../clients/amthi_state.ts";
import { rootsOfAmt16, rootsOfAmt9, synthetic } from "./root_hashes.ts";

/** AMT 16.1 in client control mode. */
export function activated(): AmtFacts {
  return {
    uuid: guid("1a2b3c4d-5e6f-4a10-8b01-00005e005301"),
    lan: {
      wired: {
        enabled: true,
        ipv4: "192.0.2.10",
        dhcpEnabled: true,
        dhcpIpMode: "passive",
        link: "up",
        macAddress: "00:00:5e:00:53:01",
      },
      wireless: { ...noLink("00:00:5e:00:53:02"), enabled: false },
    },
    hostMacAddress: "00:00:5e:00:53:01",
    tcpip: {
      dhcpMode: "enabled",
      subnetMask: "255.255.255.0",
      gateway: "192.0.2.1",
      primaryDns: "192.0.2.2",
      secondaryDns: "192.0.2.3",
      domain: "example.com",
    },
    ipv6: {
      defaultRouter: "fe80::1",
      primaryDns: "2001:db8::53",
      secondaryDns: "",
      addresses: [
        { address: "fe80::200:5eff:fe00:5301", type: "linkLocal", state: "preferred" },
        { address: "2001:db8::10", type: "dhcpv6", state: "preferred" },
      ],
    },
    fqdn: fqdn("laptop1.example.com"),
    dnsSuffixes: ["example.com", "corp.example.com"],
    pkiFqdnSuffix: "example.com",
    remoteAccess: { network: "direct", connection: "notConnected", trigger: "user", mpsHostName: "" },
    mpsHostName: "mps.example.com",
    userInitiated: { bios: true, osAgent: true },
    security: {
      enterpriseMode: true,
      tlsEnabled: false,
      hardwareCryptography: true,
      networkInterfaceEnabled: true,
      solEnabled: true,
      iderEnabled: true,
      firmwareUpdateEnabled: true,
      linkUp: true,
      kvmEnabled: true,
    },
    redirection: { sol: true, ider: true, kvm: true },
    sessions: { iderOpen: false, solOpen: false },
    kvm: { active: false, consentPending: false },
    systemDefenseActive: false,
    webUiEnabled: true,
    eacEnabled: false,
    ehbcEnabled: false,
    zeroTouchEnabled: true,
    provisioningMode: "enterprise",
    hashes: rootsOfAmt16(),
    powerPolicy: "Mobile: ON in S0",
    lastHostReset: { reason: "other", timestamp: 1_763_971_200 },
    account: { user: "$$OsAdmin", password: "simulated-osadmin-activated" },
    setupAudit: {
      tlsMode: "notReady",
      secureDns: false,
      hostInitiated: true,
      hashType: "SHA256",
      hash: new Uint8Array(64),
      serials: new Uint8Array(48),
      additionalSerials: false,
      oemDefault: false,
      timeValid: true,
      serverAddress: "",
      time: { year: 2025, month: 3, weekday: 5, day: 14, hour: 9, minute: 30, second: 0 },
      serverFqdn: "",
    },
    hostBasedForms: ["long", "short"],
    unknown: new Map(),
  };
}

/** AMT 16.1, never set up. */
export function unprovisioned(): AmtFacts {
  const facts = activated();
  return {
    ...facts,
    uuid: guid("1a2b3c4d-5e6f-4a10-8b01-00005e005311"),
    lan: {
      wired: { ...noLink("00:00:5e:00:53:11"), link: "up" },
      wireless: { ...noLink("00:00:5e:00:53:12"), enabled: false },
    },
    hostMacAddress: "00:00:5e:00:53:11",
    tcpip: {
      dhcpMode: "enabled",
      subnetMask: "0.0.0.0",
      gateway: "0.0.0.0",
      primaryDns: "0.0.0.0",
      secondaryDns: "0.0.0.0",
      domain: "",
    },
    ipv6: undefined,
    fqdn: fqdn(""),
    dnsSuffixes: [],
    pkiFqdnSuffix: "",
    remoteAccess: { ...facts.remoteAccess, network: "unknown" },
    mpsHostName: "",
    userInitiated: { bios: false, osAgent: false },
    security: {
      ...facts.security,
      enterpriseMode: false,
      networkInterfaceEnabled: false,
      solEnabled: false,
      iderEnabled: false,
      kvmEnabled: false,
    },
    redirection: { sol: false, ider: false, kvm: false },
    webUiEnabled: false,
    provisioningMode: "none",
    account: { user: "$$OsAdmin", password: "simulated-osadmin-unprovisioned" },
    setupAudit: undefined,
  };
}

/** AMT 16.1 in admin control mode, with an address of its own, in use over the network. */
export function acm(): AmtFacts {
  const facts = activated();
  return {
    ...facts,
    uuid: guid("1a2b3c4d-5e6f-4a10-8b01-00005e005321"),
    lan: {
      wired: {
        enabled: true,
        ipv4: "192.0.2.30",
        dhcpEnabled: false,
        dhcpIpMode: "active",
        link: "up",
        macAddress: "00:00:5e:00:53:21",
      },
      wireless: noLink("00:00:5e:00:53:22"),
    },
    hostMacAddress: "00:00:5e:00:53:21",
    tcpip: { ...facts.tcpip, dhcpMode: "disabled" },
    ipv6: undefined,
    fqdn: { ...fqdn("amt3.example.com"), shared: false, dynamicDns: true },
    remoteAccess: {
      network: "outside",
      connection: "connected",
      trigger: "periodic",
      mpsHostName: "mps.example.com",
    },
    redirection: { sol: true, ider: false, kvm: true },
    security: { ...facts.security, iderEnabled: false },
    sessions: { iderOpen: false, solOpen: true },
    kvm: { active: true, consentPending: false },
    systemDefenseActive: true,
    webUiEnabled: false,
    zeroTouchEnabled: false,
    lastHostReset: { reason: "remoteControl", timestamp: 1_763_974_800 },
    account: { user: "$$OsAdmin", password: "simulated-osadmin-acm" },
    setupAudit: {
      ...facts.setupAudit!,
      tlsMode: "pki",
      secureDns: true,
      hostInitiated: false,
      hash: Uint8Array.from([...synthetic(0x00, 32), ...new Uint8Array(32)]),
      serials: synthetic(0x30, 48),
      serverAddress: "192.0.2.80",
      serverFqdn: "provision.example.com",
    },
  };
}

/**
 * AMT 9.5 in client control mode, without wireless interface. That it does not know GetRedirectionState and two ids of
 * GetFeaturesState is made up, so that old firmware shows where commands that status asks for are missing; the
 * others came later than 9.5.
 */
export function legacy(): AmtFacts {
  const facts = activated();
  return {
    ...facts,
    // What a board says that was given no identity.
    uuid: guid("03000200-0400-0500-0006-000700080009"),
    lan: { wired: { ...facts.lan.wired, ipv4: "192.0.2.50", macAddress: "00:00:5e:00:53:41" }, wireless: undefined },
    hostMacAddress: "00:00:5e:00:53:4f",
    ipv6: undefined,
    fqdn: fqdn("old5.example.com"),
    pkiFqdnSuffix: "",
    mpsHostName: "",
    userInitiated: { bios: true, osAgent: false },
    kvm: { active: false, consentPending: false },
    webUiEnabled: undefined,
    eacEnabled: undefined,
    zeroTouchEnabled: false,
    hashes: rootsOfAmt9(),
    powerPolicy: "Mobile: ON in S0, ME Wake in S3/AC",
    lastHostReset: { reason: "other", timestamp: 1_420_070_400 },
    account: { user: "$$OsAdmin", password: "simulated-osadmin-legacy" },
    unknown: new Map<number, "empty" | number>([
      [GetRedirectionState.command, "empty"],
      [GetAuditLogRecords.command, amtStatus.internalError],
      [DisableAndClearAmt.command, "empty"],
      [StartConfigurationHBased.command, amtStatus.unsupported],
      [GetAuditLogSignature.command, "empty"],
      [GetCiraLog.command, "empty"],
    ]),
  };
}

/** AMT 19 in client control mode, whose local ports speak TLS only; on the wireless network, in a session that waits. */
export function tlsOnly(): AmtFacts {
  const facts = activated();
  return {
    ...facts,
    uuid: guid("1a2b3c4d-5e6f-4a10-8b01-00005e005351"),
    lan: {
      wired: noLink("00:00:5e:00:53:51"),
      wireless: {
        enabled: true,
        ipv4: "192.0.2.61",
        dhcpEnabled: true,
        dhcpIpMode: "passive",
        link: "up",
        macAddress: "00:00:5e:00:53:52",
      },
    },
    hostMacAddress: "00:00:5e:00:53:51",
    ipv6: undefined,
    fqdn: fqdn("desk6.example.com"),
    security: { ...facts.security, tlsEnabled: true, iderEnabled: false, linkUp: false },
    redirection: { sol: true, ider: false, kvm: true },
    kvm: { active: false, consentPending: true },
    webUiEnabled: false,
    ehbcEnabled: true,
    powerPolicy: "Desktop: ON in S0",
    account: { user: "$$OsAdmin", password: "simulated-osadmin-tls-only" },
    hostBasedForms: ["short"],
  };
}

/** An interface with DHCP that has no address. */
function noLink(macAddress: string): LanInterfaceSettings {
  return { enabled: true, ipv4: "0.0.0.0", dhcpEnabled: true, dhcpIpMode: "passive", link: "down", macAddress };
}

/** A name that AMT shares with the host. */
function fqdn(name: string): FqdnSettings {
  return {
    shared: true,
    dynamicDns: false,
    dynamicDnsPeriod: 1440,
    dynamicDnsTimeToLive: 900,
    hostNameLength: name.split(".")[0]!.length,
    fqdn: name,
  };
}
