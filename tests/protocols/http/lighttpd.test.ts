import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HttpClient, type HttpClientOptions } from "../../../protocols/http/mod.ts";
import { fromDuplex } from "../../../transport/duplex.ts";
import { freePort } from "../../services/tunnel/client.ts";
import { text } from "./scripted_server.ts";

const LIGHTTPD = "/usr/sbin/lighttpd";
const isThere = existsSync(LIGHTTPD);
const REALM = "Digest:34BF4B5A0561F95248F58509A406E046";
const users = { admin: "P@ssw0rd", "jürgen": 'pä "ß" €' };

/** Sends back what was posted, and who did. */
const ECHO = '#!/bin/sh\nprintf "Content-Type: text/plain\\r\\n\\r\\n"\nprintf "%s says: " "$REMOTE_USER"\ncat\n';

let folder = "";
let port = 0;
let server: ChildProcess;

beforeAll(async () => {
  if (!isThere) return;
  folder = mkdtempSync(join(tmpdir(), "amtctl-lighttpd-"));
  port = await freePort();
  writeFileSync(
    join(folder, "users"),
    Object.entries(users).map(([user, password]) => `${user}:${password}\n`).join(""),
  );
  writeFileSync(join(folder, "echo.sh"), ECHO);
  chmodSync(join(folder, "echo.sh"), 0o755);
  writeFileSync(join(folder, "hello.txt"), "hello");
  writeFileSync(
    join(folder, "conf"),
    `server.document-root = "${folder}"
server.bind = "127.0.0.1"
server.port = ${port}
server.modules = ("mod_auth", "mod_authn_file", "mod_cgi")
auth.backend = "plain"
auth.backend.plain.userfile = "${folder}/users"
auth.require = ("/" => ("method" => "digest", "algorithm" => "MD5", "realm" => "${REALM}", "require" => "valid-user"))
cgi.assign = (".sh" => "/bin/sh")
`,
  );
  server = spawn(LIGHTTPD, ["-D", "-f", join(folder, "conf")], { stdio: ["ignore", "ignore", "pipe"] });
  for (let log = ""; !log.includes("server started");) log += text((await once(server.stderr!, "data"))[0]);
});

afterAll(async () => {
  if (!isThere) return;
  const gone = once(server, "exit");
  server.kill();
  await gone;
  rmSync(folder, { recursive: true });
});

/** A client, and how often it dialled. */
function clientOf(user: keyof typeof users, more: Partial<HttpClientOptions> = {}) {
  const count = { dials: 0 };
  const client = new HttpClient({
    dial: async (to) => {
      count.dials++;
      const socket = connect({ ...to, allowHalfOpen: true });
      await once(socket, "connect");
      return fromDuplex(socket, `${to.host}:${to.port}`);
    },
    host: "127.0.0.1",
    port,
    credentials: { user, password: () => Promise.resolve(users[user]) },
    ...more,
  });
  return { client, count };
}

const post = (body: string) => ({
  method: "POST",
  path: "/echo.sh",
  body: new TextEncoder().encode(body),
  changes: true,
});

describe.skipIf(!isThere)(
  `HttpClient with lighttpd's digest${
    isThere ? "" : " (skipped: lighttpd is not installed, tests/interop/setup.sh --install)"
  }`,
  () => {
    it.each(["admin", "jürgen"] as const)("is let in as %s", async (user) => {
      const { client } = clientOf(user);
      await using _ = client;
      expect(text((await client.request({ method: "GET", path: "/hello.txt", changes: false })).body)).toBe("hello");
    });
    it("posts request after request over one connection", async () => {
      const { client, count } = clientOf("admin");
      await using _ = client;
      for (const body of ["<a/>", "x".repeat(100_000), "<c/>"]) {
        const reply = await client.request(post(body));
        expect(reply.status).toBe(200);
        expect(text(reply.body)).toBe(`admin says: ${body}`);
      }
      expect(count.dials).toBe(2);
    });
    it("is let in on new connections without another challenge", async () => {
      const statuses: string[] = [];
      const { client, count } = clientOf("admin", { keepAlive: false, onNote: (_, note) => void statuses.push(note) });
      await using _ = client;
      for (const body of ["a", "b", "c"]) {
        expect(text((await client.request(post(body))).body)).toBe(`admin says: ${body}`);
      }
      expect(count.dials).toBe(4);
      expect(statuses.filter((note) => note.includes(": 401"))).toHaveLength(1);
    });
    it("is not let in with another password", async () => {
      const { client } = clientOf("admin", {
        credentials: { user: "admin", password: () => Promise.resolve("wrong") },
      });
      await using _ = client;
      await expect(client.request(post("x"))).rejects.toMatchObject({
        code: "auth.refused",
        details: { realm: REALM },
      });
    });
  },
);
