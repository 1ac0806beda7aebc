import { describe, expect, it } from "vitest";
import { createSimulator } from "../../simulator/mod.ts";
import { sink, source, StreamGone } from "../../simulator/lme/service.ts";
import { ManualClock } from "../fakes/clock.ts";
import { connectedHost, HOST_VERSION, LmeHost } from "./lme_host.ts";

/** A host of a machine whose time a test turns. */
async function withClock(lme: Parameters<typeof connectedHost>[0] = {}) {
  const clock = new ManualClock();
  const host = await new LmeHost(createSimulator("activated", { lme, clock }).me).shakeHands();
  return { host, clock };
}

describe("LME with a fault", () => {
  it("silent sends nothing and looks at nothing", async () => {
    const { me } = createSimulator("activated", { lme: { faults: { silent: true } } });
    const host = new LmeHost(me);
    host.send(HOST_VERSION);
    host.send("00");
    await host.expectNothing();
    expect(host.lme.protocolErrors).toEqual([]);
  });
  it("silent in the middle of a session answers no more", async () => {
    const host = await connectedHost();
    host.lme.faults.silent = true;
    host.send("d000000042");
    host.ask();
    await host.expectNothing();
  });

  it("slow takes and sends each DATA after its time", async () => {
    const { host, clock } = await withClock({ services: { 16992: sink, 623: source(2) }, faults: { slowMs: 100 } });
    const { firmware } = await host.open();
    host.data(firmware, "abc");
    await host.expectNothing();
    await clock.advance(99);
    await host.expectNothing();
    await clock.advance(1);
    expect(await host.next()).toMatchObject({ kind: "channelWindowAdjust", bytesToAdd: 3 });
    await host.open({ sender: 2, port: 623, windowBytes: 1 });
    await host.expectNothing();
    await clock.advance(100);
    expect((await host.expect("channelData")).data.length).toBe(1);
  });
  it("slow leaves no sleeper behind when the session ends", async () => {
    const { host, clock } = await withClock({ services: { 16992: source() }, faults: { slowMs: 100 } });
    await host.open();
    await host.expectNothing();
    expect(clock.sleepers).toBe(1);
    host.close();
    expect(clock.sleepers).toBe(0);
  });

  it("greedy sends more than the window by as many bytes", async () => {
    const host = await connectedHost({ services: { 16992: source() }, faults: { greedyBytes: 10 } });
    await host.open({ windowBytes: 4096 });
    expect((await host.expect("channelData")).data.length).toBe(4106);
  });

  it("refuses so many opens with reason 1", async () => {
    const host = await connectedHost({ faults: { refusedOpens: 2 } });
    for (let i = 0; i < 2; i++) {
      host.ask();
      expect(await host.next()).toMatchObject({ kind: "channelOpenFailure", reason: 1 });
    }
    await host.open();
  });

  it("confirms late, and then serves", async () => {
    const { host, clock } = await withClock({ services: { 16992: source(1) }, faults: { confirmationMs: 3000 } });
    host.ask();
    await host.expectNothing();
    expect(host.lme.slotsInUse).toBe(1);
    await clock.advance(3000);
    await host.expect("channelOpenConfirmation");
    await host.expect("channelData");
  });
  it("does not answer opens", async () => {
    const host = await connectedHost({ faults: { unansweredOpens: true } });
    host.ask();
    await host.expectNothing();
    expect(host.lme.slotsInUse).toBe(0);
  });

  it("drops its answer at the host's CLOSE, and ends the service", async () => {
    const ended: unknown[] = [];
    const host = await connectedHost({
      services: {
        16992: async (stream) => {
          await stream.read().catch((error) => ended.push(error));
          await stream.write(new Uint8Array(10));
        },
      },
      faults: { dropsAfterClose: true },
    });
    const { firmware } = await host.open();
    host.data(firmware, "ask");
    host.closeChannel(firmware);
    await host.expect("channelClose");
    await host.expectNothing();
    expect(host.lme.slotsInUse).toBe(0);
    expect(ended).toEqual([expect.any(StreamGone)]);
  });

  it("closes twice", async () => {
    const host = await connectedHost({ services: { 16992: sink }, faults: { doubleClose: true } });
    const { firmware } = await host.open();
    host.closeChannel(firmware);
    await host.expect("channelClose");
    await host.expect("channelClose");
    await host.expectNothing();
    expect(host.lme.slotsInUse).toBe(0);
  });

  it.each([["reset", "reset"], ["hangUp", "firmware"]] as const)(
    "%s strikes once, in the middle of a transfer",
    async (then, ended) => {
      const gone: unknown[] = [];
      const host = await connectedHost({
        services: { 16992: (stream) => source()(stream).catch((error) => void gone.push(error)) },
        faults: { after: { bytes: 5000, then } },
      });
      const { firmware } = await host.open({ windowBytes: 4000 });
      expect((await host.expect("channelData")).data.length).toBe(4000);
      expect(host.ended).toBeUndefined();
      host.adjust(firmware, 4000);
      await expect.poll(() => gone).toEqual([expect.any(StreamGone)]);
      expect([host.ended, host.me.openConnections]).toEqual([ended, 0]);
      const again = await new LmeHost(host.me).shakeHands();
      await again.open({ windowBytes: 10_000 });
      await again.expect("channelData");
      expect(again.ended).toBeUndefined();
    },
  );
  it("disconnect sends DISCONNECT in the middle of a transfer, and nothing more", async () => {
    const host = await connectedHost({
      services: { 16992: source() },
      faults: { after: { bytes: 1000, then: "disconnect" } },
    });
    const { firmware } = await host.open({ windowBytes: 1000 });
    await host.expect("channelData");
    expect(await host.next()).toEqual({ kind: "disconnect", reason: 2 });
    host.adjust(firmware, 5);
    host.ask();
    await host.expectNothing();
    expect(host.ended).toBeUndefined();
  });
});

