import { AmtError } from "../core/errors/mod.ts";
import type { LocalServiceStatus } from "../services/tunnel/local_service.ts";
import type { Context } from "./command.ts";
import { askStatus, socketPath } from "./lms_socket.ts";

/**
 * How the service stands that runs as this user. Rejects with `net.connect` when none does, or when what answers is not
 * of this version, and with `usage` where there is no folder to look in.
 */
export async function statusOfRunning(context: Context): Promise<LocalServiceStatus> {
  const path = socketPath(await context.machine(), context.env);
  if (path === undefined) {
    throw new AmtError("usage", "there is no runtime folder to look in", {
      hint: "Set XDG_RUNTIME_DIR, or run it as root",
    });
  }
  const answer = await askStatus(path, context.signal);
  if (isStatus(answer)) return answer;
  throw new AmtError("net.connect", `what answers on ${path} is no amtctl lms of this version`, {
    hint: "End it, and start amtctl lms",
  });
}

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === "string";
const count: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const positive: Check = (value) => count(value) && value !== 0;
const port: Check = (value) => positive(value) && (value as number) <= 0xffff;
const orNull = (check: Check): Check => (value) => value === null || check(value);
const list = (check: Check): Check => (value) => Array.isArray(value) && value.every(check);

/** An object with these fields and no others. */
const fields = (checks: Readonly<Record<string, Check>>): Check => (value) =>
  typeof value === "object" && value !== null && Object.keys(value).length === Object.keys(checks).length &&
  Object.entries(checks).every(([name, check]) => Object.hasOwn(value, name) && check(Reflect.get(value, name)));

const session = fields({
  id: positive,
  port,
  from: text,
  state: (value) => value === "opening" || value === "open",
  bytesSent: count,
  bytesReceived: count,
  sendWindowBytes: count,
  receiveWindowBytes: count,
});

const link = fields({
  messagesReceived: count,
  messagesSent: count,
  channels: count,
  opening: count,
  waiting: count,
  ignored: fields({
    empty: count,
    unknownType: count,
    unknownChannel: count,
    unservedRequest: count,
    unexpected: count,
  }),
});

const status = fields({
  pid: orNull(count),
  ports: list(port),
  forwards: list(fields({ address: text, port })),
  resets: count,
  sessions: list(session),
  link: orNull(link),
});

function isStatus(value: unknown): value is LocalServiceStatus {
  return status(value);
}
