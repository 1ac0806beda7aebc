import { AmtError, type ErrorCode } from "../core/errors/mod.ts";
import { type Alert, readAlert } from "../services/events/alerts.ts";
import { LocalService, type ServiceEvent } from "../services/tunnel/local_service.ts";
import { type Context, streamCommand } from "./command.ts";
import { EventQueue } from "./event_queue.ts";
import { hostsFile } from "./hosts_file.ts";
import type { LmsOutput } from "./lms.schema.ts";
import { type HostNameEvent, LmsHostNames } from "./lms_host_names.ts";
import { serveStatus, socketPath } from "./lms_socket.ts";
import { statusOfRunning } from "./lms_status.ts";
import { lmsEventText } from "./lms_text.ts";
import type { Machine } from "./machine.ts";
import { openSupervisor } from "./supervisor.ts";
import { timed } from "./tunnel_events.ts";

type Told =
  | ServiceEvent
  | ({ event: "alert" } & Alert)
  | HostNameEvent
  | { event: "problem"; reason: string; code: ErrorCode; hint: string };

interface Flags {
  readonly events: boolean;
  readonly mapHostname: boolean;
}

export default streamCommand({
  brief: "Serve AMT's ports on this machine: a local management service",
  description:
    "Listens on 127.0.0.1, and on ::1 where there is one, on exactly the ports that the firmware asks for, and\n" +
    "carries each connection to it: eight at a time, others wait. It stays when the firmware restarts; connections\n" +
    "through it are reset then. A program that sends no more has its answer as long as bytes come, with pauses of up\n" +
    "to 30 s, or 1 s while others wait.\n" +
    "Not verified on hardware: those times, the reasons that refusals of ports have (1, and 4 for no room), and the\n" +
    "port at which the firmware's events come.\n" +
    "`amtctl lms status` tells of the one that runs: ports, sessions, bytes, windows, resets.",
  flags: {
    events: { kind: "switch", brief: "Also tell what the firmware tells the host of (CIM alerts)" },
    mapHostname: {
      kind: "switch",
      brief: "While it runs, lead AMT's host name to 127.0.0.1 in /etc/hosts; what it is, the firmware says",
    },
  },
  arguments: [{ name: "ACTION", brief: "status: tell of the one that runs", optional: true, parse: parseAction }],
  examples: ["sudo amtctl lms", "sudo amtctl lms --events --ndjson", "amtctl lms status", "amtctl --device sim lms"],

  async *stream(context, flags, [action]): AsyncGenerator<LmsOutput> {
    if (action === undefined) return yield* serve(context, flags);
    if (flags.events || flags.mapHostname) {
      throw new AmtError("usage", `lms status takes no ${flags.events ? "--events" : "--map-hostname"}`, {
        hint: "Leave it out; the service itself is started with it",
      });
    }
    yield timed({ event: "status", ...await statusOfRunning(context) });
  },

  renderEvent: (event) => event.event === "status" ? lmsEventText(event) : `${event.at} ${lmsEventText(event)}`,
});

async function* serve(context: Context, flags: Flags): AsyncGenerator<LmsOutput> {
  const machine = await context.machine();
  if (flags.mapHostname && machine.simulated) {
    throw new AmtError("usage", "--map-hostname writes this machine's hosts file, and the AMT is simulated", {
      hint: "Leave it out",
    });
  }
  const queue = new EventQueue<LmsOutput>((count) => timed({ event: "dropped", count }));
  const told = (event: Told) => queue.push(timed(event));
  const problem = ({ message, code, hint }: AmtError) => told({ event: "problem", reason: message, code, hint });
  const names = machine.simulated ? undefined : new LmsHostNames(await hostsFile(), { told, problem });
  let finished = () => {};
  context.finish(new Promise<void>((resolve) => finished = resolve));
  try {
    yield* run(context, { machine, queue, told, problem, flags, names });
  } finally {
    await names?.restore().catch(({ message }: AmtError) => {
      context.notes.warning(`AMT's host name still leads to this machine: ${message}`);
    });
    finished();
  }
}

interface Run {
  readonly machine: Machine;
  readonly queue: EventQueue<LmsOutput>;
  readonly told: (event: Told) => void;
  readonly problem: (error: AmtError) => void;
  readonly flags: Flags;
  readonly names: LmsHostNames | undefined;
}

async function* run(context: Context, options: Run): AsyncGenerator<LmsOutput> {
  const { machine, queue, told, problem, flags, names } = options;
  const { signal } = context;
  using supervisor = await openSupervisor(context);
  let isReady = false;
  await using service = await LocalService.start(await machine.openMei(), {
    host: machine.host,
    signal,
    onEvent(event) {
      told(event);
      if (isReady || (event.event !== "listening" && event.event !== "portTaken")) return;
      isReady = true;
      supervisor.notify("READY=1");
    },
    ...(flags.mapHostname ? { onForward: ({ address }) => names?.map(address) } : {}),
    ...(flags.events
      ? {
        onAlert: (channel) => void readAlert(channel).then((alert) => told({ event: "alert", ...alert }), problem),
      }
      : {}),
  });
  names?.clean();
  await using _socket = await openSocket(context, machine, service).catch((error: AmtError) => {
    problem(error);
    return undefined;
  });
  service.ready().catch((error: AmtError) => {
    if (error.code === "timeout" && !signal.aborted) problem(notAsked(error));
  });
  const onAbort = () => {
    supervisor.notify("STOPPING=1");
    // What its end has to tell comes before the end of the queue.
    void service[Symbol.asyncDispose]().finally(() => queue.end());
  };
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    yield* queue;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** It goes on: the firmware may ask later. */
function notAsked({ code, message }: AmtError): AmtError {
  return new AmtError(code, message, { hint: "Ports are served as soon as it asks; see amtctl doctor for why not" });
}

async function openSocket(context: Context, machine: Machine, service: LocalService) {
  const path = socketPath(machine, context.env);
  if (path === undefined) return undefined;
  const { pid } = await import("node:process");
  return await serveStatus(path, () => ({ ...service.status(), pid }));
}

function parseAction(text: string): "status" {
  if (text === "status") return text;
  throw new AmtError("usage", `"${text}" is nothing that lms does`, { hint: "Leave it out to serve, or say status" });
}
