import type { WsmanClass } from "../class.ts";
import { WsmanFault } from "../fault.ts";
import type { Incoming } from "../incoming.ts";
import type { AmtMachine } from "../machine.ts";
import type { TlsSetting } from "../state/settings.ts";
import type { Fields, Reference } from "../value.ts";

/** The first release that tells whether plain connections can be had at all. */
const TELLS_PLAIN = 16;

/** AMT_TLSSettingData: TLS on the network, and on this machine. It counts from CommitChanges on. */
export const tlsSettingData: WsmanClass = {
  name: "AMT_TLSSettingData",
  keys: ["InstanceID"],
  instances: ({ settings, origin, major }) =>
    settings.tls.map(({ name, enabled, mutual, acceptsPlain, trustedNames }) => ({
      AcceptNonSecureConnections: acceptsPlain,
      ElementName: name,
      Enabled: enabled,
      InstanceID: name,
      MutualAuthentication: mutual,
      NonSecureConnectionsSupported: major >= TELLS_PLAIN ? !origin.isTlsOnly : undefined,
      TrustedCN: trustedNames,
    })),
  put: { unseen: ["TrustedCN"], apply: putTls },
};

function putTls({ settings, origin }: AmtMachine, sent: Incoming, now: Fields): void {
  const name = now["InstanceID"] as TlsSetting["name"];
  const acceptsPlain = sent.flag("AcceptNonSecureConnections", now["AcceptNonSecureConnections"] as boolean);
  const enabled = sent.flag("Enabled", now["Enabled"] as boolean);
  if (origin.isTlsOnly && (acceptsPlain || !enabled)) throw new WsmanFault("InvalidRepresentation");
  const mutual = sent.flag("MutualAuthentication", now["MutualAuthentication"] as boolean);
  settings.setTls({ name, enabled, mutual, acceptsPlain, trustedNames: sent.texts("TrustedCN") });
}

/** AMT_PublicKeyCertificate. The name of the field for trusted roots is misspelt in AMT. */
export const publicKeyCertificate: WsmanClass = {
  name: "AMT_PublicKeyCertificate",
  keys: ["InstanceID"],
  instances: async ({ certificates }) =>
    (await certificates.all()).map(({ handle, der, subject, issuer, isTrustedRoot }) => ({
      ElementName: "Intel(r) AMT Certificate",
      InstanceID: instanceId(handle),
      Issuer: issuer,
      Subject: subject,
      TrustedRootCertficate: isTrustedRoot,
      X509Certificate: der,
    })),
  // One that is in use stays; by which fault AMT says so is not known.
  async delete({ certificates }, { InstanceID }) {
    const handle = handleOf(InstanceID);
    if (handle === certificates.inUse) throw new WsmanFault("AccessDenied");
    await certificates.remove(handle!);
  },
};

const endpoints: Reference = {
  className: "AMT_TLSProtocolEndpointCollection",
  selectors: { ElementName: "TLSProtocolEndpoint Instances Collection" },
};

export const tlsProtocolEndpointCollection: WsmanClass = {
  name: "AMT_TLSProtocolEndpointCollection",
  keys: ["ElementName"],
  instances: () => [{ ...endpoints.selectors }],
};

/** AMT_TLSCredentialContext: which certificate TLS shows. The ports here go on to show the one they have. */
export const tlsCredentialContext: WsmanClass = {
  name: "AMT_TLSCredentialContext",
  keys: ["ElementInContext", "ElementProvidingContext"],
  instances: ({ certificates }) => certificates.inUse === undefined ? [] : [context(certificates.inUse)],
  async create(machine, sent) {
    if (machine.certificates.inUse !== undefined) throw new WsmanFault("AlreadyExists");
    await use(machine, sent);
    const { ElementInContext, ElementProvidingContext } = context(machine.certificates.inUse!);
    return {
      className: "AMT_TLSCredentialContext",
      selectors: { ElementInContext: ElementInContext!, ElementProvidingContext: ElementProvidingContext! },
    };
  },
  put: { apply: use },
  delete({ certificates }) {
    certificates.inUse = undefined;
  },
};

async function use({ certificates }: AmtMachine, sent: Incoming): Promise<void> {
  const { className, selectors } = sent.reference("ElementInContext");
  const handle = handleOf(selectors["InstanceID"]);
  const isHeld = (await certificates.all()).some((each) => each.handle === handle && !each.isTrustedRoot);
  if (className !== "AMT_PublicKeyCertificate" || !isHeld) throw new WsmanFault("InvalidRepresentation");
  certificates.inUse = handle;
}

function context(handle: number): Record<"ElementInContext" | "ElementProvidingContext", Reference> {
  const certificate = { className: "AMT_PublicKeyCertificate", selectors: { InstanceID: instanceId(handle) } };
  return { ElementInContext: certificate, ElementProvidingContext: endpoints };
}

function instanceId(handle: number): string {
  return `Intel(r) AMT Certificate: Handle: ${handle}`;
}

function handleOf(id: unknown): number | undefined {
  const [, digits] = /^Intel\(r\) AMT Certificate: Handle: (\d{1,4})$/.exec(String(id)) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
