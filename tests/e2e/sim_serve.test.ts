/** The simulated AMT on ports, against clients that nobody here wrote, and our client against it by every way. */

import { Ajv2020 } from "ajv/dist/2020.js";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { schemas } from "../../schemas/mod.ts";
import { type Form, forms, run, sourceForms } from "./processes.ts";

const folder = mkdtempSync(`${tmpdir()}/sim-serve-`);
afterAll(() => rmSync(folder, { recursive: true }));

/** What each client has to read, by docs/simulator.md. */
const expected = { HostName: "laptop1", DomainName: "example.com", DDNSTTL: 900, SharedFQDN: true };

/** A Get of AMT_GeneralSettings, typed from the table of headers in DMTF's DSP0226. */
const envelope = `<?xml version="1.0" encoding="utf-8"?>
<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"
    xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"
    xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd">
  <s:Header>
    <a:Action>http://schemas.xmlsoap.org/ws/2004/09/transfer/Get</a:Action>
    <a:To>/wsman</a:To>
    <w:ResourceURI>http://intel.com/wbem/wscim/1/amt-schema/1/AMT_GeneralSettings</w:ResourceURI>
    <a:MessageID>7</a:MessageID>
    <a:ReplyTo><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo>
  </s:Header>
  <s:Body/>
</s:Envelope>`;

interface Server {
  readonly event: { plain: string; tls: string; authority: string };
  /** Ends it; resolves with its exit code and all that it printed. */
  stop(signal: NodeJS.Signals): Promise<{ code: number | null; out: string; err: string }>;
}

async function serve({ program }: Form, ...args: string[]): Promise<Server> {
  const { PATH = "", HOME = "/root" } = process.env;
  const child = spawn(program[0]!, [...program.slice(1), "sim", "serve", ...args, "--ndjson"], { env: { PATH, HOME } });
  let [out, err] = ["", ""];
  child.stderr.on("data", (chunk) => err += chunk);
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (chunk) => {
      out += chunk;
      if (out.includes("\n")) resolve();
    });
    ended.then((code) => reject(new Error(`it ended with ${code}: ${err}`)));
  });
  return {
    event: JSON.parse(out),
    async stop(signal) {
      child.kill(signal);
      return { code: await ended, out, err };
    },
  };
}

const missing = ["curl", "openssl"].filter((name) => spawnSync(name, ["--version"]).error !== undefined);

