import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { packTar } from "modern-tar";
import { describe, expect, it, vi } from "vitest";
import { AmtError } from "../../core/errors/mod.ts";
import { unpack } from "../../services/bundle/archive.ts";
import { makeBundle, type PartSource } from "../../services/bundle/make_bundle.ts";
import { readBundle } from "../../services/bundle/read_bundle.ts";
import { HostTree } from "../../simulator/host_tree.ts";

const host = new HostTree();
const facts = { amtctl: "0.1.0", device: "/dev/mei0", runtime: "deno 2.9.6", system: "linux x86_64 6.12.0" };
const options = { identifying: false, signal: new AbortController().signal, partMs: 1000, time: new Date(1e12) };

const part = (name: string, value: object): PartSource => ({ name, read: () => Promise.resolve(value) });
const make = (parts: PartSource[], more: Partial<typeof options> = {}) =>
  makeBundle(host, facts, parts, { ...options, ...more });

/** A tar.gz by these entries, whatever they are. */
async function archive(entries: Parameters<typeof packTar>[0]): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(gzipSync(await packTar(entries)));
}

function file(name: string, text: string) {
  return { header: { name, size: new TextEncoder().encode(text).length }, body: text };
}

function manifestWith(...files: object[]) {
  const time = "2001-09-09T01:46:40.000Z";
  return file(
    "manifest.json",
    JSON.stringify({ format: "amtctl bundle", formatVersion: 1, identifying: false, time, ...facts, files }),
  );
}

const listed = (name: string) => ({ name, size: 2, sha256: "", error: null });

describe("makeBundle", () => {
  it("makes what readBundle reads, with the size and hash of every part", async () => {
    const { manifest, archive } = await make([part("status", { a: 1 }), part("doctor", { b: [] })]);
    const read = await readBundle(archive);
    expect(read).toEqual({
      manifest,
      parts: new Map<string, object>([["status", { a: 1 }], ["doctor", { b: [] }]]),
      unavailable: [],
      warnings: [],
    });
    // As sha256sum prints it for these 13 bytes.
    expect(manifest).toMatchObject({
      ...facts,
      format: "amtctl bundle",
      time: "2001-09-09T01:46:40.000Z",
      identifying: false,
      files: [{
        name: "status.json",
        size: 13,
        sha256: "5e36b6560513586ced65eca0e8b025fe88edbcab82ba2cb67a5fcb2d7b202383",
      }, { name: "doctor.json" }],
    });
  });
  it("has the error in the place of a part that fails, and goes on", async () => {
    const failing: PartSource = {
      name: "status",
      read: () => Promise.reject(new AmtError("mei.busy", "192.0.2.10 holds it", { details: { pid: 7 } })),
    };
    const { manifest, archive } = await make([failing, part("doctor", { b: 1 })]);
    expect(manifest.files[0]).toMatchObject({ name: "status.json", error: "ip-1 holds it (mei.busy)" });
    const { files } = await unpack(archive);
    expect(JSON.parse(new TextDecoder().decode(files.get("status.json")))).toMatchObject({
      error: { code: "mei.busy", exitCode: 5, message: "ip-1 holds it", details: { pid: 7 } },
    });
    const { parts, unavailable } = await readBundle(archive);
    expect([...parts.keys()]).toEqual(["doctor"]);
    expect(unavailable).toEqual([{ field: "status.json", reason: "ip-1 holds it (mei.busy)" }]);
  });
  it("has a part that never ends as timed out", async () => {
    const endless: PartSource = {
      name: "status",
      read: (signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    };
    const { manifest } = await make([endless], { partMs: 5 });
    expect(manifest.files[0]!.error).toMatch(/\(timeout\)$/);
  });
  it("goes on without a part that does not heed its signal", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const made = make([{ name: "status", read: () => new Promise(() => {}) }, part("doctor", {})]);
      await vi.advanceTimersByTimeAsync(2000);
      const { manifest } = await made;
      expect(manifest.files.map(({ error }) => error)).toEqual(["the part status: nothing within 1 s (timeout)", null]);
    } finally {
      vi.useRealTimers();
    }
  });
  it("rejects with the signal's reason when it is interrupted", async () => {
    const interrupt = new AbortController();
    const reason = new AmtError("cancelled", "interrupted");
    const interrupted: PartSource = {
      name: "status",
      read() {
        interrupt.abort(reason);
        return Promise.reject(new Error("a consequence"));
      },
    };
    await expect(make([interrupted], { signal: interrupt.signal })).rejects.toBe(reason);
  });
  it("knows the names and addresses of the operating system, though no part tells them", async () => {
    const os = new HostTree()
      .file("/proc/sys/kernel/hostname", "box7\n")
      .file("/etc/resolv.conf", "nameserver 192.0.2.1\nsearch lan.example corp.example\n")
      .networkInterface({ name: "eth0", macAddress: "00:00:5e:00:53:09", addresses: ["192.0.2.99"] });
    const finding = "box7 db.lan.example enx00005e005309";
    const { archive } = await makeBundle(os, facts, [part("doctor", { finding })], options);
    const { parts } = await readBundle(archive);
    expect(parts.get("doctor")).toEqual({ finding: "host-1 host-4 enxmac-1" });
  });
  it("keeps identities when asked to, and leaves out secrets all the same", async () => {
    const value = { uuid: "1a2b3c4d-5e6f-4a10-8b01-00005e005301", password: "secret" };
    const { archive, manifest } = await make([part("status", value)], { identifying: true });
    expect(manifest.identifying).toBe(true);
    expect((await readBundle(archive)).parts.get("status")).toEqual({ ...value, password: "(left out)" });
  });
});

