import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { renderVersion, VERSION, versionOutput } from "../../commands/version.ts";
import { fakeRuntime } from "./fakes.ts";

it("VERSION is that of the package", () => {
  const metadata = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(VERSION).toBe(metadata.version);
});

it("renderVersion tells the commit when there is one", () => {
  const output = { ...versionOutput(fakeRuntime([])), commit: "0d65ffb" };
  expect(renderVersion(output)).toBe(`amtctl ${VERSION} (0d65ffb), deno 2.0.0, linux x86_64`);
});
