import { describe, expect, it } from "vitest";
import { type AnyCommand, command, type CommandGroup, type Context, streamCommand } from "../../commands/command.ts";
import { program } from "../../commands/program.ts";
import { root } from "../../commands/root.ts";
import { AmtError } from "../../core/errors/mod.ts";
import { type FakeRuntime, fakeRuntime, type FakeRuntimeOptions } from "./fakes.ts";

interface Behaviour {
  run?(context: Context): Promise<object>;
  stream?(context: Context): AsyncIterable<{ n: number }>;
  exitCode?(): 0 | 20 | 21;
}

function group({ run, stream, ...more }: Behaviour): CommandGroup {
  const declaration = { brief: "does it", flags: {}, arguments: [], examples: [] };
  const declared: AnyCommand = stream === undefined
    ? command({
      ...declaration,
      run: run ?? (() => Promise.resolve({})),
      render: (value) => JSON.stringify(value),
      ...more,
    })
    : streamCommand({ ...declaration, stream, renderEvent: ({ n }) => `event ${n}` });
  return { brief: "a group", commands: { it: () => Promise.resolve({ default: declared }) } };
}

async function run(args: string[], behaviour: Behaviour, options: FakeRuntimeOptions = {}) {
  const runtime = fakeRuntime(args, options);
  return { code: await program(runtime, group(behaviour)), runtime };
}

/** Rejects when it is interrupted, as each wait does. */
function untilAborted({ signal }: Context): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

describe("program", () => {
  it("prints the answer and ends with 0", async () => {
    const { code, runtime } = await run(["it"], { run: () => Promise.resolve({ a: 1 }) });
    expect([code, runtime.stdout, runtime.stderr]).toEqual([0, `{"a":1}\n`, ""]);
  });
  it("ends with the code that the answer decides", async () => {
    expect((await run(["it"], { exitCode: () => 21 })).code).toBe(21);
  });
  it("ends with the code of an AmtError", async () => {
    const { code, runtime } = await run(["it"], { run: () => Promise.reject(new AmtError("amt.absent", "no AMT")) });
    expect([code, runtime.stdout]).toEqual([6, ""]);
    expect(runtime.stderr).toContain("error: no AMT (amt.absent)\n");
  });
  it("calls anything else unexpected, in one line without its stack", async () => {
    const { code, runtime } = await run(["it"], { run: () => Promise.reject(new TypeError("first\nsecond")) });
    expect(code).toBe(1);
    expect(runtime.stderr).toMatch(/^error: TypeError: first \(unexpected\)\nhint: .*\n$/);
  });
  it("shows the stack of what is unexpected with -vv", async () => {
    const { runtime } = await run(["it", "-vv"], { run: () => Promise.reject(new TypeError("first")) });
    expect(runtime.stderr).toContain("program.test.ts");
  });
  it("prints errors as JSON before and after the command line is understood", async () => {
    for (const args of [["--json", "ti"], ["it", "--json", "--nope"], ["it", "--json"]]) {
      const { runtime } = await run(args, { run: () => Promise.reject(new AmtError("timeout", "x")) });
      expect(JSON.parse(runtime.stderr)).toMatchObject({ error: { exitCode: expect.any(Number) } });
      expect(runtime.stdout).toBe("");
    }
  });
  it("ends with 0 and in silence when the reader of stdout went away", async () => {
    const { code, runtime } = await run(["it"], {}, {
      write() {
        throw Object.assign(new Error("write"), { code: "EPIPE" });
      },
    });
    expect([code, runtime.stderr]).toEqual([0, ""]);
  });
  it("ends with io.write when stdout is full", async () => {
    const { code, runtime } = await run(["it"], {}, {
      write(stream, bytes) {
        if (stream === "stdout") throw Object.assign(new Error("write"), { code: "ENOSPC" });
        return bytes.length;
      },
    });
    expect(code).toBe(1);
    expect(runtime.stderr).toContain("(io.write)");
  });
  it.each([[[]], [["--json"]], [["--help"]], [["it", "-h"]], [["-h", "it", "--nope"]]])(
    "shows help for %j",
    async (args) => {
      const { code, runtime } = await run(args, {});
      expect([code, runtime.stderr]).toEqual([0, ""]);
      expect(runtime.stdout).toContain("Usage:");
    },
  );
  it.each([[["--device", "sim"], "no command is named"], [["--devcie", "sim", "it"], "--devcie"]])(
    "refuses %j",
    async (args, message) => {
      const { code, runtime } = await run(args, {});
      expect(code).toBe(2);
      expect(runtime.stderr).toContain(message);
    },
  );
  it("prints the version, and as JSON", async () => {
    expect((await run(["--version"], {})).runtime.stdout).toBe("amtctl 0.1.0, deno 2.0.0, linux x86_64\n");
    const { runtime } = await run(["--version", "--json"], {});
    expect(JSON.parse(runtime.stdout)).toMatchObject({ name: "amtctl", version: "0.1.0", commit: null });
  });
  it("takes the device from AMTCTL_DEVICE, and --device before it", async () => {
    const device = async (context: Context) => ({ device: (await context.machine()).device().name });
    const env = { AMTCTL_DEVICE: "sim:legacy" };
    expect((await run(["it"], { run: device }, { env })).runtime.stdout).toContain("sim:legacy");
    expect((await run(["it", "--device", "sim:acm"], { run: device }, { env })).runtime.stdout).toContain("sim:acm");
    expect((await run(["it", "--device", ""], { run: device }, { env })).code).toBe(2);
  });
  it("shows no payload of the tunnel with -vvv", async () => {
    const runtime = fakeRuntime(["--device", "sim", "tunnel", "--stdio", "16992", "-vvv"], {
      input: "GET / HTTP/1.0\r\n\r\n",
    });
    expect(await program(runtime, root)).toBe(0);
    const data = runtime.stderr.split("\n").filter((line) => /^LME [<>] \d+ bytes 5e/.test(line));
    expect(data).toContainEqual("LME < 27 bytes 5e0000000000000012...");
    for (const line of data) expect(line).toMatch(/ 5e[0-9a-f]{16}\.\.\.$/);
  });
  it("tells the device with -v, and messages with -vvv", async () => {
    const runtime = fakeRuntime(["--device", "sim", "send", "MKHI", "ff020000", "-vvv"]);
    expect(await program(runtime, root)).toBe(0);
    expect(runtime.stderr).toContain("device: sim:activated (/dev/mei0)\nMKHI: connect\n");
    expect(runtime.stderr).toContain("MKHI < 4 bytes ff020000\nMKHI > 28 bytes ff8200000100100001081900...\n");
  });
});