describe("Lme", () => {
  it("reregister takes the forwards back, refuses opens with 1, and allows them again when they are answered", async () => {
    const { host, clock } = await withClock();
    const done = host.lme.reregister(250);
    for (let i = 0; i < 2; i++) {
      expect(await host.next()).toMatchObject({ kind: "globalRequest", request: { kind: "cancelTcpipForward" } });
      host.ask();
      expect(await host.next()).toMatchObject({ kind: "channelOpenFailure", reason: 1 });
      host.send("51");
    }
    await host.expectNothing();
    await clock.advance(250);
    for (const answer of ["5100004260", "510000026f"]) {
      expect(await host.next()).toMatchObject({ kind: "globalRequest", request: { kind: "tcpipForward" } });
      host.send(answer);
    }
    await done;
    await host.open();
  });
  it("disconnect ends the session with the reason", async () => {
    const host = await connectedHost();
    await host.lme.disconnect(11);
    expect(await host.next()).toEqual({ kind: "disconnect", reason: 11 });
    host.send(HOST_VERSION);
    await host.expectNothing();
  });
  it("send sends any bytes", async () => {
    const host = await connectedHost();
    await host.lme.send(Uint8Array.of(0x61, 0, 0, 3, 9));
    expect(await host.next()).toEqual({ kind: "channelClose", recipient: 777 });
  });
  it("request tells whether the host granted it", async () => {
    const host = await connectedHost();
    const request = { kind: "tcpipForward", wantReply: true, address: "amt1.example.com", port: 664 } as const;
    const answers = Promise.all([host.lme.request(request), host.lme.request({ ...request, port: 665 })]);
    await host.expect("globalRequest");
    await host.expect("globalRequest");
    host.send("52");
    host.send("5100000299");
    expect(await answers).toEqual([false, true]);
  });
  it("ends the session when the host says another port than it was asked for", async () => {
    const host = await connectedHost();
    void host.lme.request({ kind: "tcpipForward", wantReply: true, address: "", port: 664 });
    await host.expect("globalRequest");
    host.send("5100000299");
    await host.expect("disconnect");
    expect(host.lme.protocolErrors).toEqual(["requestSuccess with port 665, not 664"]);
  });
  it("is not there without AMT", () => {
    expect(createSimulator("no-amt").me.lme).toBeUndefined();
  });
});
