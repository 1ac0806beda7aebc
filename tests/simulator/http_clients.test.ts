import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSimulator } from "../../simulator/mod.ts";
import { pattern } from "../../simulator/pattern.ts";
import { serveTcp, type TcpService } from "./http_stream.ts";

const service = createSimulator("activated").me.amt!.services.get(16992)!;

const hasCurl = (() => {
  try {
    return execFileSync("curl", ["--version"]).length > 0;
  } catch {
    return false;
  }
})();

function curl(...args: string[]): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const options = { encoding: "buffer", maxBuffer: 64 * 1024 * 1024 } as const;
    execFile(
      "curl",
      ["-sS", "--max-time", "15", ...args],
      options,
      (error, out) => error ? reject(error) : resolve(out),
    );
  });
}

const sha256 = (parts: Iterable<Uint8Array>) => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
};

describe.skipIf(!hasCurl)(`the simulated AMT's HTTP server with curl${hasCurl ? "" : " (skipped: no curl)"}`, () => {
  let tcp: TcpService;
  const url = (path: string) => `http://127.0.0.1:${tcp.port}${path}`;
  const admin = ["--digest", "-u", "admin:P@ssw0rd"];
  beforeAll(async () => {
    tcp = await serveTcp(service);
  });
  afterAll(() => tcp[Symbol.asyncDispose]());

  it.each([["admin:P@ssw0rd"], ["$$OsAdmin:simulated-osadmin-activated"]])(
    "--digest as %s fetches the page",
    async (user) => {
      const page = await curl("--digest", "-u", user, url("/"));
      expect(new TextDecoder().decode(page)).toContain("Simulated AMT");
    },
  );
  it("a wrong password gets 401 and the server's name", async () => {
    const head = new TextDecoder().decode(
      await curl("--digest", "-u", "admin:wrong", "-D", "-", "-o", "/dev/null", url("/")),
    );
    expect(head).toContain("401 Unauthorized");
    expect(head).toContain("Server: Intel(R) Active Management Technology 16.1.25.2049");
    expect(head).toContain('realm="Digest:1A2B3C4D5E6F4A108B0100005E005301"');
  });
  it("fetches 5,000,000 bytes with the right checksum", async () => {
    expect(sha256([await curl(...admin, url("/bytes/5000000"))])).toBe(sha256(pattern(5_000_000)));
  });
  it("posts 3,000,000 bytes and gets them back, with a length and in chunks", async () => {
    const body = Uint8Array.from([...pattern(3_000_000, 17)].flatMap((piece) => [...piece]));
    for (const header of [[], ["-H", "Transfer-Encoding: chunked"]]) {
      const back = await post(body, ...admin, ...header, url("/echo"));
      expect(sha256([back])).toBe(sha256([body]));
    }
  });
  it("keeps the connection after 200, and not after 401", async () => {
    const before = tcp.connections;
    await curl(...admin, url("/bytes/1"), url("/bytes/2"), url("/bytes/3"));
    // For each curl first asks without digest, on the connection of the answer before.
    expect(tcp.connections - before).toBe(4);
  });
});

/** Posts what is given to curl on its standard input. */
function post(body: Uint8Array, ...args: string[]): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const options = { encoding: "buffer", maxBuffer: 64 * 1024 * 1024 } as const;
    const all = ["-sS", "--max-time", "15", "--data-binary", "@-", ...args];
    const child = execFile("curl", all, options, (error, out) => error ? reject(error) : resolve(out));
    child.stdin!.end(body);
  });
}
