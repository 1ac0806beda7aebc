import type { WsmanClass } from "../class.ts";
import type { Incoming } from "../incoming.ts";
import type { AmtMachine } from "../machine.ts";
import type { Fields } from "../value.ts";

const NAME = "Intel(r) AMT: General Settings";

/** AMT_GeneralSettings: names, and what AMT does on the network. Field names: a recorded answer in MPS's tests. */
export const generalSettings: WsmanClass = {
  name: "AMT_GeneralSettings",
  keys: ["InstanceID"],
  local: "read",
  instances: (machine) => [fields(machine)],
  put: { apply },
};

function fields({ state, settings, realm, origin, major }: AmtMachine): Fields {
  const { fqdn, security } = state;
  const { ThunderboltDockEnabled, ...general } = settings.general;
  return {
    ...general,
    DDNSPeriodicUpdateInterval: fqdn.dynamicDnsPeriod,
    DDNSTTL: fqdn.dynamicDnsTimeToLive,
    DDNSUpdateEnabled: fqdn.dynamicDns,
    DigestRealm: realm,
    DomainName: fqdn.fqdn.split(".").slice(1).join("."),
    ElementName: NAME,
    HostName: fqdn.fqdn.split(".")[0],
    HostOSFQDN: origin.hostName,
    InstanceID: NAME,
    NetworkInterfaceEnabled: security.networkInterfaceEnabled,
    PowerSource: 0,
    PrivacyLevel: 0,
    SharedFQDN: fqdn.shared,
    ThunderboltDockEnabled: major >= 15 ? ThunderboltDockEnabled : undefined,
  };
}

function apply({ state, settings }: AmtMachine, sent: Incoming, now: Fields): void {
  const host = sent.text("HostName", now["HostName"] as string);
  const domain = sent.text("DomainName", now["DomainName"] as string);
  state.fqdn = {
    shared: sent.flag("SharedFQDN", state.fqdn.shared),
    dynamicDns: sent.flag("DDNSUpdateEnabled", state.fqdn.dynamicDns),
    dynamicDnsPeriod: sent.number("DDNSPeriodicUpdateInterval", state.fqdn.dynamicDnsPeriod),
    dynamicDnsTimeToLive: sent.number("DDNSTTL", state.fqdn.dynamicDnsTimeToLive),
    hostNameLength: host.length,
    fqdn: domain === "" ? host : `${host}.${domain}`,
  };
  settings.general = sent.over(settings.general);
}
