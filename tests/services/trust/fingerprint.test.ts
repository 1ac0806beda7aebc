import { describe, expect, it } from "vitest";
import { fingerprintOf, parsePin, readFingerprint } from "../../../services/trust/fingerprint.ts";
import { onDieRoot } from "../../../services/trust/on_die_root.ts";

/** As Intel's root is named in print. */
const printed = "BE:B4:0B:B7:50:7B:33:96:72:26:AA:80:E0:84:74:9F:BB:65:93:89:3C:64:2E:81:8D:68:2E:9A:8D:07:FC:24";
const root = "sha256:beb40bb7507b33967226aa80e084749fbb6593893c642e818d682e9a8d07fc24";

describe("fingerprintOf", () => {
  it("is the SHA-256 of the DER", async () => {
    expect(await fingerprintOf(Uint8Array.from(atob(onDieRoot), (char) => char.charCodeAt(0)))).toBe(root);
  });
});

describe("parsePin", () => {
  it.each([root, root.toUpperCase().replace("SHA256", "sha256"), `sha256:${printed}`, `SHA256=${printed}`])(
    "takes %s",
    (text) => expect(parsePin(text)).toBe(root),
  );
  it.each([
    "",
    "sha256:",
    printed,
    root.slice(0, -1),
    `${root}0`,
    root.replace("sha256", "sha1"),
    `sha256:${printed.replace("BE:", "BE")}`,
    `sha256:${printed}:`,
    ` ${root}`,
    `${root}\n`,
  ])("refuses %j with exit code 2", (text) => {
    expect(() => parsePin(text)).toThrow(expect.objectContaining({ code: "usage", exitCode: 2 }));
    expect(readFingerprint(text)).toBeUndefined();
  });
});
