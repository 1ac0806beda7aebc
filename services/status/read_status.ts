import { AmtError } from "../../core/errors/mod.ts";
import type { Host } from "../../ffi/host.ts";
import type { MeiTransport } from "../../transport/mei.ts";
import type { MeiNode } from "../../transport/sysfs.ts";
import { amthiFields, readAmthi } from "./amthi_fields.ts";
import { Collector, type FieldPath, type Take } from "./collector.ts";
import { flashLogFields, readFlashLog } from "./flash_log.ts";
import { readHost, readHostAddresses } from "./host_fields.ts";
import { mkhiFields, readMkhi } from "./mkhi_fields.ts";
import type { Status } from "./status.ts";
import { readUpid, upidFields } from "./upid_fields.ts";
import { readWatchdog, watchdogFields } from "./watchdog_fields.ts";

/** A machine to ask. */
export interface StatusSource {
  readonly host: Host;
  /** Throws `mei.absent`. */
  device(): { readonly name: string; readonly node: MeiNode | undefined };
  openMei(): Promise<MeiTransport>;
}

export interface StatusOptions {
  readonly signal?: AbortSignal | undefined;
  /** The fields to read; all, when left out, but for those that have to be asked for. */
  readonly fields?: readonly FieldPath[] | undefined;
  /** Also reads the certificate hashes: one message for each. */
  readonly hashes?: boolean | undefined;
  /** Also reads the firmware's log of fatal errors; its client is slow on some machines. */
  readonly flashLog?: boolean | undefined;
  /** Also reads the local system account, password and all. */
  readonly reveal?: boolean | undefined;
  /** How long each answer is waited for, in ms; left out, as long as suits the client. */
  readonly answerMs?: number;
  /** Runs `work` while no kernel driver holds the watchdog's client; answers what to warn of. */
  readonly releaseWatchdog?: ((work: () => Promise<void>) => Promise<readonly string[]>) | undefined;
  /** Told before each client is asked. */
  readonly progress?: ((client: string) => void) | undefined;
}

/** A status, and for each field that is unavailable the error that a command about this field alone would end with. */
export interface StatusReading {
  readonly status: Status;
  readonly failures: ReadonlyMap<FieldPath, AmtError>;
}

/**
 * Asks the firmware for all that it tells without a password. What cannot be had, for want of rights or because the
 * firmware does not know it, is unavailable with its reason. Rejects with `mei.absent`; with `cancelled`; and with
 * `timeout`, `mei.reset` or `firmware.protocol` when the firmware could be reached and gave no answer that can be used,
 * and sysfs tells nothing of it either.
 */
export async function readStatus(source: StatusSource, options: StatusOptions = {}): Promise<StatusReading> {
  const { host } = source;
  const { name, node } = source.device();
  const collector = new Collector(name, options.fields);
  readHost(host, node, collector);
  const mei = await source.openMei();
  const part = ({ client, fields, read }: Part) =>
    collector.part(fields, async (take) => {
      options.progress?.(client);
      await read({ mei, host, node, collector, take, options });
    });
  // AMTHI has the most to tell; meanwhile the other clients are asked, one after another.
  const others: readonly Part[] = [
    { client: "MKHI", fields: mkhiFields, read: readMkhi },
    { client: "WD", fields: watchdogFields, read: readWatchdog },
    { client: "UPID", fields: upidFields, read: readUpid },
    ...(options.flashLog ? [{ client: "HOTHAM", fields: flashLogFields, read: readFlashLog }] : []),
  ];
  const inTurn = async () => {
    for (const each of others) await part(each);
  };
  const done = await Promise.allSettled([
    part({ client: "AMTHI", fields: amthiFields(options), read: readAmthi }),
    inTurn(),
  ]);
  for (const each of done) if (each.status === "rejected") throw each.reason;
  collector.sort();
  await readHostAddresses(host, collector);
  if (collector.answered) warnOfMalformed(collector);
  else judgeSilence(collector);
  return { status: collector.status, failures: collector.failures };
}

/** What each part of the work is given. */
export interface PartInput {
  readonly mei: MeiTransport;
  readonly host: Host;
  readonly node: MeiNode | undefined;
  readonly collector: Collector;
  readonly take: Take;
  readonly options: StatusOptions;
}

/** One client of the firmware, and what it tells. */
interface Part {
  readonly client: string;
  readonly fields: readonly FieldPath[];
  read(input: PartInput): Promise<void>;
}

/** Firmware that gave no answer that can be used; what sysfs tells of it is told all the same. */
function judgeSilence({ failures, status }: Collector): void {
  const errors = [...failures.values()];
  const error = errors.find(({ code }) => code === "firmware.protocol") ??
    errors.find(({ code }) => code === "timeout" || code === "mei.reset");
  if (error === undefined) return;
  if (status.firmwareStatus.length === 0 && status.firmwareVersions.length === 0) throw error;
  status.warnings.push(`the firmware gave no answer that can be used (${error.message}): this is what sysfs tells`);
}

function warnOfMalformed(collector: Collector): void {
  const fields = collector.status.unavailable
    .map(({ field }) => field as FieldPath)
    .filter((field) => collector.failures.get(field)?.code === "firmware.protocol");
  if (fields.length > 0) collector.warn(`the firmware's answers do not fit: ${fields.join(", ")}`);
}
