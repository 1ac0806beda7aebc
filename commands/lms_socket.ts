import type { Socket } from "node:net";
import { AmtError } from "../core/errors/mod.ts";

/** What a running service says of itself, over a socket that its owner alone may open. */
export interface LmsSocket extends AsyncDisposable {
  readonly path: string;
}

const MOST_BYTES = 1 << 20;
const ANSWER_MS = 5000;

/** Where the socket is: /run for root, the user's own runtime folder otherwise; `undefined` without one. */
export function socketPath(uid: number, env: (name: string) => string | undefined): string | undefined {
  if (uid === 0) return "/run/amtctl-lms.sock";
  const folder = env("XDG_RUNTIME_DIR");
  return folder === undefined || !folder.startsWith("/") ? undefined : `${folder}/amtctl-lms.sock`;
}

/**
 * Answers each connection with one JSON object. Rejects with `mei.busy` when another service answers there, and with
 * `io.write` when the socket cannot be made.
 */
export async function serveStatus(path: string, status: () => object): Promise<LmsSocket> {
  const [{ createServer }, files, { umask }] = await Promise.all([
    import("node:net"),
    import("node:fs/promises"),
    import("node:process"),
  ]);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    socket.end(`${JSON.stringify(status())}\n`);
  });
  if (await askStatus(path).then(() => true, () => false)) {
    throw new AmtError("mei.busy", `another amtctl lms answers on ${path}`);
  }
  await files.rm(path, { force: true }).catch((cause) => Promise.reject(writeError(path, cause)));
  // Narrow from its first moment on, so no other user can be faster.
  const mask = umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", (cause) => reject(writeError(path, cause)));
      server.listen(path, resolve);
    });
  } finally {
    umask(mask);
  }
  return {
    path,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
      await files.rm(path, { force: true });
    },
  };
}

/** Asks a running service. Rejects with `net.connect` when none runs, or what answers is none. */
export async function askStatus(path: string): Promise<unknown> {
  const { connect } = await import("node:net");
  const text = await new Promise<string>((resolve, reject) => {
    const socket = connect(path).setEncoding("utf8");
    let text = "";
    const failed = (cause: Error) => reject(notRunning(path, cause));
    socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error("no answer in time")));
    socket.on("error", failed);
    socket.on("data", (chunk) => {
      text += chunk;
      if (text.length > MOST_BYTES) socket.destroy(new Error("the answer has no end"));
    });
    socket.on("end", () => resolve(text));
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw notRunning(path, cause as Error);
  }
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
