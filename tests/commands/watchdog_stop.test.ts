import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { program } from "../../commands/program.ts";
import { root } from "../../commands/root.ts";
import watchdogStop from "../../commands/watchdog_stop.ts";
import schema from "../../schemas/watchdog_stop.json" with { type: "json" };
import { watchdogMachine } from "../services/watchdog/machine.ts";
import { fakeContext, fakeRuntime, plain } from "./fakes.ts";

describe("watchdog stop", () => {
  it("fits its schema over the kernel's device", async () => {
    const runtime = fakeRuntime(["watchdog", "stop", "--json", "--device", "sim"]);
    expect(await program(runtime, root)).toBe(0);
    const output = JSON.parse(runtime.stdout);
    expect(new Ajv2020({ strict: true }).compile(schema)(output)).toBe(true);
    expect(output).toEqual({ via: "kernel", path: "/dev/watchdog1", armed: false });
  });
  it("tells in words what it did over MEI", async () => {
    using machine = await watchdogMachine({ via: "mei" });
    const output = await watchdogStop.run(fakeContext(machine.source as never), { via: "auto" }, []);
    expect(watchdogStop.render(output, plain, { via: "auto" })).toBe("not armed (over MEI, via mei)");
    expect(machine.sent).toEqual(["02021410"]);
  });
  it("takes no timeout, which a stop has not", async () => {
    const runtime = fakeRuntime(["watchdog", "stop", "--device", "sim", "--watchdog-timeout", "120"]);
    expect(await program(runtime, root)).toBe(2);
  });
});
