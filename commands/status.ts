import { AmtError } from "../core/errors/mod.ts";
import { isWithin } from "../services/status/collector.ts";
import { readStatus, type StatusReading } from "../services/status/read_status.ts";
import { rpcGo, rpcGo2 } from "../services/status/rpc_go.ts";
import { emptyStatus, type Status } from "../services/status/status.ts";
import { command } from "./command.ts";
import { bare, plainPath, valueAt } from "./get_path.ts";
import type { StatusOutput } from "./status.schema.ts";
import { statusText } from "./status_text.ts";

export default command({
  brief: "Tell what the firmware says of AMT: versions, state, addresses, remote access",
  description:
    "Asks no password. What this user may not read, or this firmware does not know, is listed as unavailable\n" +
    "with its reason, and the rest is told all the same. Changes nothing, but for --release-watchdog:\n" +
    "operationalState and tlsEnforcedLocally are asked for over a client that the kernel's watchdog driver\n" +
    "mostly holds; a watchdog that runs is stopped meanwhile, and the program that feeds it has to be restarted.\n" +
    "--get of a list or an object prints what there is of it; a value that is unavailable itself is an error.\n" +
    "The formats rpc-go and rpc-go2 have no room for reasons: what is unavailable is missing or empty in them.\n" +
    "Of rpc-go's fields, userCerts, proxyAccessPoints and mpsPort are left out, since AMT tells them over\n" +
    "WS-Management only.",
  flags: {
    get: {
      kind: "value",
      brief: "Print one bare value: controlMode.value, lan[0].macAddress",
      placeholder: "PATH",
      parse: parsePath,
    },
    hashes: { kind: "switch", brief: "Also the hashes of the root certificates that activation may rest on" },
    format: {
      kind: "choice",
      brief: "JSON under the names and with the words of rpc-go's amtinfo, version 3 or 2",
      values: ["own", "rpc-go", "rpc-go2"],
      default: "own",
    },
    flashLog: { kind: "switch", brief: "Also the firmware's log of fatal errors, in hex" },
    releaseWatchdog: { kind: "switch", brief: "Unbind mei_wdt while its client is asked, and bind it again" },
    reveal: { kind: "switch", brief: "Also the local system account with its password; in a --trace too" },
  },
  arguments: [],
  examples: [
    "sudo amtctl status",
    "amtctl status --json | jq -r .controlMode.value",
    "amtctl status --get amtVersion",
    "amtctl --device sim status",
  ],

  async run(context, flags): Promise<StatusOutput> {
    const { get, format, releaseWatchdog, reveal } = flags;
    if (get !== undefined && format !== "own") {
      throw new AmtError("usage", `--get and --format ${format} exclude each other`, {
        hint: "--get takes a field of status --json; of the other formats, jq takes one",
      });
    }
    const field = get === undefined ? undefined : fieldOf(get);
    if (field === "localSystemAccount" && !reveal) {
      throw new AmtError("usage", "the local system account is a secret", { hint: "Add --reveal to print it" });
    }
    const machine = await context.machine();
    const reading = await readStatus(machine, {
      signal: context.signal,
      fields: field === undefined || aboutAll.includes(field) ? undefined : [field],
      hashes: flags.hashes || field === "certificateHashes",
      flashLog: flags.flashLog || field === "flashLog",
      reveal,
      releaseWatchdog: releaseWatchdog ? (work) => machine.withWatchdogReleased(work, context.signal) : undefined,
      progress: (client) => context.notes.progress(`asking ${client}`),
    });
    if (get !== undefined) throwIfUnavailable(reading, get);
    return reading.status;
  },

  shown(status, { get, format }) {
    if (get !== undefined) return valueAt(status, get);
    return format === "rpc-go" ? rpcGo(status) : format === "rpc-go2" ? rpcGo2(status) : status;
  },

  render(status, terminal, { get, format }) {
    if (get !== undefined) return bare(valueAt(status, get));
    if (format === "own") return statusText(status, terminal);
    return JSON.stringify(format === "rpc-go" ? rpcGo(status) : rpcGo2(status), undefined, 2);
  },
});

/** Fields that follow from all the others. */
const aboutAll: readonly (keyof Status)[] = ["unavailable", "warnings"];

/** A path that begins with a field there is, all its steps after a dot. */
function parsePath(text: string): string {
  const path = plainPath(text);
  valueAt(emptyStatus(""), fieldOf(path));
  return path;
}

function fieldOf(path: string): keyof Status {
  return path.split(".")[0] as keyof Status;
}

/** A value that is asked for alone and cannot be had is an error of its own; one that has other parts is not. */
function throwIfUnavailable({ failures }: StatusReading, path: string): void {
  for (const [field, error] of failures) if (isWithin(path, field)) throw error;
}