describe("readBundle", () => {
  it.each([
    ["no gzip", "no gzip", () => Promise.resolve(new TextEncoder().encode("hello"))],
    ["nothing", "no gzip", () => Promise.resolve(new Uint8Array())],
    ["cut short", "no gzip", async () => (await archive([manifestWith()])).slice(0, 100)],
    ["no tar", "no tar", () => Promise.resolve(new Uint8Array(gzipSync("x".repeat(2000))))],
    ["a tar that is cut short", "no tar", async () => {
      const tar = await packTar([manifestWith()]);
      return new Uint8Array(gzipSync(tar.subarray(0, 700)));
    }],
    ["a tar with a wrong checksum", "no tar", async () => {
      const tar = await packTar([manifestWith()]);
      tar[0] = 0x58;
      return new Uint8Array(gzipSync(tar));
    }],
    ["another archive", "no manifest.json", () => archive([file("readme.txt", "hello")])],
    ["a manifest of something else", "no manifest.json", () => archive([file("manifest.json", `{"format":"x"}`)])],
    ["a manifest that is no JSON", "no manifest.json", () => archive([file("manifest.json", "{")])],
    [
      "a manifest with too many parts",
      "no manifest.json",
      () => archive([manifestWith(...Array.from({ length: 65 }, () => listed("a.json")))]),
    ],
    [
      "a bomb",
      "unpacks to more than 16777216 bytes",
      () => Promise.resolve(new Uint8Array(gzipSync(new Uint8Array(64 << 20)))),
    ],
    [
      "too many files",
      "unpacks to more than 64 files",
      () => archive(Array.from({ length: 65 }, (_, i) => file(`${i}`, ""))),
    ],
  ])("refuses %s in one line", async (_, reason, bytes) => {
    const message = expect.stringMatching(new RegExp(`^[^\\n]*${reason}[^\\n]*$`));
    await expect(readBundle(await bytes())).rejects.toMatchObject({ code: "usage", message });
  });

  it.each([
    ["a path that leads elsewhere", "../../etc/passwd"],
    ["an absolute path", "/etc/passwd"],
    ["a folder's file", "a/b.json"],
    ["a hidden file", ".profile"],
    ["an escape sequence", "\x1b[2J"],
  ])("leaves out %s, with a warning", async (_, name) => {
    const { parts, warnings } = await readBundle(await archive([manifestWith(listed(name)), file(name, "{}")]));
    expect(parts.size).toBe(0);
    expect(warnings).toEqual([expect.stringMatching(/^".*" is no plain file, and is left out$/)]);
  });
  it("leaves out links", async () => {
    const link = { header: { name: "status.json", size: 0, type: "symlink" as const, linkname: "/etc/shadow" } };
    const { parts, unavailable } = await readBundle(await archive([manifestWith(listed("status.json")), link]));
    expect(parts.size).toBe(0);
    expect(unavailable).toEqual([{ field: "status.json", reason: "it is missing in the archive" }]);
  });
  it("shows a part that was changed, and warns of it", async () => {
    const { parts, warnings } = await readBundle(
      await archive([manifestWith(listed("status.json")), file("status.json", `{"a":1}`)]),
    );
    expect(parts.get("status")).toEqual({ a: 1 });
    expect(warnings).toEqual(["status.json was changed after the bundle was made"]);
  });
  it.each([["no JSON", "{"], ["a list", "[]"], ["nested without end", `${'{"a":'.repeat(200)}1${"}".repeat(200)}`], [
    "deep enough to break a parser",
    "[".repeat(1_000_000),
  ]])("tells a part that is %s as unavailable", async (_, text) => {
    const { parts, unavailable } = await readBundle(
      await archive([manifestWith(listed("status.json")), file("status.json", text)]),
    );
    expect(parts.size).toBe(0);
    expect(unavailable).toEqual([{ field: "status.json", reason: "it is no JSON object" }]);
  });
  it.each([
    ['"formatVersion":1', '"formatVersion":1e999'],
    ['"formatVersion":1', '"formatVersion":-5.5'],
    ['"formatVersion":1', '"formatVersion":0'],
    ['"size":2', '"size":-1e300'],
    ['"size":2', '"size":9007199254740993'],
  ])("takes no manifest with %s changed to %s", async (before, after) => {
    const { header, body } = manifestWith(listed("status.json"));
    const text = body.replace(before, after);
    expect(text).not.toBe(body);
    const bytes = await archive([file(header.name, text), file("status.json", "{}")]);
    await expect(readBundle(bytes)).rejects.toMatchObject({ code: "usage" });
  });
  it("warns of files beside the manifest's and of the second one of a name", async () => {
    const { warnings } = await readBundle(
      await archive([manifestWith(), file("extra.json", "{}"), file("extra.json", "{}")]),
    );
    expect(warnings).toEqual([
      "extra.json is there twice; the second one is left out",
      "extra.json is not in the manifest",
    ]);
  });
  it("warns when the format is newer", async () => {
    const manifest = manifestWith();
    const newer = file("manifest.json", manifest.body.replace(`"formatVersion":1`, `"formatVersion":2`));
    expect((await readBundle(await archive([newer]))).warnings).toEqual([expect.stringContaining("format is newer")]);
  });
  it("reads any archive or refuses it with usage", async () => {
    const tar = await packTar([manifestWith(listed("status.json")), file("status.json", `{"a":1}`)]);
    const change = fc.record({ at: fc.nat(tar.length - 1), to: fc.nat(255) });
    const changed = fc.record({ changes: fc.array(change, { maxLength: 6 }), length: fc.option(fc.nat(tar.length)) });
    await fc.assert(
      fc.asyncProperty(changed, async ({ changes, length }) => {
        const bytes = tar.slice(0, length ?? tar.length);
        for (const { at, to } of changes) if (at < bytes.length) bytes[at] = to;
        await readBundle(new Uint8Array(gzipSync(bytes))).catch((error) =>
          expect(error).toMatchObject({ code: "usage" })
        );
      }),
      { numRuns: 300 },
    );
  });
});
