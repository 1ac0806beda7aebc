import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { program } from "../../commands/program.ts";
import { root } from "../../commands/root.ts";
import type { SimServeOutput } from "../../commands/sim_serve.schema.ts";
import { type FakeRuntime, fakeRuntime } from "./fakes.ts";
import { amtctl, amtctlJson, folder } from "./wsman_cli.ts";

type Listening = Extract<SimServeOutput, { event: "listening" }>;

interface Running {
  readonly runtime: FakeRuntime;
  readonly event: Listening;
  /** Interrupts it, and waits for its exit code. */
  stop(): Promise<number>;
}

async function serving(...args: string[]): Promise<Running> {
  const runtime = fakeRuntime(["sim", "serve", ...args, "--ndjson"]);
  const done = program(runtime, root);
  await expect.poll(() => runtime.stdout, { timeout: 10_000 }).toContain("\n");
  return {
    runtime,
    event: JSON.parse(runtime.stdout),
    stop: () => {
      runtime.interrupt();
      return done;
    },
  };
}

function refused(place: string): Promise<string | undefined> {
  const [host, port] = place.split(":");
  return new Promise((resolve) => {
    const socket = connect({ host: host!, port: Number(port) });
    socket.on("error", (error) => resolve((error as { code?: string }).code));
    socket.on("connect", () => {
      socket.destroy();
      resolve(undefined);
    });
  });
}

