import { describe, expect, it } from "vitest";
import { Tunnel, type TunnelEvent } from "../../../services/tunnel/tunnel.ts";
import { createSimulator } from "../../../simulator/mod.ts";
import { MeiDevice } from "../../../transport/mei_device.ts";
import { FakeMeiDriver, type ScriptedFailure } from "../../fakes/mei_driver.ts";
import { WAIT } from "./tunnel_machine.ts";

/** A tunnel over the driver; its reads are those of LME alone. */
async function start(script: readonly ScriptedFailure[]) {
  const { me, host } = createSimulator();
  const libc = new FakeMeiDriver(me, script);
  const events: TunnelEvent[] = [];
  const tunnel = await Tunnel.start(new MeiDevice({ libc, host, path: "/dev/mei0" }), {
    signal: new AbortController().signal,
    onEvent: (event) => void events.push(event),
  });
  const named = (name: TunnelEvent["event"]) => events.filter(({ event }) => event === name);
  return { me, libc, tunnel, named };
}

describe("Tunnel over the mei driver", () => {
  it("is lost at once, and works again, when the link is reset while the kernel holds a sync", async () => {
    const { me, libc, tunnel, named } = await start([{ call: "fsync", nth: 1, errno: "EINTR", held: "forever" }]);
    await using _tunnel = tunnel;
    await expect.poll(() => tunnel.stats?.messagesSent, WAIT).toBe(1);
    me.reset();
    await expect.poll(() => named("lost").length, { timeout: 1000, interval: 5 }).toBe(1);
    expect(named("lost")).toMatchObject([{ code: "mei.reset" }]);
    await expect.poll(() => named("connected").length, WAIT).toBe(2);
    await tunnel.ready();
    expect(me.openConnections).toBe(1);
    await tunnel[Symbol.asyncDispose]();
    expect([libc.openDescriptors, me.openConnections]).toEqual([0, 0]);
  });

  it.each(["read", "write"] as const)(
    "is lost with mei.reset when the firmware is down before the driver knows, and %s finds it so",
    async (call) => {
      const { me, tunnel, named } = await start([{ call, nth: 2, errno: "EIO" }]);
      await using _tunnel = tunnel;
      await expect.poll(() => named("connected").length, WAIT).toBe(2);
      await tunnel.ready();
      expect(named("lost")).toMatchObject([{ code: "mei.reset" }]);
      expect(me.openConnections).toBe(1);
    },
  );
});
