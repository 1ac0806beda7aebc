import { noDevice } from "../services/no_device.ts";
import { watchdogStatus } from "../services/watchdog/status.ts";
import { command, type Terminal } from "./command.ts";
import { pairs, table } from "./table.ts";
import type { WatchdogStatusOutput } from "./watchdog_status.schema.ts";

type Amt = WatchdogStatusOutput["amt"];
type Process = { readonly pid: number; readonly name: string };

const exits = { offered: 0, unknown: 0, noDevice: 3, absent: 6, disabled: 7 } as const;

export default command({
  brief: "Show the watchdogs of this machine: which is AMT's, whether it is armed, and who feeds it",
  description:
    "Reads sysfs and opens no watchdog, since opening one arms it; it needs no root. The exit code is about\n" +
    "AMT's: 7 where AMT is disabled, 6 where there is none, 3 without a Management Engine.",
  flags: {},
  arguments: [],
  examples: ["amtctl watchdog status", "amtctl watchdog status --json | jq .amt.armed"],

  async run(context): Promise<WatchdogStatusOutput> {
    const machine = await context.machine();
    const status = watchdogStatus(machine);
    if (status.amt.state === "noDevice" && status.watchdogs.length === 0) throw noDevice(machine.host);
    return status;
  },

  exitCode: ({ amt }) => exits[amt.state],

  render: ({ amt, watchdogs }, terminal) =>
    [pairs(amtFields(amt)), watchdogTable(watchdogs, terminal)].filter((part) => part !== "").join("\n\n"),
});

function amtFields(amt: Amt): [string, string | null][] {
  const { client } = amt;
  return [
    ["AMT's watchdog", stateText(amt)],
    ...(client === null ? [] : [
      ["client", `WD, version ${client.protocolVersion ?? "?"}, ${holderText(client)}`] as [string, string],
      ["armed", yes(amt.armed)] as [string, string],
    ]),
    ...(amt.hint === null ? [] : [["hint", amt.hint] as [string, string]]),
  ];
}

function stateText({ state, reason, watchdog, via }: Amt): string {
  if (state === "disabled") return `AMT is disabled (${reason})`;
  if (state === "absent") return `this platform has no AMT (${reason})`;
  if (state === "noDevice" || state === "unknown") return reason ?? state;
  if (watchdog !== null) return `/dev/${watchdog}`;
  return via === "mei" ? "offered over MEI, without a watchdog of the kernel" : "offered, without a watchdog";
}

function holderText({ driver, candidates }: NonNullable<Amt["client"]>): string {
  if (driver !== null) return `held by ${driver}`;
  if (candidates === null) return "holder unknown";
  return candidates.length === 0 ? "held by nobody" : `maybe held by ${processText(candidates)}`;
}

function watchdogTable(watchdogs: WatchdogStatusOutput["watchdogs"], terminal: Terminal): string {
  if (watchdogs.length === 0) return "The kernel has no watchdogs";
  return table(watchdogs, [
    { title: "NAME", cell: ({ name }) => name },
    { title: "AMT", cell: ({ isAmt }) => yes(isAmt) },
    { title: "IDENTITY", cell: ({ identity }) => identity },
    { title: "DRIVER", cell: ({ driver }) => driver },
    { title: "ARMED", cell: ({ armed }) => yes(armed) },
    { title: "TIMEOUT", align: "right", cell: ({ timeout }) => timeout },
    { title: "LEFT", align: "right", cell: ({ timeLeft }) => timeLeft },
    { title: "NOWAYOUT", cell: ({ nowayout }) => nowayout === null ? null : yes(nowayout) },
    { title: "HOLDER", cell: ({ holders }) => holders === null ? "unknown" : processText(holders) },
  ], terminal);
}

function yes(value: boolean | "unknown"): string {
  return value === "unknown" ? value : value ? "yes" : "no";
}

function processText(processes: readonly Process[]): string {
  return processes.map(({ pid, name }) => `${name} (${pid})`).join(", ");
}
