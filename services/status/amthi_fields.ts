import { AmthiClient, GetLocalSystemAccount } from "../../protocols/amthi/mod.ts";
import { type AmthiReader, type Ask, reader } from "./amthi_reader.ts";
import { readCertificateHashes } from "./certificate_hashes.ts";
import type { FieldPath } from "./collector.ts";
import { uuidReader, versionReader } from "./identity_fields.ts";
import { lanFields, readLan } from "./lan_fields.ts";
import { nameReaders } from "./name_fields.ts";
import { powerReaders } from "./power_fields.ts";
import type { PartInput, StatusOptions } from "./read_status.ts";
import { readRedirection, redirectionFields } from "./redirection_fields.ts";
import { remoteAccessReaders } from "./remote_access_fields.ts";
import { setupReaders } from "./setup_fields.ts";

/** In the order in which they are asked. */
const readers: readonly AmthiReader[] = [
  versionReader,
  ...setupReaders,
  uuidReader,
  { fields: lanFields, read: readLan },
  ...nameReaders,
  ...remoteAccessReaders,
  { fields: redirectionFields, read: readRedirection },
  ...powerReaders,
];

const onDemand = {
  hashes: { fields: ["certificateHashes"], read: readCertificateHashes },
  reveal: reader(["localSystemAccount"], GetLocalSystemAccount, (status, { user, password }) => {
    status.localSystemAccount = { user, password };
  }),
} as const satisfies Record<string, AmthiReader>;

/** The fields that AMTHI tells. */
export function amthiFields(options: StatusOptions): readonly FieldPath[] {
  return readersFor(options).flatMap(({ fields }) => fields);
}

/** Asks AMT itself: many commands over one connection. */
export async function readAmthi({ mei, collector, take, options }: PartInput): Promise<void> {
  await using client = new AmthiClient(mei, options);
  const { signal } = options;
  const ask: Ask = async (fields, message, request, isNothing) =>
    take(fields, await client.call(message, request, { signal }), isNothing);
  for (const { fields, read } of readersFor(options)) {
    if (collector.wants(fields)) await read(ask, collector);
  }
}

function readersFor({ hashes = false, reveal = false }: StatusOptions): readonly AmthiReader[] {
  return [...readers, ...(hashes ? [onDemand.hashes] : []), ...(reveal ? [onDemand.reveal] : [])];
}
