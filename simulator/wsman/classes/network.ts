import type { LanInterfaceSettings } from "../../../protocols/amthi/mod.ts";
import type { WsmanClass } from "../class.ts";
import { WsmanFault } from "../fault.ts";
import type { Incoming } from "../incoming.ts";
import type { AmtMachine } from "../machine.ts";
import type { Fields } from "../value.ts";

const NAME = "Intel(r) AMT Ethernet Port Settings";
const WIRED = `${NAME} 0`;

/** AMT_EthernetPortSettings: the wired port, 0, and the wireless one, 1, where there is one. */
export const ethernetPortSettings: WsmanClass = {
  name: "AMT_EthernetPortSettings",
  keys: ["InstanceID"],
  instances: ({ state }) => {
    const { wired, wireless } = state.lan;
    return [wiredFields(state, wired), ...(wireless === undefined ? [] : [wirelessFields(wireless)])];
  },
  put: {
    unseen: ["IPAddress", "SubnetMask", "DefaultGateway", "PrimaryDNS", "SecondaryDNS", "VLANTag", "IpSyncEnabled"],
    apply,
  },
};

function wiredFields({ tcpip, security }: AmtMachine["state"], lan: LanInterfaceSettings): Fields {
  const isOwn = lan.dhcpIpMode === "active" && !lan.dhcpEnabled;
  return {
    ...common(lan, 0),
    DefaultGateway: text(tcpip.gateway),
    IPAddress: text(lan.ipv4),
    IpSyncEnabled: !isOwn,
    LinkIsUp: security.linkUp,
    LinkPolicy: [1, 14],
    PrimaryDNS: text(tcpip.primaryDns),
    SecondaryDNS: text(tcpip.secondaryDns),
    SharedDynamicIP: lan.dhcpEnabled,
    SharedStaticIp: !lan.dhcpEnabled && !isOwn,
    SubnetMask: text(tcpip.subnetMask),
  };
}

function wirelessFields(lan: LanInterfaceSettings): Fields {
  return {
    ...common(lan, 1),
    ConsoleTcpMaxRetransmissions: 5,
    IPAddress: text(lan.ipv4),
    LinkControl: 2,
    LinkIsUp: lan.link === "up",
    LinkPreference: 2,
    WLANLinkProtectionLevel: 1,
  };
}

function common({ dhcpEnabled, macAddress }: LanInterfaceSettings, port: 0 | 1): Fields {
  return {
    DHCPEnabled: dhcpEnabled,
    ElementName: NAME,
    InstanceID: `${NAME} ${port}`,
    MACAddress: macAddress.replaceAll(":", "-"),
    PhysicalConnectionType: port === 0 ? 0 : 3,
    SharedMAC: true,
  };
}

/** An address that is not there is not told. */
function text(address: string): string | undefined {
  return address === "0.0.0.0" || address === "" ? undefined : address;
}

const addresses = ["IPAddress", "SubnetMask", "DefaultGateway", "PrimaryDNS", "SecondaryDNS"] as const;

/** What goes together is what Intel's guide says: by DHCP, the host's own address, or an address of AMT's own. */
function apply({ state }: AmtMachine, sent: Incoming, now: Fields): void {
  if (now["InstanceID"] !== WIRED) {
    if (addresses.some((name) => sent.has(name))) throw new WsmanFault("InvalidRepresentation");
    return;
  }
  const dhcp = sent.flag("DHCPEnabled", now["DHCPEnabled"] as boolean);
  const isSynced = sent.flag("IpSyncEnabled", now["IpSyncEnabled"] as boolean);
  const isShared = sent.flag("SharedStaticIp", now["SharedStaticIp"] as boolean);
  const { wired } = state.lan;
  if (dhcp || isShared) {
    if (!isSynced || dhcp === isShared) throw new WsmanFault("InvalidRepresentation");
    state.lan = { ...state.lan, wired: { ...wired, dhcpEnabled: dhcp, dhcpIpMode: "passive" } };
    return;
  }
  const [ipv4, subnetMask, gateway, primaryDns, secondaryDns] = addresses.map((name) => sent.text(name, "").trim());
  if (isSynced || ![ipv4, subnetMask, gateway, primaryDns].every((each) => isAddress(each!))) {
    throw new WsmanFault("InvalidRepresentation");
  }
  state.lan = { ...state.lan, wired: { ...wired, ipv4: ipv4!, dhcpEnabled: false, dhcpIpMode: "active" } };
  state.tcpip = {
    ...state.tcpip,
    dhcpMode: "disabled",
    subnetMask: subnetMask!,
    gateway: gateway!,
    primaryDns: primaryDns!,
    secondaryDns: secondaryDns === "" ? "0.0.0.0" : secondaryDns!,
  };
}

function isAddress(address: string): boolean {
  return /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/.test(address);
}

export const ethernetPort: WsmanClass = {
  name: "CIM_EthernetPort",
  keys: ["CreationClassName", "DeviceID", "SystemCreationClassName", "SystemName"],
  instances: ({ state }) => [{
    CreationClassName: "CIM_EthernetPort",
    Description: "Wired0",
    DeviceID: "Intel(r) AMT Ethernet Port 0",
    ElementName: "Intel(r) AMT Ethernet Port",
    EnabledDefault: 5,
    EnabledState: 2,
    LinkTechnology: 2,
    MaxSpeed: 2_500_000_000,
    NetworkAddresses: state.lan.wired.macAddress.replaceAll(":", ""),
    OperationalStatus: 0,
    PortType: 53,
    RequestedState: 12,
    Speed: state.security.linkUp ? 1_000_000_000 : 0,
    SystemCreationClassName: "CIM_ComputerSystem",
    SystemName: "Intel(r) AMT",
  }],
};

const ENVIRONMENT = "Intel(r) AMT Environment Detection Settings";
const MOST_SUFFIXES = 5;

/** AMT_EnvironmentDetectionSettingData: the suffixes of networks inside the enterprise, which AMTHI tells too. */
export const environmentDetectionSettingData: WsmanClass = {
  name: "AMT_EnvironmentDetectionSettingData",
  keys: ["InstanceID"],
  instances: ({ state, settings }) => [{
    DetectionAlgorithm: settings.detectionAlgorithm,
    DetectionStrings: state.dnsSuffixes,
    ElementName: ENVIRONMENT,
    InstanceID: ENVIRONMENT,
  }],
  put: {
    apply({ state, settings }, sent) {
      const suffixes = sent.texts("DetectionStrings").filter((suffix) => suffix !== "");
      if (suffixes.length > MOST_SUFFIXES) throw new WsmanFault("InvalidRepresentation");
      settings.detectionAlgorithm = sent.number("DetectionAlgorithm", settings.detectionAlgorithm);
      state.dnsSuffixes.splice(0, Infinity, ...suffixes);
    },
  },
};
