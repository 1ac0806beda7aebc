import { describe, expect, it } from "vitest";
import { Output, type OutputOptions } from "../../commands/output.ts";
import { AmtError } from "../../core/errors/mod.ts";
import { fakeRuntime, type FakeRuntimeOptions } from "./fakes.ts";

function output(options: Partial<OutputOptions> = {}, surroundings: FakeRuntimeOptions = {}) {
  const runtime = fakeRuntime([], surroundings);
  return {
    runtime,
    output: new Output(runtime, { format: "text", color: "auto", progress: true, verbose: 0, ...options }),
  };
}

const terminal = { terminal: true, env: { TERM: "xterm-256color" } };

describe("Output.answer", () => {
  const value = { name: "\x1b[2Jx", warnings: ["w\x07"], unavailable: [{ field: "f", reason: "r" }] };

  it("prints text to stdout, and what is missing to stderr", async () => {
    const { runtime, output: out } = output();
    await out.answer(value, () => value.name);
    expect(runtime.stdout).toBe("\\x1b[2Jx\n");
    expect(runtime.stderr).toBe("warning: w\\x07\nunavailable: f: r\n");
  });
  it("prints one object and nothing else when JSON is asked for", async () => {
    const { runtime, output: out } = output({ format: "json", verbose: 3 });
    out.detail(1, "detail");
    out.progress("progress");
    await out.answer(value, () => "text");
    expect(JSON.parse(runtime.stdout)).toEqual(value);
    expect(runtime.stdout).toMatch(/^[\n\x20-\x7e]*$/);
    expect(runtime.stderr).toBe("");
  });
  it("prints it on one line when NDJSON is asked for", async () => {
    const { runtime, output: out } = output({ format: "ndjson" });
    await out.answer(value, () => "text");
    expect(runtime.stdout.trimEnd().split("\n").map((line) => JSON.parse(line))).toEqual([value]);
  });
  it("prints nothing when the text is empty", async () => {
    const { runtime, output: out } = output();
    await out.answer({}, () => "");
    expect(runtime.stdout).toBe("");
  });
  it("prints bytes as they are", async () => {
    const { runtime, output: out } = output();
    await out.answer({}, () => Uint8Array.of(0x1b, 0x41));
    expect(runtime.stdout).toBe("\x1bA");
  });
});

describe("Output.terminal", () => {
  const styled = (options: Partial<OutputOptions>, surroundings: FakeRuntimeOptions) =>
    output(options, surroundings).output.terminal("stdout").style("bold", "x") !== "x";

  it.each<[string, boolean, Partial<OutputOptions>, FakeRuntimeOptions]>([
    ["a terminal", true, {}, terminal],
    ["a pipe", false, {}, { env: { TERM: "xterm" } }],
    ["a dumb terminal", false, {}, { terminal: true, env: { TERM: "dumb" } }],
    ["a terminal without TERM", false, {}, { terminal: true }],
    ["NO_COLOR", false, {}, { terminal: true, env: { TERM: "xterm", NO_COLOR: "1" } }],
    ["an empty NO_COLOR", true, {}, { terminal: true, env: { TERM: "xterm", NO_COLOR: "" } }],
    ["--color never", false, { color: "never" }, terminal],
    ["--color always on a pipe", true, { color: "always" }, {}],
    ["--color always with --json", false, { color: "always", format: "json" }, terminal],
  ])("has colour or not with %s", (_name, expected, options, surroundings) => {
    expect(styled(options, surroundings)).toBe(expected);
  });
  it("brings its styles to the screen whole", async () => {
    const { runtime, output: out } = output({}, terminal);
    await out.answer({}, ({ style }) => `${style("bold", "title")} \x1b[5m`);
    expect(runtime.stdout).toBe("\x1b[1mtitle\x1b[0m \\x1b[5m\n");
  });
});

describe("Output.detail", () => {
  it("tells up to the level that was asked for", async () => {
    const { runtime, output: out } = output({ verbose: 2 });
    out.detail(1, "one");
    out.detail(2, "two");
    out.detail(3, "three");
    await out.settled();
    expect(runtime.stderr).toBe("one\ntwo\n");
  });
});

describe("Output.progress", () => {
  it("replaces its line, and clears it before other text", async () => {
    const { runtime, output: out } = output({}, terminal);
    out.progress("1/2");
    out.progress("2/2");
    await out.answer({}, () => "done");
    expect(runtime.stderr).toBe("\r\x1b[K1/2\r\x1b[K2/2\r\x1b[K");
  });
  it.each<[string, Partial<OutputOptions>, FakeRuntimeOptions]>([
    ["a pipe", {}, {}],
    ["--no-progress", { progress: false }, terminal],
    ["a dumb terminal", {}, { terminal: true, env: { TERM: "dumb" } }],
  ])("is silent with %s", async (_name, options, surroundings) => {
    const { runtime, output: out } = output(options, surroundings);
    out.progress("1/2");
    await out.settled();
    expect(runtime.stderr).toBe("");
  });
});

describe("Output.error", () => {
  const error = new AmtError("mei.busy", "/dev/mei0: busy\nfake line", {
    hint: "Wait",
    details: { holder: "lms" },
    cause: new Error("inner"),
  });

  it("prints message, code and hint on a line each", async () => {
    const { runtime, output: out } = output();
    await out.error(error);
    expect(runtime.stdout).toBe("");
    expect(runtime.stderr).toBe("error: /dev/mei0: busy\\nfake line (mei.busy)\nhint: Wait\n");
  });
  it("prints one object when JSON is asked for", async () => {
    const { runtime, output: out } = output({ format: "json" });
    await out.error(error);
    expect(runtime.stdout).toBe("");
    expect(JSON.parse(runtime.stderr)).toEqual({
      error: {
        code: "mei.busy",
        exitCode: 5,
        message: "/dev/mei0: busy\nfake line",
        hint: "Wait",
        details: { holder: "lms" },
      },
    });
  });
  it.each(["text", "json"] as const)("adds the stack of the cause with -vv in %s", async (format) => {
    const { runtime, output: out } = output({ format, verbose: 2 });
    await out.error(error);
    expect(runtime.stderr).toContain("Error: inner");
  });
  it("does not reject when stderr is gone", async () => {
    const { output: out } = output({}, {
      write() {
        throw Object.assign(new Error("write"), { code: "EPIPE" });
      },
    });
    await expect(out.error(error)).resolves.toBeUndefined();
  });
});
