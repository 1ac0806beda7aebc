import { AmtError, type ErrorCode } from "../core/errors/mod.ts";
import { type Alert, readAlert } from "../services/events/alerts.ts";
import { isHostName, mapHostName, unmapHostName } from "../services/hosts_file.ts";
import { LocalService, type LocalServiceStatus, type ServiceEvent } from "../services/tunnel/local_service.ts";
import { type Context, streamCommand } from "./command.ts";
import { EventQueue } from "./event_queue.ts";
import { hostsFile } from "./hosts_file.ts";
import type { LmsOutput } from "./lms.schema.ts";
import { askStatus, serveStatus, socketPath } from "./lms_socket.ts";
import { lmsEventText } from "./lms_text.ts";
import { openSupervisor } from "./supervisor.ts";

type Told =
  | ServiceEvent
  | ({ event: "alert" } & Alert)
  | { event: "hostName"; name: string; mapped: boolean }
  | { event: "problem"; reason: string; code: ErrorCode };

export default streamCommand({
  brief: "Serve AMT's ports on this machine: a local management service",
  description:
    "Listens on 127.0.0.1, and on ::1 where there is one, on exactly the ports that the firmware asks for, and\n" +
    "carries each connection to it. It stays when the firmware restarts; connections through it are reset then.\n" +
    "`amtctl lms status` tells of the one that runs: ports, sessions, bytes, windows, resets.",
  flags: {
    events: { kind: "switch", brief: "Also tell what the firmware tells the host of (CIM alerts)" },
    mapHostname: { kind: "switch", brief: "While it runs, lead AMT's host name to 127.0.0.1 in /etc/hosts" },
  },
  arguments: [{ name: "ACTION", brief: "status: tell of the one that runs", optional: true, parse: parseAction }],
  examples: ["sudo amtctl lms", "sudo amtctl lms --events --ndjson", "amtctl lms status", "amtctl --device sim lms"],

  async *stream(context, flags, [action]): AsyncGenerator<LmsOutput> {
    if (action === "status") yield await statusOfRunning(context);
    else yield* serve(context, flags);
  },

  renderEvent: (event) => event.event === "status" ? lmsEventText(event) : `${event.at} ${lmsEventText(event)}`,
});

async function* serve(
  context: Context,
  { events, mapHostname }: { readonly events: boolean; readonly mapHostname: boolean },
): AsyncGenerator<LmsOutput> {
  const { signal } = context;
  const machine = await context.machine();
  const queue = new EventQueue<Told>();
  const problem = ({ message, code }: AmtError) => queue.push({ event: "problem", reason: message, code });
  const names = mapHostname ? new HostNames((event) => queue.push(event), problem) : undefined;
  let finished = () => {};
  context.finish(new Promise<void>((resolve) => finished = resolve));
  try {
    using supervisor = await openSupervisor(context);
    await using service = await LocalService.start(await machine.openMei(), {
      host: machine.host,
      signal,
      onEvent: (event) => queue.push(event),
      onForward: ({ address }) => names?.map(address),
      ...(!events ? {} : {
        onAlert: (channel) =>
          void readAlert(channel).then((alert) => queue.push({ event: "alert", ...alert }), problem),
      }),
    });
    const socket = await openSocket(context, machine.host.uid, service).catch((error: AmtError) => {
      problem(error);
      return undefined;
    });
    try {
      await service.ready();
      supervisor.notify("READY=1");
      signal.addEventListener("abort", () => queue.end(), { once: true });
      if (signal.aborted) queue.end();
      for await (const event of queue) yield { at: new Date().toISOString(), ...event };
      supervisor.notify("STOPPING=1");
    } finally {
      await socket?.[Symbol.asyncDispose]();
    }
  } finally {
    await names?.restore();
    finished();
  }
}

/** AMT's names in the hosts file, one at a time; taken out again at the end. */
class HostNames {
  readonly #told: (event: Told) => void;
  readonly #problem: (error: AmtError) => void;
  #turn: Promise<void> = Promise.resolve();
  #mapped: string | undefined;

  constructor(told: (event: Told) => void, problem: (error: AmtError) => void) {
    this.#told = told;
    this.#problem = problem;
  }

  map(name: string): void {
    if (name === this.#mapped || (!isHostName(name) && name === "")) return;
    this.#mapped = name;
    this.#inTurn(async () => {
      await mapHostName(await hostsFile(), name);
      this.#told({ event: "hostName", name, mapped: true });
    });
  }

  async restore(): Promise<void> {
    if (this.#mapped !== undefined) this.#inTurn(async () => await unmapHostName(await hostsFile()));
    await this.#turn;
  }

  #inTurn(work: () => Promise<void>): void {
    this.#turn = this.#turn.then(work).catch((error) => {
      this.#problem(error instanceof AmtError ? error : new AmtError("io.write", String(error), { cause: error }));
    });
  }
}

async function openSocket(context: Context, uid: number, service: LocalService) {
  const path = socketPath(uid, context.env);
  if (path === undefined) return undefined;
  const { pid } = await import("node:process");
  return await serveStatus(path, () => ({ ...service.status(), pid }));
}

async function statusOfRunning(context: Context): Promise<LmsOutput> {
  const { host } = await context.machine();
  const path = socketPath(host.uid, context.env);
  if (path === undefined) {
    throw new AmtError("usage", "there is no runtime folder to look in", {
      hint: "Set XDG_RUNTIME_DIR, or run it as root",
    });
  }
  const status = await askStatus(path) as LocalServiceStatus;
  return { at: new Date().toISOString(), event: "status", ...status };
}

function parseAction(text: string): "status" {
  if (text === "status") return text;
  throw new AmtError("usage", `"${text}" is nothing that lms does`, { hint: "Leave it out to serve, or say status" });
}
