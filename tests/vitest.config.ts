import { defineConfig } from "vitest/config";

/** Node has no FFI that this program uses, so what calls libc runs inside Deno and Bun only. */
const onNode = !("Deno" in globalThis) && !("Bun" in globalThis);
const root = new URL("..", import.meta.url).pathname;

const needLibc = ["tests/ffi/**"];

export default defineConfig({
  root,
  test: {
    root,
    projects: [
      project("unit", ["tests/**/*.test.ts"], [
        "tests/e2e/**",
        "tests/media/**",
        "tests/rigs/**",
        ...(onNode ? needLibc : []),
      ]),
      withForms(project("e2e", ["tests/e2e/**/*.test.ts"], [], 60_000)),
      withForms(project("media", ["tests/media/**/*.test.ts"], [], 60_000)),
      project("fuse", ["tests/rigs/fuse/**/*.test.ts"], [], 120_000),
      project("kernel", ["tests/rigs/kernel/**/*.test.ts"], [], 300_000),
    ],
  },
});

function project(name: string, include: string[], exclude: string[], testTimeout = 20_000) {
  return {
    root,
    test: {
      name,
      root,
      include,
      exclude: ["node_modules/**", ...exclude],
      testTimeout,
      hookTimeout: testTimeout,
      // Many unit tests wait for a clock; with one worker both of two cores are idle then. The others start processes.
      maxWorkers: name === "unit" ? 2 : 1,
    },
  };
}

/** Has the bundle and the Bun executable made before the first test. */
function withForms({ test, ...rest }: ReturnType<typeof project>) {
  return { ...rest, test: { ...test, globalSetup: ["tests/e2e/build_forms.ts"] } };
}
