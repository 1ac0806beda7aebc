import type { Socket } from "node:net";
import { abortError, AmtError } from "../core/errors/mod.ts";
import type { Machine } from "./machine.ts";

/** What a running service says of itself, over a socket that its owner alone may open. */
export interface LmsSocket extends AsyncDisposable {
  readonly path: string;
}

const MOST_BYTES = 1 << 20;
const ANSWER_MS = 5000;

/**
 * Where the socket is: /run for root, the user's own runtime folder otherwise; `undefined` without one. That of a
 * simulated machine has another name.
 */
export function socketPath(
  { host, simulated }: Pick<Machine, "simulated"> & { readonly host: Pick<Machine["host"], "uid"> },
  env: (name: string) => string | undefined,
): string | undefined {
  const name = simulated ? "amtctl-lms-sim.sock" : "amtctl-lms.sock";
  if (host.uid === 0) return `/run/${name}`;
  const folder = env("XDG_RUNTIME_DIR");
  return folder === undefined || !folder.startsWith("/") ? undefined : `${folder}/${name}`;
}

/**
 * Answers each connection with one JSON object. Rejects with `mei.busy` when another service listens there, and with
 * `io.write` when the socket cannot be made.
 */
export async function serveStatus(path: string, status: () => object): Promise<LmsSocket> {
  const [{ createServer }, files, { pid, umask }] = await Promise.all([
    import("node:net"),
    import("node:fs"),
    import("node:process"),
  ]);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    socket.end(`${JSON.stringify(status())}\n`);
  });
  if (await isListening(path)) throw new AmtError("mei.busy", `another amtctl lms listens on ${path}`);
  // Under a name of its own first: when a server ends, the runtime removes what has the name that it was made with.
  const scratch = `${path}.${pid}`;
  // Narrow from its first moment on, so no other user can be faster.
  const mask = umask(0o177);
  try {
    files.rmSync(scratch, { force: true });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(scratch, resolve);
    });
  } catch (cause) {
    throw writeError(path, cause as Error);
  } finally {
    umask(mask);
  }
  const { dev, ino } = files.lstatSync(scratch);
  // Without threads for files: an output that nobody reads may hold them up (Bun).
  const close = async () => {
    for (const each of [scratch, path]) {
      const there = files.lstatSync(each, { throwIfNoEntry: false });
      if (there?.dev === dev && there.ino === ino) files.rmSync(each, { force: true });
    }
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  try {
    files.renameSync(scratch, path);
  } catch (cause) {
    await close();
    throw writeError(path, cause as Error);
  }
  return { path, [Symbol.asyncDispose]: close };
}

/**
 * Asks a running service. Rejects with `net.connect` when none runs, or what answers is none, and through `abortError`
 * when the signal fires.
 */
export async function askStatus(path: string, signal: AbortSignal): Promise<unknown> {
  const { connect } = await import("node:net");
  const text = await new Promise<string>((resolve, reject) => {
    const socket = connect(path).setEncoding("utf8");
    let text = "";
    const end = (settle: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      socket.destroy();
      settle();
    };
    const failed = (cause: Error) => end(() => reject(notRunning(path, cause)));
    const onAbort = () => end(() => reject(abortError(signal, path)));
    const timer = setTimeout(() => failed(new Error("no answer in time")), ANSWER_MS);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    socket.on("error", failed);
    socket.on("data", (chunk) => {
      text += chunk;
      if (text.length > MOST_BYTES) failed(new Error("the answer has no end"));
    });
    socket.on("end", () => end(() => resolve(text)));
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw notRunning(path, cause as Error);
  }
}

/** Whether somebody takes connections there, however slow the answer is. */
async function isListening(path: string): Promise<boolean> {
  const { connect } = await import("node:net");
  return await new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    // A full queue of connections, EAGAIN, is that of somebody who listens.
    socket.once("error", (error) => resolve(codeOf(error) === "EAGAIN"));
  });
}

function writeError(path: string, cause: Error): AmtError {
  return new AmtError("io.write", `${path}: ${codeOf(cause)}`, { cause });
}

function notRunning(path: string, cause: Error): AmtError {
  return new AmtError("net.connect", `no amtctl lms answers on ${path}: ${codeOf(cause)}`, {
    cause,
    hint: "Start it with amtctl lms; another user's can be seen by that user and root",
  });
}

function codeOf(error: Error): string {
  return (error as { code?: string }).code ?? error.message;
}
