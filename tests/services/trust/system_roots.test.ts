import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { onDieRoot } from "../../../services/trust/on_die_root.ts";
import { systemRoots } from "../../../services/trust/system_roots.ts";

const pem = `-----BEGIN CERTIFICATE-----\n${onDieRoot.match(/.{1,64}/g)!.join("\n")}\n-----END CERTIFICATE-----`;
const broken = "-----BEGIN CERTIFICATE-----\nMAAA\n-----END CERTIFICATE-----";

describe("systemRoots", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "amtctl-roots-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const from = (text: string) => {
    const path = join(folder, "roots.pem");
    writeFileSync(path, text);
    return systemRoots((name) => name === "SSL_CERT_FILE" ? path : undefined);
  };

  it("are those of SSL_CERT_FILE, but none that cannot be read", async () => {
    expect(await from(`# Intel\n${pem}\n${broken}\n${pem}\n`)).toBe(`${pem}\n${pem}`);
  });
  it.each([["nothing", ""], ["no certificate", "key\n"], ["none that can be read", broken]])(
    "are a mistake when SSL_CERT_FILE has %s",
    async (_, text) => {
      await expect(from(text)).rejects.toMatchObject({
        code: "usage",
        message: expect.stringContaining("SSL_CERT_FILE"),
      });
    },
  );
  it("are the system's own, or none, without SSL_CERT_FILE", async () => {
    const roots = await systemRoots(() => undefined);
    if (roots !== undefined) expect(roots).toMatch(/^-----BEGIN CERTIFICATE-----/);
  });
});
