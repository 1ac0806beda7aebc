import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import { type AmtFlags } from "../../commands/amt_flags.ts";
import type { Context } from "../../commands/command.ts";
import { openAmt, type OpenAmtOptions } from "../../commands/open_amt.ts";
import { AmtError } from "../../core/errors/mod.ts";
import { LME } from "../../protocols/mei/known_clients.ts";
import { xmlText } from "../../protocols/wsman/mod.ts";
import { createSimulator, type Simulator, type SimulatorOptions } from "../../simulator/mod.ts";
import { serve } from "../../simulator/serve.ts";
import { treeHost } from "../services/tree_host.ts";
import { listening, type ListeningSocket } from "../services/wsman/listening.ts";
import { fakeContext } from "./fakes.ts";

/** The simulated AMT's own (docs/simulator.md). */
const PASSWORD = "P@ssw0rd";

const noFlags: AmtFlags = {
  host: undefined,
  tls: false,
  pin: [],
  insecure: false,
  legacyTls: false,
  user: undefined,
  passwordFile: undefined,
  passwordFd: undefined,
};

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

interface Around {
  readonly simulator?: Simulator;
  readonly env?: Readonly<Record<string, string>>;
  /** What a person answers. */
  readonly answer?: string;
  /** Listeners of a real machine. */
  readonly sockets?: readonly ListeningSocket[];
}

function context({ simulator, env = {}, answer, sockets }: Around) {
  const questions: string[] = [];
  const abort = new AbortController();
  const host = sockets === undefined ? simulator?.host : treeHost({ "/proc/net/tcp": listening(...sockets) });
  const machine = {
    ...(host === undefined ? {} : { host }),
    simulated: sockets === undefined,
    openMei: () =>
      simulator === undefined ? Promise.reject(new Error("no ME is here")) : Promise.resolve(simulator.mei),
  };
  const base = fakeContext(machine);
  const made: Context = {
    ...base,
    signal: abort.signal,
    env: (name) => env[name],
    askSecret(question) {
      questions.push(question);
      return answer === undefined ? Promise.reject(new AmtError("usage", "nobody is there")) : Promise.resolve(answer);
    },
  };
  return { context: made, questions, abort, notes: base.notes.all };
}

async function open(around: Around, flags: Partial<AmtFlags> = {}, options: OpenAmtOptions = {}) {
  const made = context(around);
  const amt = await openAmt(made.context, { ...noFlags, ...flags }, options);
  opened.push(() => amt[Symbol.asyncDispose]());
  return { amt, ...made };
}

function simulated(profile: string, options: SimulatorOptions = {}): Simulator {
  const simulator = createSimulator(profile, options);
  opened.push(() => simulator[Symbol.dispose]());
  return simulator;
}

/** A simulated AMT on a free port of loopback. */
async function served(kind: "plain" | "tls", simulator = simulated("activated")) {
  const serving = await serve(simulator.me, { [kind]: { address: "127.0.0.1", port: 0 } });
  opened.push(() => serving[Symbol.asyncDispose]());
  return { host: "127.0.0.1", port: serving[kind]!.port };
}

