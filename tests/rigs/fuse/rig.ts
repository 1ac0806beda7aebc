import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Host } from "../../../ffi/host.ts";
import type { SimulatedMe } from "../../../simulator/me.ts";
import { type Finished, run, type RunOptions, terminate } from "./processes.ts";
import { type FuseServer, type FuseServerOptions, serveFuse } from "./server.ts";
import { writeTree } from "./sysfs_tree.ts";

export interface FuseRigOptions extends FuseServerOptions {
  /** What /sys shows. Default: the profile's host. */
  readonly host?: Host;
  /** Permission bits of the file. Default 0o600. */
  readonly mode?: number;
  /** How long a CONNECT waits for an answer. Default 15000, as in the driver. */
  readonly connectTimeoutMs?: number;
  /** False leaves the stream flag out: a blocked read then locks out each write to the same open file. */
  readonly stream?: boolean;
  /** Runs the build with address and leak checks: a fault of its C is printed, and its exit code is not 0. */
  readonly checked?: boolean;
}

/** A `/dev/mei0` of a simulated ME that any program can open. Disposal unmounts it and removes all files. */
export interface FuseRig extends AsyncDisposable {
  readonly me: SimulatedMe;
  readonly server: FuseServer;
  /** Path of the file that stands for /dev/mei0. */
  readonly device: string;
  /** The `fuse_mei` process. */
  readonly process: ChildProcess;
  /** Runs a command where the file is /dev/mei0 and /sys shows the profile's host. The real ones are not touched. */
  runInNamespace(command: readonly string[], options?: RunOptions): Promise<Finished>;
  /** Starts one there; the process that this answers is the command itself. */
  startInNamespace(command: readonly string[], env?: Readonly<Record<string, string>>): ChildProcess;
}

const here = fileURLToPath(new URL(".", import.meta.url));
const built = fileURLToPath(new URL("../../../build/fuse-rig/", import.meta.url));

/** Path of a program that `setup.sh` built. */
export function rigProgram(name: "fuse_mei" | "fuse_mei_checked" | "threads" | "calls" | "round_trips"): string {
  return join(built, name);
}

/** Why the rig cannot run here, with the command that helps; `undefined` when it can. Builds its programs. */
export function whyNoFuseRig(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "needs root on Linux: run the tests with sudo";
  if (!existsSync("/dev/fuse")) return "no /dev/fuse: modprobe fuse";
  const setup = spawnSync(join(here, "setup.sh"), { encoding: "utf8" });
  if (setup.status === 3) return setup.stdout.trim();
  if (setup.status !== 0) throw new Error(`setup.sh: ${setup.stderr}${setup.stdout}`);
  return undefined;
}

/** Mounts a `mei0` in a temporary folder, served by `me` in this process. {@link whyNoFuseRig} goes before it. */
export async function startFuseRig(me: SimulatedMe, options: FuseRigOptions = {}): Promise<FuseRig> {
  const folder = await mkdtemp(join(tmpdir(), "amtctl-fuse-"));
  const mount = join(folder, "dev");
  const tree = join(folder, "tree");
  const scratch = join(folder, "scratch");
  await Promise.all([mount, tree, scratch].map((path) => mkdir(path)));
  await writeTree(options.host ?? me.profile.host(), "/sys", join(tree, "sys"));
  const server = await serveFuse(me, join(folder, "socket"), options);
  const child = startFuseMei([join(folder, "socket"), mount], options);

  async function dispose() {
    await terminate(child);
    await server[Symbol.asyncDispose]();
    // After a crash the mount is left to fusermount3, which notices it a little later.
    if (child.exitCode !== 0) spawnSync("umount", ["--lazy", mount]);
    await rmdir(mount);
    await rm(folder, { recursive: true });
  }
  try {
    await ready(child);
  } catch (error) {
    await dispose();
    throw error;
  }
  const inNamespace = [join(mount, "mei0"), tree, scratch];
  return {
    me,
    server,
    device: join(mount, "mei0"),
    process: child,
    runInNamespace: (command, runOptions) =>
      run([join(here, "in_namespace.sh"), ...inNamespace, ...command], runOptions),
    startInNamespace: (command, env) =>
      spawn(join(here, "in_namespace.sh"), [...inNamespace, ...command], { env: { ...process.env, ...env } }),
    [Symbol.asyncDispose]: dispose,
  };
}

function startFuseMei(paths: readonly string[], options: FuseRigOptions): ChildProcess {
  const args = [...paths];
  if (options.mode !== undefined) args.push("--mode", options.mode.toString(8));
  if (options.connectTimeoutMs !== undefined) args.push("--connect-timeout", String(options.connectTimeoutMs));
  if (options.stream === false) args.push("--no-stream");
  return spawn(rigProgram(options.checked === true ? "fuse_mei_checked" : "fuse_mei"), args, {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** Resolves when `fuse_mei` says so; it ends by itself when the mount cannot be made. */
async function ready(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => reject(new Error(`fuse_mei ended: ${code ?? signal}`)));
    child.stdout!.once("data", () => resolve());
  });
}
