import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SimulatedMe } from "../../../simulator/me.ts";
import { Agent } from "./agent.ts";
import { within } from "./deadline.ts";
import type { GuestProcess, ShellResult } from "./guest_process.ts";
import { FirmwareLink, type FirmwareLinkOptions } from "./link.ts";

const repository = fileURLToPath(new URL("../../..", import.meta.url));
const setup = fileURLToPath(new URL("setup.sh", import.meta.url));

/** Series of Debian's kernels that the rig knows. */
export type Series = "6.1" | "6.12";

/** Command lines of the runtimes in the guest, to be followed by a program. */
export const runtimes = {
  bun: "/repo/node_modules/bun/bin/bun.exe",
  deno: "/repo/node_modules/deno/deno run -A",
} as const;

/** Why there can be no guest, with the command that mends it; `undefined` when there can. */
export function whyNoGuest(series: Series): string | undefined {
  const check = spawnSync(setup, ["--check", series], { encoding: "utf8" });
  return check.status === 0 ? undefined : check.stderr.trim() || String(check.error);
}

export interface BootOptions {
  /** How long the boot may take. Default 60 s; it needs about 2.5 s on two idle cores. */
  readonly timeoutMs?: number;
}

/**
 * A virtual machine with Debian's kernel, its unmodified mei driver, and no network. The repository is at /repo,
 * read-only, as it was when a file was first looked at. There is no firmware until {@link Guest.firmware}.
 */
export class Guest implements AsyncDisposable {
  readonly #qemu: ChildProcess;
  readonly #folder: string;
  readonly #server: Server;
  #agent: Agent | undefined;
  #complaints = "";

  private constructor(series: Series, folder: string, server: Server) {
    this.#folder = folder;
    this.#server = server;
    this.#qemu = spawn("qemu-system-x86_64", qemuArguments(series, folder), { stdio: ["ignore", "ignore", "pipe"] });
    process.on("exit", this.#kill);
    this.#qemu.stderr!.on("data", (bytes) => void (this.#complaints += bytes));
  }

  /** Resolves when commands can be run; the caller disposes of it. */
  static async boot(series: Series, { timeoutMs = 60_000 }: BootOptions = {}): Promise<Guest> {
    const folder = await mkdtemp(join(tmpdir(), "amtctl-guest-"));
    const server = createServer().listen(join(folder, "agent"));
    const connected = new Promise<Agent>((resolve) =>
      server.once("connection", (socket) => resolve(new Agent(socket)))
    );
    const guest = new Guest(series, folder, server);
    try {
      const died = new Promise<never>((_, reject) => {
        guest.#qemu.once("error", reject);
        guest.#qemu.once("exit", (code) => reject(new Error(`QEMU ended with status ${code}`)));
      });
      const up = connected.then(async (agent) => {
        guest.#agent = agent;
        await agent.ready;
      });
      await within(Promise.race([up, died]), timeoutMs, () => "boot of the guest");
      return guest;
    } catch (error) {
      const told = guest.console.slice(-4000);
      await guest[Symbol.asyncDispose]();
      throw new Error(`${error}\n--- console\n${told}`, { cause: error });
    }
  }

  /** What the guest wrote to its serial console, and QEMU to its own output. */
  get console(): string {
    const path = join(this.#folder, "console");
    return (existsSync(path) ? readFileSync(path, "latin1") : "") + this.#complaints;
  }

  /** Error numbers with which the virtual hardware refused what a firmware said; none, unless a test is wrong. */
  get refusals(): readonly number[] {
    return this.#agent!.refusals;
  }

  /** Starts a command, with its input open. */
  start(command: string): GuestProcess {
    return this.#agent!.start(command);
  }

  /** Runs a command to its end, without input; after `timeoutMs` (default 30 s) it is killed and this rejects. */
  async sh(command: string, { timeoutMs = 30_000 }: { readonly timeoutMs?: number } = {}): Promise<ShellResult> {
    const process = this.start(command);
    process.endInput();
    try {
      return await process.exited(timeoutMs);
    } catch (error) {
      process.kill();
      throw error;
    }
  }

  /** Makes a simulated ME the firmware of this machine, until the link is disposed of. One at a time. */
  firmware(me: SimulatedMe, options: FirmwareLinkOptions = {}): Promise<FirmwareLink> {
    return FirmwareLink.attach(this.#agent!, me, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise<void>((resolve) => this.#qemu.once("close", () => resolve()));
    this.#agent?.fail(new Error("the guest was shut down"));
    const running = this.#qemu.pid !== undefined && this.#qemu.exitCode === null && this.#qemu.signalCode === null;
    this.#kill();
    this.#server.close();
    if (running) await within(ended, 10_000, () => "end of QEMU");
    process.off("exit", this.#kill);
    await rm(this.#folder, { recursive: true, force: true });
  }

  readonly #kill = () => void this.#qemu.kill("SIGKILL");
}

function qemuArguments(series: Series, folder: string): string[] {
  const built = join(repository, "build/kernel-rig", series);
  return [
    ...["-accel", "tcg", "-machine", "pc", "-cpu", "max", "-smp", "2", "-m", "1024"],
    ...["-nodefaults", "-no-user-config", "-no-reboot", "-display", "none"],
    // To a file: a pipe that nobody reads any more would hold up the guest's end.
    ...["-serial", `file:${join(folder, "console")}`],
    ...["-device", "virtio-serial-pci"],
    ...["-chardev", `socket,id=agent,path=${join(folder, "agent")}`],
    ...["-device", "virtserialport,chardev=agent,name=agent"],
    ...["-device", "pci-testdev,addr=0x16"],
    ...["-virtfs", `local,path=${repository},mount_tag=repo,security_model=none,readonly=on,multidevs=remap`],
    ...["-kernel", join(built, "kernel/vmlinux"), "-initrd", join(built, "guest/initrd")],
    ...["-append", kernelArguments.join(" ")],
  ];
}

/** A panic ends QEMU (`-no-reboot`); the rest leaves out what costs time under emulation. */
const kernelArguments = [
  ...["console=ttyS0", "quiet", "loglevel=4", "panic=-1"],
  ...["mitigations=off", "tsc=reliable", "no_timer_check", "nokaslr", "cryptomgr.notests", "audit=0", "apparmor=0"],
];