function configFolder(): string {
  const folder = mkdtempSync(`${tmpdir()}/open-amt-`);
  opened.push(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function hostName(amt: Awaited<ReturnType<typeof open>>["amt"]): Promise<string | undefined> {
  return xmlText(await amt.wsman.get("AMT_GeneralSettings"), "HostName");
}

describe("openAmt over the network", () => {
  it("talks to the host, and needs no machine", async () => {
    const { amt, notes } = await open({ env: { AMTCTL_PASSWORD: PASSWORD } }, { host: await served("plain") });
    expect(await hostName(amt)).toBe("laptop1");
    expect(await hostName(amt)).toBe("laptop1");
    const { host, port, ...rest } = amt.way;
    expect(rest).toEqual({ by: "tcp", tls: false, trusted: null, fingerprint: null });
    expect(notes).toContain(`1 way: over the network to ${host}:${port}`);
    expect(amt.warnings).toEqual([]);
  });
  it("asks a person once, when AMT asks, and who is meant", async () => {
    const { amt, questions } = await open({ answer: PASSWORD }, { host: await served("plain") });
    expect(questions).toEqual([]);
    await hostName(amt);
    await hostName(amt);
    expect(questions).toEqual(["Password for admin@127.0.0.1: "]);
  });
  it("rejects with auth.refused for a wrong password, and with what the source of it says", async () => {
    const host = await served("plain");
    const { amt } = await open({ answer: "wrong" }, { host });
    await expect(hostName(amt)).rejects.toMatchObject({ code: "auth.refused" });
    const { amt: alone } = await open({}, { host });
    await expect(hostName(alone)).rejects.toMatchObject({ code: "usage", message: "nobody is there" });
  });
  it("rejects with usage when a local user's password is not given", async () => {
    const host = await served("plain");
    await expect(open({}, { host, user: "$$OsAdmin" })).rejects.toMatchObject({ code: "usage" });
    const env = { AMTCTL_PASSWORD: "simulated-osadmin-activated" };
    const { amt } = await open({ env }, { host, user: "$$OsAdmin" });
    expect(amt.way.by).toBe("tcp");
  });
  it("throws usage when the password and the command are to come from standard input", async () => {
    const flags = { host: { host: "amt.example", port: undefined }, passwordFile: "-" };
    await expect(open({}, flags, { readsInput: true })).rejects.toMatchObject({ code: "usage" });
  });
  it("ends a wait when the context's signal fires", async () => {
    const { amt, abort } = await open({
      env: { AMTCTL_PASSWORD: PASSWORD },
    }, { host: await served("plain") });
    const getting = hostName(amt);
    abort.abort(new AmtError("cancelled", "interrupted"));
    await expect(getting).rejects.toMatchObject({ code: "cancelled" });
  });
});

describe("openAmt with TLS", () => {
  it("remembers what it met, in known_hosts alone, and knows it again", async () => {
    const env = { AMTCTL_PASSWORD: PASSWORD, XDG_CONFIG_HOME: configFolder() };
    const host = await served("tls");
    const { amt: first } = await open({ env }, { host, tls: true });
    await hostName(first);
    expect(first.way).toMatchObject({ by: "tcp", tls: true, trusted: "firstUse" });
    const known = readFileSync(`${env.XDG_CONFIG_HOME}/amtctl/known_hosts`, "utf8");
    expect(known).toContain(`127.0.0.1:${host.port} ${first.way.fingerprint}`);
    const { amt: second } = await open({ env }, { host, tls: true });
    await hostName(second);
    expect(second.way).toMatchObject({ trusted: "knownHosts", fingerprint: first.way.fingerprint });
  });
  it("asks for TLS and trusts the pinned certificate alone, and writes nothing, with --pin", async () => {
    const env = { AMTCTL_PASSWORD: PASSWORD, XDG_CONFIG_HOME: configFolder() };
    const host = await served("tls");
    const wrong = `sha256:${"0a".repeat(32)}`;
    const { amt: refused } = await open({ env, answer: PASSWORD }, { host, pin: [wrong] });
    const error = await hostName(refused).catch((error) => error);
    expect(error).toMatchObject({ code: "tls.untrusted" });
    const { amt } = await open({ env }, { host, pin: [wrong, error.details.fingerprint] });
    await hostName(amt);
    expect(amt.way).toMatchObject({ tls: true, trusted: "pin" });
    expect(existsSync(`${env.XDG_CONFIG_HOME}/amtctl`)).toBe(false);
  });
  it("warns once of --insecure, which asks for TLS", async () => {
    const env = { AMTCTL_PASSWORD: PASSWORD, XDG_CONFIG_HOME: configFolder() };
    const { amt } = await open({ env }, { host: await served("tls"), insecure: true });
    await hostName(amt);
    await hostName(amt);
    expect(amt.way).toMatchObject({ tls: true, trusted: "insecure" });
    expect(amt.warnings).toEqual([expect.stringContaining("INSECURE")]);
  });
});

describe("openAmt on this machine", () => {
  it("goes through the firmware, and leaves LME free", async () => {
    const simulator = simulated("activated");
    const { amt, questions } = await open({ simulator, answer: PASSWORD });
    expect(await hostName(amt)).toBe("laptop1");
    expect(await hostName(amt)).toBe("laptop1");
    expect(amt.way).toEqual({
      by: "apf",
      host: "127.0.0.1",
      port: 16992,
      tls: false,
      trusted: null,
      fingerprint: null,
    });
    expect(questions).toEqual(["Password for admin@localhost: "]);
    await amt[Symbol.asyncDispose]();
    await (await simulator.mei.connect(LME))[Symbol.asyncDispose]();
  });
  it("speaks TLS through it to firmware that has nothing else, and writes nothing down of a simulated one", async () => {
    const env = { AMTCTL_PASSWORD: PASSWORD, XDG_CONFIG_HOME: configFolder() };
    const { amt } = await open({ simulator: simulated("tls-only"), env });
    expect(await hostName(amt)).toBe("desk6");
    expect(amt.way).toMatchObject({ by: "apf", port: 16993, tls: true, trusted: "firstUse" });
    expect(existsSync(`${env.XDG_CONFIG_HOME}/amtctl`)).toBe(false);
    expect(amt.warnings).toEqual([expect.stringMatching(/^local@\S+:16993: first use/)]);
  });
  it("has AMTHI tell the local user's password", async () => {
    const { amt, questions } = await open({ simulator: simulated("activated") }, { user: "$$OsAdmin" });
    expect(await hostName(amt)).toBe("laptop1");
    expect(questions).toEqual([]);
  });
  it("does not take the environment's password for the local user's", async () => {
    const env = { AMTCTL_PASSWORD: "wrong" };
    const { amt } = await open({ simulator: simulated("activated"), env }, { user: "$$OsAdmin" });
    expect(await hostName(amt)).toBe("laptop1");
  });
  it("rejects with mei.busy when somebody has LME", async () => {
    const simulator = simulated("activated");
    const other = await simulator.mei.connect(LME);
    opened.push(() => other[Symbol.asyncDispose]());
    await expect(open({ simulator })).rejects.toMatchObject({ code: "mei.busy" });
  });
  it("leaves LME free when the firmware has no TLS that was asked for", async () => {
    const simulator = simulated("activated");
    await expect(open({ simulator }, { tls: true })).rejects.toMatchObject({ code: "net.connect" });
    await (await simulator.mei.connect(LME))[Symbol.asyncDispose]();
  });

  it("goes through root's local management service, and opens no device", async () => {
    const { amt, notes } = await open({ sockets: [{ local: "0100007F:4260", uid: 0 }] });
    expect(amt.way).toMatchObject({ by: "lms", host: "127.0.0.1", port: 16992, tls: false });
    expect(notes).toEqual(["1 way: through the local management service to 127.0.0.1:16992"]);
  });
  it("passes a stranger on AMT's port over, and warns of it", async () => {
    const sockets = [{ local: "0100007F:4260", uid: 4711 }];
    const { amt } = await open({ simulator: simulated("activated"), sockets, answer: PASSWORD });
    expect(await hostName(amt)).toBe("laptop1");
    expect(amt.way.by).toBe("apf");
    const warning = "127.0.0.1:16992 belongs to user 4711, and not to root, so that no password is sent there";
    expect(amt.warnings).toEqual([warning]);
  });
  it("warns of the stranger also when somebody has LME", async () => {
    const simulator = simulated("activated");
    const other = await simulator.mei.connect(LME);
    opened.push(() => other[Symbol.asyncDispose]());
    const { context: made, notes } = context({ simulator, sockets: [{ local: "0100007F:4260", uid: 4711 }] });
    await expect(openAmt(made, noFlags)).rejects.toMatchObject({ code: "mei.busy" });
    expect(notes).toContainEqual(expect.stringMatching(/^warning 127.0.0.1:16992 belongs to user 4711/));
  });
});
