import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll } from "vitest";
import { program } from "../../commands/program.ts";
import { root } from "../../commands/root.ts";
import { createSimulator, type Simulator } from "../../simulator/mod.ts";
import { serve } from "../../simulator/serve.ts";
import type { WebFault } from "../../simulator/web_faults.ts";
import { fakeRuntime, type FakeRuntimeOptions } from "./fakes.ts";

/** Of the administrator of simulated machines (docs/simulator.md). */
export const PASSWORD = "P@ssw0rd";

/** For files of the tests, and for what is known of hosts. */
export const folder = mkdtempSync(`${tmpdir()}/wsman-`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command line in this process, with the right password in its environment. */
export async function amtctl(args: readonly string[], options: FakeRuntimeOptions = {}): Promise<Ended> {
  const env = { AMTCTL_PASSWORD: PASSWORD, XDG_CONFIG_HOME: `${folder}/config`, ...options.env };
  const runtime = fakeRuntime(args, { ...options, env });
  const code = await program(runtime, root);
  return { code, out: runtime.stdout, err: runtime.stderr };
}

/** The same with --json: its answer, or its error. */
export async function amtctlJson(args: readonly string[], options: FakeRuntimeOptions = {}) {
  const { code, out, err } = await amtctl([...args, "--json"], options);
  return {
    code,
    answer: out === "" ? undefined : JSON.parse(out),
    error: err === "" ? undefined : JSON.parse(err).error,
  };
}

export interface ServedAmt extends AsyncDisposable {
  readonly simulator: Simulator;
  /** For --host. */
  readonly plain: string;
  readonly tls: string;
  readonly authority: string;
}

export interface ServedOptions {
  readonly profile?: string;
  /** Any, when left out. */
  readonly tlsPort?: number;
}

/** A simulated AMT on ports of loopback, which goes on between command lines. */
export async function served(faults: readonly WebFault[] = [], options: ServedOptions = {}): Promise<ServedAmt> {
  const { profile, tlsPort = 0 } = options;
  const simulator = createSimulator(profile, { amt: { faults } });
  const address = "127.0.0.1";
  const serving = await serve(simulator.me, { plain: { address, port: 0 }, tls: { address, port: tlsPort } });
  return {
    simulator,
    plain: `127.0.0.1:${serving.plain!.port}`,
    tls: `127.0.0.1:${serving.tls!.port}`,
    authority: serving.authority!,
    async [Symbol.asyncDispose]() {
      await serving[Symbol.asyncDispose]();
      simulator[Symbol.dispose]();
    },
  };
}