describe("sim serve", () => {
  it("tells where it listens and how to log in, serves there, and closes all when it is interrupted", async () => {
    const authority = `${folder}/ca.pem`;
    const { event, stop } = await serving("--listen", "0", "--tls", "127.0.0.1:0", "--ca-out", authority);
    expect(event).toMatchObject({
      event: "listening",
      profile: "activated",
      plain: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      tls: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      user: "admin",
      password: "P@ssw0rd",
    });
    expect(readFileSync(authority, "utf8")).toBe(event.authority);
    expect(event.authority).toMatch(/^-----BEGIN CERTIFICATE-----\r?\n/);
    const get = ["wsman", "get", "AMT_GeneralSettings"];
    const { answer } = await amtctlJson([...get, "--host", event.plain!]);
    expect(answer.instance.HostName).toBe("laptop1");
    const put = ["wsman", "put", "AMT_GeneralSettings", "HostName=other", "--host", event.tls!, "--tls"];
    expect((await amtctl(put)).code).toBe(0);
    expect((await amtctlJson([...get, "--host", event.plain!])).answer.instance.HostName).toBe("other");
    expect(await stop()).toBe(130);
    expect([await refused(event.plain!), await refused(event.tls!)]).toEqual(["ECONNREFUSED", "ECONNREFUSED"]);
  });

  it("ends connections that are open when it is interrupted", async () => {
    const { event, stop } = await serving("--listen", "0");
    const [host, port] = event.plain!.split(":");
    const socket = connect({ host: host!, port: Number(port) });
    const closed = new Promise((resolve) => socket.on("close", resolve));
    socket.on("error", () => {});
    await new Promise((resolve) => socket.on("connect", resolve));
    socket.write("POST /wsman HTTP/1.1\r\n");
    const code = await stop();
    expect(code).toBe(130);
    await closed;
  });

  it("is the machine that --as names, with the account that it has", async () => {
    const unprovisioned = await serving("--listen", "0", "--as", "unprovisioned");
    expect(unprovisioned.event).toMatchObject({
      profile: "unprovisioned",
      tls: null,
      authority: null,
      user: "$$OsAdmin",
      password: "simulated-osadmin-unprovisioned",
    });
    await unprovisioned.stop();
    const tls = await serving("--tls", "0", "--as", "tls-only");
    expect(tls.event).toMatchObject({ profile: "tls-only", plain: null });
    await tls.stop();
  });

  it("shows what is on its screen, so that the user's consent can be given", async () => {
    const { event, runtime, stop } = await serving("--listen", "0");
    const invoke = (...args: string[]) => amtctlJson(["wsman", "invoke", ...args, "--host", event.plain!]);
    expect((await invoke("IPS_OptInService", "StartOptIn")).code).toBe(0);
    const screen = JSON.parse(runtime.stdout.split("\n")[1]!);
    expect(screen).toMatchObject({ event: "screen", code: expect.stringMatching(/^\d{6}$/) });
    expect((await invoke("IPS_OptInService", "SendOptInCode", `OptInCode=${screen.code}`)).code).toBe(0);
    const role = ["CIM_BootService", "SetBootConfigRole", "Role=1"];
    const boot = "BootConfigSetting=CIM_BootConfigSetting?InstanceID=Intel(r) AMT: Boot Configuration 0";
    expect((await invoke(...role, boot)).code).toBe(0);
    expect(await stop()).toBe(130);
  });

  it("tells of each connection with -v", async () => {
    const runtime = fakeRuntime(["sim", "serve", "--listen", "0", "-v"]);
    const done = program(runtime, root);
    await expect.poll(() => runtime.stdout).toContain("log in as admin with P@ssw0rd");
    const [, place] = /http:\/\/(127\.0\.0\.1:\d+)/.exec(runtime.stdout)!;
    expect(await refused(place!)).toBeUndefined();
    await expect.poll(() => runtime.stderr).toMatch(/^127\.0\.0\.1:\d+ connects$/m);
    runtime.interrupt();
    expect(await done).toBe(130);
  });

  it.each<[string, number]>([
    ["lost@AMT_GeneralSettings.Put", 15],
    ["unreachable:2+", 13],
    ["unauthorized:1+", 9],
  ])("goes wrong as --fault %s says", async (fault, code) => {
    const { event, stop } = await serving("--listen", "0", "--fault", fault);
    const put = ["wsman", "put", "AMT_GeneralSettings", "HostName=other", "--host", event.plain!];
    expect((await amtctl(put)).code).toBe(code);
    await stop();
  });

  it.each<[string[], string]>([
    [[], "nowhere to listen"],
    [["--listen", "0.0.0.0:16992"], "0.0.0.0 is no loopback address"],
    [["--tls", "[::]:0"], ":: is no loopback address"],
    [["--listen", "70000"], "no place to listen"],
    [["--listen", "0", "--ca-out", "x"], "--ca-out without --tls"],
    [["--listen", "0", "--as", "nope"], `profile "nope" is unknown`],
    [["--listen", "0", "--as", "disabled"], "no AMT to serve"],
    [["--listen", "0", "--as", "tls-only"], "no port 16992"],
    [["--listen", "0", "--fault", "nope"], `"nope" is no fault`],
    [["--listen", "0", "--fault", "lost:0"], `"lost:0" is no fault`],
    [["--listen", "0", "--fault", "constructor"], `"constructor" is no fault`],
  ])("refuses %j with exit code 2", async (args, message) => {
    const { code, error } = await amtctlJson(["sim", "serve", ...args]);
    expect([code, error.code]).toEqual([2, "usage"]);
    expect(error.message).toContain(message);
  });

  it("ends with 5 when the port is taken", async () => {
    const { event, stop } = await serving("--listen", "0");
    const { code, error } = await amtctlJson(["sim", "serve", "--listen", event.plain!]);
    expect([code, error.code]).toEqual([5, "net.listen"]);
    await stop();
  });

  it("ends, with nothing listening, when the certificate cannot be written", async () => {
    const { code } = await amtctlJson(["sim", "serve", "--tls", "0", "--ca-out", "/nonexistent/ca.pem"]);
    expect(code).not.toBe(0);
  });
});

const openssl = ["/usr/bin/openssl", "/usr/local/bin/openssl"].some((path) => existsSync(path));

describe.skipIf(!openssl)(`sim serve --ca-out${openssl ? "" : " (openssl is not installed)"}`, () => {
  it("writes a certificate authority that openssl reads", async () => {
    const { event, stop } = await serving("--tls", "0");
    const read = spawnSync("openssl", ["x509", "-noout", "-subject", "-ext", "basicConstraints"], {
      input: event.authority!,
      encoding: "utf8",
    });
    expect(read.stdout).toMatch(/CN ?= ?Simulated AMT authority of laptop1\.example\.com/);
    expect(read.stdout).toContain("CA:TRUE");
    await stop();
  });
});