describe.each(forms)("sim serve on $name", (form) => {
  let server: Server;
  const authority = `${folder}/${form.name.replaceAll(" ", "-")}.pem`;
  const request = `${folder}/get.xml`;
  beforeAll(async () => {
    writeFileSync(request, envelope);
    server = await serve(form, "--listen", "0", "--tls", "0", "--ca-out", authority);
  });
  afterAll(async () => {
    const { code, err } = await server.stop("SIGKILL");
    expect([code, err]).toEqual([null, ""]);
  });

  const curl = (...args: string[]) =>
    run(["curl", "--silent", "--show-error", "--max-time", "20", "--data-binary", `@${request}`, ...args]);
  const soap = ["--header", "Content-Type: application/soap+xml; charset=utf-8"];
  const digest = ["--digest", "--user", "admin:P@ssw0rd"];

  it("tells of it as its schema says", async () => {
    const validate = new Ajv2020({ strict: true }).compile((await schemas.sim_serve()).default);
    validate(server.event);
    expect(validate.errors ?? []).toEqual([]);
  });

  it.skipIf(missing.includes("curl"))("answers curl with digest authentication, plain and with TLS", async () => {
    const { plain, tls } = server.event;
    for (const place of [[`http://${plain}/wsman`], [`https://${tls}/wsman`, "--cacert", authority]]) {
      const { code, out } = await curl(...digest, ...soap, ...place);
      expect(code).toBe(0);
      expect(out).toMatch(/<\w+:RelatesTo>7<\/\w+:RelatesTo>/);
      expect(out).toMatch(/<\w+:HostName>laptop1<\/\w+:HostName>/);
    }
  });

  it.skipIf(missing.includes("curl"))("asks for a digest by a header that is spelled WWW-Authenticate", async () => {
    const url = `http://${server.event.plain}/wsman`;
    const { out } = await curl(...soap, "--include", "--http1.1", url);
    expect(out).toMatch(/^HTTP\/1\.1 401 /);
    expect(out).toMatch(/^WWW-Authenticate: Digest realm="Digest:1A2B3C4D5E6F4A108B0100005E005301", nonce="[^"]+"/m);
    const wrong = await curl("--digest", "--user", "admin:wrong", ...soap, "--write-out", "%{http_code}", url);
    expect(wrong.out).toMatch(/401$/);
  });

  it.skipIf(missing.includes("curl"))("is refused by curl without its authority", async () => {
    const { code } = await curl(...digest, ...soap, `https://${server.event.tls}/wsman`);
    // 60: the certificate cannot be authenticated with known ones.
    expect(code).toBe(60);
  });

  it.skipIf(missing.includes("openssl"))("shows openssl a certificate that its authority signed", async () => {
    const [address, port] = server.event.tls.split(":");
    const { out, err } = await run([
      "openssl",
      "s_client",
      "-connect",
      `${address}:${port}`,
      "-CAfile",
      authority,
      "-verify_return_error",
      "-verify_ip",
      address!,
      "-brief",
    ]);
    expect(out + err).toContain("Protocol version: TLSv1.2");
    expect(out + err).toContain("Verification: OK");
  });
});

describe.each(sourceForms)("our client on $name", (client) => {
  const env = { AMTCTL_PASSWORD: "P@ssw0rd", XDG_CONFIG_HOME: `${folder}/${client.name}` };
  const get = async (...args: string[]) => {
    const words = ["wsman", "get", "AMT_GeneralSettings", "--json", ...args];
    const { code, out, err } = await run([...client.program, ...words], { env });
    expect([code, err]).toEqual([0, ""]);
    return JSON.parse(out);
  };

  it.each(sourceForms)("reads the same by TCP and TLS from $name, and by APF", async (form) => {
    const server = await serve(form, "--listen", "0", "--tls", "0");
    try {
      const { plain, tls } = server.event;
      const tcp = await get("--host", plain);
      const secured = await get("--host", tls, "--tls");
      const apf = await get("--device", "sim");
      expect(tcp.instance).toMatchObject(expected);
      expect(secured.instance).toEqual(tcp.instance);
      expect(apf.instance).toEqual(tcp.instance);
      expect([tcp, secured, apf].map(({ target }) => [target.by, target.tls])).toEqual([
        ["tcp", false],
        ["tcp", true],
        ["apf", false],
      ]);
    } finally {
      await server.stop("SIGKILL");
    }
  });
});

describe.each(forms)("sim serve on $name is interrupted", (form) => {
  it.each(["SIGINT", "SIGTERM"] as const)("by %s: it ends at once, with a connection open", async (signal) => {
    const server = await serve(form, "--listen", "0");
    const idle = openConnection(server.event.plain);
    await idle.open;
    const start = performance.now();
    const { code, err } = await server.stop(signal);
    expect(performance.now() - start).toBeLessThan(2000);
    expect([code, JSON.parse(err).error.code]).toEqual([130, "cancelled"]);
    await idle.closed;
  });
});

/** Opens one, and begins a request on it. */
function openConnection(place: string) {
  const [host, port] = place.split(":");
  const socket = connect({ host: host!, port: Number(port) });
  socket.on("error", () => {});
  return {
    open: new Promise<void>((resolve) =>
      socket.on("connect", () => socket.write("POST /wsman HTTP/1.1\r\n", () => resolve()))
    ),
    closed: new Promise<void>((resolve) => socket.on("close", () => resolve())),
  };
}
