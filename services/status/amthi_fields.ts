import { AmtError } from "../../core/errors/mod.ts";
import {
  AmthiClient,
  type AmthiMessage,
  ControlMode,
  GetCodeVersions,
  GetControlMode,
  GetCurrentPowerPolicy,
  GetEhbcState,
  GetFqdn,
  GetLastHostResetReason,
  GetLocalSystemAccount,
  GetPkiFqdnSuffix,
  GetProvisioningMode,
  GetProvisioningState,
  GetSecurityParameters,
  GetUuid,
  GetZeroTouchEnabled,
  HostResetReason,
  isJunkUuid,
  ProvisioningMode,
  ProvisioningState,
} from "../../protocols/amthi/mod.ts";
import { readCertificateHashes } from "./certificate_hashes.ts";
import type { Collector, FieldPath } from "./collector.ts";
import { describe } from "./named.ts";
import { readLan, readRemoteAccess } from "./network_fields.ts";
import type { PartInput, StatusOptions } from "./read_status.ts";
import { readRedirection, redirectionFields } from "./redirection_fields.ts";
import { skuText } from "./sku.ts";

/** Sends one command, when one of the fields is wanted; tells them as unavailable when there is no data. */
export type Ask = <Request, Response>(
  fields: readonly FieldPath[],
  message: AmthiMessage<Request, Response>,
  request: Request,
) => Promise<Response | undefined>;

/** What one command, or a few, tell. */
export interface AmthiReader {
  readonly fields: readonly FieldPath[];
  read(ask: Ask, collector: Collector): Promise<void>;
}

const versionFields = ["versions", "amtVersion", "build", "sku"] as const satisfies FieldPath[];

const readers: readonly AmthiReader[] = [
  { fields: versionFields, read: readVersions },
  reader("controlMode", GetControlMode, ({ mode }) =>
    describe(ControlMode, mode, {
      none: "not activated",
      client: "client control mode",
      admin: "admin control mode",
    })),
  reader("provisioningState", GetProvisioningState, ({ state }) =>
    describe(ProvisioningState, state, {
      pre: "pre-provisioning",
      in: "in provisioning",
      post: "post-provisioning",
    })),
  reader(
    "provisioningMode",
    GetProvisioningMode,
    ({ mode }) =>
      describe(ProvisioningMode, mode, { smallBusiness: "small business", remoteAssistance: "remote assistance" }),
  ),
  { fields: ["uuid"], read: readUuid },
  { fields: ["lan"], read: readLan },
  reader("fqdn", GetFqdn, ({ fqdn }) => fqdn),
  {
    fields: ["dnsSuffix.amt"],
    async read(ask, { status }) {
      const data = await ask(["dnsSuffix.amt"], GetPkiFqdnSuffix, {});
      if (data !== undefined) status.dnsSuffix.amt = data.suffix;
    },
  },
  { fields: ["remoteAccess"], read: readRemoteAccess },
  { fields: redirectionFields, read: readRedirection },
  reader("tlsEnabled", GetSecurityParameters, ({ tlsEnabled }) => tlsEnabled),
  reader("zeroTouchEnabled", GetZeroTouchEnabled, ({ enabled }) => enabled),
  reader("ehbcEnabled", GetEhbcState, ({ enabled }) => enabled),
  reader("powerPolicy", GetCurrentPowerPolicy, ({ policy }) => policy),
  reader("lastHostReset", GetLastHostResetReason, ({ reason, timestamp }) => ({
    reason: describe(HostResetReason, reason, { remoteControl: "remote control" }),
    timestamp,
  })),
];

const onDemand = {
  hashes: { fields: ["certificateHashes"], read: readCertificateHashes },
  reveal: reader("localSystemAccount", GetLocalSystemAccount, ({ user, password }) => ({ user, password })),
} as const satisfies Record<string, AmthiReader>;

/** The fields that AMTHI tells. */
export function amthiFields(options: StatusOptions): readonly FieldPath[] {
  return readersFor(options).flatMap(({ fields }) => fields);
}

/** Asks AMT itself: many commands over one connection. */
export async function readAmthi({ mei, collector, take, options }: PartInput): Promise<void> {
  await using client = new AmthiClient(mei, options);
  const { signal } = options;
  const ask: Ask = async (fields, message, request) => take(fields, await client.call(message, request, { signal }));
  for (const { fields, read } of readersFor(options)) {
    if (collector.wants(fields)) await read(ask, collector);
  }
}

function readersFor({ hashes = false, reveal = false }: StatusOptions): readonly AmthiReader[] {
  return [...readers, ...(hashes ? [onDemand.hashes] : []), ...(reveal ? [onDemand.reveal] : [])];
}

/** A field that one command without data tells. */
function reader<Field extends keyof Collector["status"], Response>(
  field: Field,
  message: AmthiMessage<Record<never, never>, Response>,
  value: (data: Response) => Collector["status"][Field],
): AmthiReader {
  return {
    fields: [field],
    async read(ask, { status }) {
      const data = await ask([field], message, {});
      if (data !== undefined) status[field] = value(data);
    },
  };
}

async function readVersions(ask: Ask, collector: Collector): Promise<void> {
  const data = await ask(versionFields, GetCodeVersions, {});
  if (data === undefined) return;
  const { status } = collector;
  status.versions = { BIOS: data.bios };
  for (const { name, version } of data.versions) status.versions[name] = version;
  const { AMT, "Build Number": build, Sku } = status.versions;
  status.amtVersion = AMT ?? null;
  status.build = build ?? null;
  if (Sku !== undefined && /^\d{1,9}$/.test(Sku)) {
    status.sku = { raw: Number(Sku), text: skuText(Number(Sku), AMT ?? "") };
  }
  const absent = { amtVersion: status.amtVersion, build: status.build, sku: status.sku };
  for (const [field, value] of Object.entries(absent)) {
    if (value === null) {
      collector.missing(field as FieldPath, new AmtError("firmware.protocol", "GetCodeVersions has no such entry"));
    }
  }
}

async function readUuid(ask: Ask, collector: Collector): Promise<void> {
  const data = await ask(["uuid"], GetUuid, {});
  if (data === undefined) return;
  if (!isJunkUuid(data.uuid)) collector.status.uuid = data.uuid;
  else {
    const error = new AmtError("firmware.refused", `the firmware gives ${data.uuid}, as boards without an identity do`);
    collector.missing("uuid", error);
  }
}
