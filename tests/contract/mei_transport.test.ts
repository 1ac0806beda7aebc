import { describe, expect, it } from "vitest";
import { createSimulator } from "../../simulator/mod.ts";
import { MeiDevice } from "../../transport/mei_device.ts";
import { FakeMeiDriver } from "../fakes/mei_driver.ts";
import { meiCases } from "./mei_cases.ts";

describe("MeiTransport of the simulator", () => {
  it.each(meiCases)("$title", async ({ profile, faults, run }) => {
    const { me, mei } = createSimulator(profile, { faults: faults ?? [] });
    await run(mei);
    expect(me.openConnections).toBe(0);
  });
});

describe("MeiTransport of a device over a scripted libc", () => {
  it.each(meiCases)("$title", async ({ profile, faults, run }) => {
    const { me, host } = createSimulator(profile, { faults: faults ?? [] });
    const libc = new FakeMeiDriver(me);
    await run(new MeiDevice({ libc, host, path: "/dev/mei0" }));
    expect(me.openConnections).toBe(0);
    expect(libc.openDescriptors).toBe(0);
  });
});
