/** What a peer may do wrong, as a person at the command line meets it. */

import { type AddressInfo, createServer, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import type { WebFault } from "../../simulator/web_faults.ts";
import { amtctl, amtctlJson, served } from "./wsman_cli.ts";

const get = ["wsman", "get", "AMT_GeneralSettings"];

describe("wsman against a hostile or broken peer", () => {
  it.each<[string, WebFault, number, string, string]>([
    ["an XML bomb", { kind: "bomb" }, 13, "firmware.protocol", "a document type"],
    ["what is no XML", { kind: "malformed" }, 13, "firmware.protocol", "XML at 1:"],
    ["another content type", { kind: "contentType" }, 13, "firmware.protocol", "text/html, not XML"],
    ["an answer of more than 4 MiB", { kind: "long" }, 13, "firmware.protocol", "4194304 bytes"],
    ["a fault", { kind: "unreachable" }, 13, "wsman.fault", "DestinationUnreachable"],
    ["a storm of 401", { kind: "unauthorized", onwards: true }, 9, "auth.refused", "admin"],
    ["a connection that ends each time", { kind: "hangUp", onwards: true }, 10, "net.connect", "127.0.0.1"],
    ["an answer that is cut each time", { kind: "cut", onwards: true }, 10, "net.connect", "127.0.0.1"],
  ])("ends in time, with a code and a hint, for %s", async (_what, fault, code, errorCode, message) => {
    await using amt = await served([fault]);
    const start = performance.now();
    const ended = await amtctlJson([...get, "--host", amt.plain, "--timeout", "15s"]);
    expect([ended.code, ended.error.code]).toEqual([code, errorCode]);
    expect(ended.error.message).toContain(message);
    expect(ended.error.hint).not.toBe("");
    expect(performance.now() - start).toBeLessThan(10_000);
    // The same for people, in one line.
    const { err } = await amtctl([...get, "--host", amt.plain, "--timeout", "15s"]);
    expect(err.length).toBeLessThan(2000);
  });

  it.each<[string, WebFault]>([
    ["one connection that ends before the answer", { kind: "hangUp" }],
    ["one answer that is cut", { kind: "cut" }],
    ["an answer that is a second late", { kind: "slow" }],
  ])("reads all the same after %s", async (_what, fault) => {
    await using amt = await served([fault]);
    const { code, answer } = await amtctlJson([...get, "--host", amt.plain]);
    expect([code, answer?.instance.HostName]).toEqual([0, "laptop1"]);
  });

  it("says what a release does not have, by the fault of the class", async () => {
    await using amt = await served([], { profile: "legacy" });
    const { code, error } = await amtctlJson(["wsman", "get", "IPS_ScreenSettingData", "--host", amt.plain]);
    expect([code, error.details.subcode]).toEqual([13, "DestinationUnreachable"]);
    expect(error.hint).toContain("This release of AMT does not have the class");
  });

  it("ends with 12 for a host that takes connections and never answers", async () => {
    await using host = await silent();
    const { code, error } = await amtctlJson([...get, "--host", host.place, "--timeout", "400ms"]);
    expect([code, error.code]).toEqual([12, "timeout"]);
    expect(await host.closed).toBe(true);
  });

  it("ends with 12 for a host that never speaks TLS", async () => {
    await using host = await silent();
    const { code, error } = await amtctlJson([...get, "--host", host.place, "--tls", "--timeout", "400ms"]);
    expect([code, error.code]).toEqual([12, "timeout"]);
  });

  it("ends with 10 for a port that is closed", async () => {
    const host = await silent();
    await host[Symbol.asyncDispose]();
    const { code, error } = await amtctlJson([...get, "--host", host.place]);
    expect([code, error.code]).toEqual([10, "net.connect"]);
    expect(error.message).toContain("ECONNREFUSED");
  });

  it("ends with 11 and both fingerprints when the certificate is another one than at the first use", async () => {
    const first = await served();
    const host = ["--host", first.tls, "--tls"];
    const known = (await amtctlJson([...get, ...host])).answer.target.fingerprint;
    await first[Symbol.asyncDispose]();
    await using second = await served([], { tlsPort: Number(first.tls.split(":")[1]) });
    const { code, error } = await amtctlJson([...get, ...host]);
    expect([code, error.code]).toEqual([11, "tls.changed"]);
    const shown = await amtctlJson([...get, ...host, "--insecure"]);
    expect(shown.answer.warnings).toEqual([expect.stringContaining("INSECURE")]);
    expect(error.message).toContain(known);
    expect(error.message).toContain(shown.answer.target.fingerprint);
    expect(second.tls).toBe(first.tls);
  });

  it("ends with 11 for a certificate without the pin, and says that it is insecure even when it fails", async () => {
    await using amt = await served();
    const pinned = await amtctlJson([...get, "--host", amt.tls, "--pin", `sha256:${"0".repeat(64)}`]);
    expect([pinned.code, pinned.error.code]).toEqual([11, "tls.untrusted"]);
    const env = { AMTCTL_PASSWORD: "wrong" };
    const refused = await amtctlJson([...get, "--host", amt.tls, "--insecure"], { env });
    expect([refused.code, refused.error.code]).toEqual([9, "auth.refused"]);
    expect(refused.error.hint).toContain("INSECURE");
  });

  it("asks for a password where none is given, and says how when nobody is there", async () => {
    const { code, error } = await amtctlJson([...get, "--device", "sim"], { env: { AMTCTL_PASSWORD: "" } });
    expect([code, error.code]).toEqual([2, "usage"]);
    expect(error.hint).toContain("--password-file");
  });
});

/** A server that takes connections and says nothing. */
async function silent() {
  const sockets: Socket[] = [];
  let isClosed: (value: boolean) => void;
  const closed = new Promise<boolean>((resolve) => isClosed = resolve);
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    socket.on("close", () => isClosed(true));
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    place: `127.0.0.1:${port}`,
    /** Whether a connection was closed by the other side. */
    closed,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
