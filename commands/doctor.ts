import { diagnose, summary } from "../services/doctor/doctor.ts";
import { examine } from "../services/doctor/examine.ts";
import { command, type Terminal } from "./command.ts";
import type { DoctorOutput } from "./doctor.schema.ts";
import { printableLine } from "./printable.ts";

type Check = DoctorOutput["checks"][number];

const marks = { ok: "[ok]", attention: "[!!]", note: "[--]", unknown: "[--]", skipped: "[--]" } as const;
const styles: Partial<Record<Check["verdict"], "green" | "red" | "yellow">> = {
  ok: "green",
  attention: "red",
  note: "yellow",
};
const INDENT = "       ";

export default command({
  brief: "Find out what is between this machine and a working AMT, and what to do about it",
  description:
    "Checks from the hardware upwards, and changes nothing but what --release-watchdog does: a watchdog that runs is\n" +
    "stopped meanwhile, and AMT may tell a remote console of the missing heartbeat. It needs no root; as root it\n" +
    "sees which programs have the device open, and asks the firmware itself. Marks: ok; !! needs attention; -- good\n" +
    "to know, unknown or not checked. The simulator can be put into situations: no-pci, no-driver, no-permission,\n" +
    "busy, lockdown.",
  flags: {
    releaseWatchdog: {
      kind: "switch",
      brief: "Unbind mei_wdt while its client is asked, and bind it again; stops a watchdog that runs",
    },
  },
  arguments: [],
  examples: [
    "sudo amtctl doctor",
    "amtctl doctor --json | jq -r '.attention[]'",
    "amtctl --device sim:disabled doctor",
    "amtctl --device sim:+busy doctor",
  ],

  async run(context, { releaseWatchdog }): Promise<DoctorOutput> {
    const machine = await context.machine();
    const facts = await examine(machine, {
      signal: context.signal,
      progress: (client) => context.notes.progress(`asking ${client}`),
      releaseWatchdog: releaseWatchdog ? (work) => machine.withWatchdogReleased(work, context.signal) : undefined,
    });
    const checks = diagnose(facts);
    return {
      device: facts.device?.name ?? null,
      checks,
      attention: checks.filter(({ verdict }) => verdict === "attention").map(({ id }) => id),
      summary: summary(checks),
      unavailable: facts.status?.unavailable ?? [],
      warnings: facts.status?.warnings ?? [],
    };
  },

  exitCode: ({ attention }) => attention.length > 0 ? 20 : 0,

  render({ checks, summary }, terminal) {
    const width = Math.max(...checks.map(({ title }) => title.length));
    return [...checks.flatMap((check) => lines(check, width, terminal)), summary].join("\n");
  },
});

function lines({ verdict, title, finding, causes, fix }: Check, width: number, terminal: Terminal): string[] {
  const mark = marks[verdict];
  const style = styles[verdict];
  return [
    `${style === undefined ? mark : terminal.style(style, mark)}  ${title.padEnd(width)}  ${printableLine(finding)}`,
    ...causes.map((cause, index) => `${INDENT} ${index + 1}. ${printableLine(cause)}`),
    ...(fix === null ? [] : [`${INDENT} ${verdict === "attention" ? "fix" : "advice"}: ${printableLine(fix)}`]),
  ];
}