describe("program, interrupted", () => {
  async function interrupted(behaviour: Behaviour, act: (runtime: FakeRuntime) => void, options?: FakeRuntimeOptions) {
    let begun = () => {};
    const waiting = new Promise<void>((resolve) => begun = resolve);
    const runtime = fakeRuntime(["it"], options);
    const { run, stream } = behaviour;
    const code = program(
      runtime,
      group({
        ...(run && { run: (context) => (context.signal, begun(), run(context)) }),
        ...(stream && { stream: (context) => (context.signal, begun(), stream(context)) }),
      }),
    );
    await waiting;
    act(runtime);
    return { code: await code, runtime };
  }

  it("ends with 130 and the error cancelled", async () => {
    const { code, runtime } = await interrupted({ run: untilAborted }, (each) => each.interrupt());
    expect(code).toBe(130);
    expect(runtime.stderr).toContain("error: interrupted (cancelled)\n");
    expect(runtime.listeners).toBe(0);
  });
  it("leaves work behind that does not answer", async () => {
    const { code, runtime } = await interrupted({ run: () => new Promise(() => {}) }, (each) => each.interrupt());
    expect([code, runtime.listeners]).toEqual([130, 0]);
  });
  it("keeps what the command has to say of its end", async () => {
    const { runtime } = await interrupted({
      run: ({ signal }) =>
        new Promise((_, reject) =>
          signal.addEventListener("abort", () => reject(new AmtError("indeterminate", "sent")))
        ),
    }, (each) => each.interrupt());
    expect(runtime.stderr).toContain("error: sent (indeterminate)\n");
  });
  it("exits at once at the second Ctrl-C", async () => {
    const exits: number[] = [];
    await interrupted({ run: () => new Promise(() => {}) }, (each) => {
      each.interrupt();
      each.interrupt();
    }, { exit: ((code: number) => void exits.push(code)) as never });
    expect(exits).toEqual([130]);
  });
  it("ends a stream with 130, also when it ends by itself then", async () => {
    const { code } = await interrupted({
      async *stream({ signal }) {
        yield { n: 1 };
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
      },
    }, (each) => each.interrupt());
    expect(code).toBe(130);
  });
  it.each([[["stdout"]], [["stdout", "stderr"]]] as const)(
    "ends a stream within a second, and lets it put things in order, when nobody reads %j",
    async (blocked) => {
      const order: string[] = [];
      const start = performance.now();
      const { code, runtime } = await interrupted(
        {
          async *stream({ finish }) {
            let finished = () => {};
            finish(new Promise<void>((resolve) => finished = resolve));
            try {
              for (let n = 0;; n++) yield await Promise.resolve({ n });
            } finally {
              await new Promise((resolve) => setTimeout(resolve, 20));
              order.push("in order");
              finished();
            }
          },
        },
        (each) => each.interrupt(),
        { blocked },
      );
      expect([code, order, runtime.listeners]).toEqual([130, ["in order"], 0]);
      expect(performance.now() - start).toBeLessThan(1500);
      if (!(blocked as readonly string[]).includes("stderr")) {
        expect(runtime.stderr).toContain("error: interrupted (cancelled)\n");
      }
    },
  );
  it("waits for the end of a stream that promised nothing, but not for ever", async () => {
    let ended = false;
    const { code } = await interrupted(
      {
        async *stream() {
          try {
            for (;;) yield await Promise.resolve({ n: 1 });
          } finally {
            await new Promise((resolve) => setTimeout(resolve, 20));
            ended = true;
          }
        },
      },
      (each) => each.interrupt(),
      { blocked: ["stdout"] },
    );
    expect([code, ended]).toEqual([130, true]);
    const stuck = await interrupted(
      {
        async *stream() {
          try {
            yield await Promise.resolve({ n: 1 });
          } finally {
            await new Promise(() => {});
          }
        },
      },
      (each) => each.interrupt(),
      { blocked: ["stdout"] },
    );
    expect(stuck.code).toBe(130);
  });
  it("ends with the error of a command whose standard error nobody reads, when it is interrupted", async () => {
    const { code } = await interrupted(
      { run: () => Promise.reject(new AmtError("amt.absent", "no AMT")) },
      (each) => setTimeout(() => each.interrupt(), 20),
      { blocked: ["stderr"] },
    );
    expect(code).toBe(6);
  });
  it("ends a stream with 12 when its --timeout is over, and says what that means for it", async () => {
    const { code, runtime } = await run(["it", "--timeout", "20ms"], {
      async *stream({ signal }) {
        yield { n: 1 };
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
      },
    });
    expect(code).toBe(12);
    expect(runtime.stderr).toBe(
      "error: ended after 20ms, as --timeout says (timeout)\nhint: Without --timeout it goes on until it is interrupted\n",
    );
  });
  it("ends with 12 when --timeout is over", async () => {
    const { code, runtime } = await run(["it", "--timeout", "20ms"], { run: untilAborted });
    expect(code).toBe(12);
    expect(runtime.stderr).toContain("error: no answer within 20ms (timeout)\n");
  });
});

describe("program, streams", () => {
  async function* numbers() {
    for (const n of [1, 2, 3]) yield await Promise.resolve({ n });
  }

  it("prints a line for each event", async () => {
    expect((await run(["it"], { stream: numbers })).runtime.stdout).toBe("event 1\nevent 2\nevent 3\n");
  });
  it.each(["--json", "--ndjson"])("prints a line of JSON for each event with %s", async (flag) => {
    expect((await run(["it", flag], { stream: numbers })).runtime.stdout).toBe(`{"n":1}\n{"n":2}\n{"n":3}\n`);
  });
  it("closes the stream when the reader of stdout went away", async () => {
    let closed = false;
    const { code } = await run(["it"], {
      async *stream() {
        try {
          for (;;) yield await Promise.resolve({ n: 1 });
        } finally {
          closed = true;
        }
      },
    }, {
      write() {
        throw Object.assign(new Error("write"), { code: "EPIPE" });
      },
    });
    expect([code, closed]).toEqual([0, true]);
  });
});
