import { describe, expect, it } from "vitest";
import type { LmeOptions } from "../../simulator/lme/options.ts";
import { echo, type Service, sink, source } from "../../simulator/lme/service.ts";
import { pattern } from "../../simulator/pattern.ts";
import { connectedHost, type LmeHost } from "./lme_host.ts";

const with16992 = (service: Service, options: LmeOptions = {}) => ({ ...options, services: { 16992: service } });

/** What the firmware sends on one channel until its CLOSE, with all credit given back at once. */
async function received(host: LmeHost, firmware: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (;;) {
    const message = await host.next();
    if (message.kind === "channelClose") return Uint8Array.from(parts.flatMap((part) => [...part]));
    if (message.kind !== "channelData") continue;
    parts.push(message.data);
    host.adjust(firmware, message.data.length);
  }
}

const bytes = (length: number, from = 0) => Uint8Array.from([...pattern(length, from)].flatMap((piece) => [...piece]));

describe("a channel of the host", () => {
  it("is confirmed with a slot and the firmware's window", async () => {
    const host = await connectedHost();
    expect(await host.open({ sender: 77 })).toEqual({ own: 77, firmware: 0, windowBytes: 4096 });
  });

  it("is refused with 4 when eight are open, and possible again when both sides closed one", async () => {
    const host = await connectedHost(with16992(sink));
    for (let sender = 1; sender <= 8; sender++) {
      expect((await host.open({ sender })).firmware).toBe(sender - 1);
    }
    host.ask({ sender: 9 });
    expect(await host.next()).toEqual({ kind: "channelOpenFailure", recipient: 9, reason: 4 });
    host.closeChannel(3);
    expect(await host.expect("channelClose")).toEqual({ kind: "channelClose", recipient: 4 });
    expect((await host.open({ sender: 9 })).firmware).toBe(3);
    expect(host.lme.slotsInUse).toBe(8);
  });

  it("gets a number that was freed last after all others", async () => {
    const host = await connectedHost(with16992(sink));
    const numbers: number[] = [];
    for (let i = 0; i < 10; i++) {
      const { firmware } = await host.open();
      numbers.push(firmware);
      host.closeChannel(firmware);
      await host.expect("channelClose");
    }
    expect(numbers).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 0, 1]);
    expect(host.lme.slotsInUse).toBe(0);
  });

  it.each<[string, { port?: number; type?: string }, number]>([
    ["to a port that is not forwarded", { port: 5900 }, 1],
    ["of another type", { type: "direct-tcpip" }, 3],
    ["without a type", { type: "" }, 3],
  ])("%s is refused", async (_, how, reason) => {
    const host = await connectedHost();
    host.ask(how);
    expect(await host.next()).toEqual({ kind: "channelOpenFailure", recipient: 1, reason });
    expect(host.lme.slotsInUse).toBe(0);
  });
  it("is refused with 2 on a port without TLS where there is TLS only, and nobody listens", async () => {
    const host = await connectedHost({ forwards: [16992, 623] }, "tls-only");
    host.ask({ port: 16992 });
    expect(await host.next()).toMatchObject({ kind: "channelOpenFailure", reason: 2 });
  });
  it("may not have the number of another that is open", async () => {
    const host = await connectedHost();
    await host.open({ sender: 5 });
    host.ask({ sender: 5 });
    expect(await host.next()).toMatchObject({ kind: "disconnect" });
    expect(host.lme.protocolErrors).toEqual(["channelOpen with the number 5, which is in use"]);
  });

  it.each([1, 300, 1024, 4096, 100_000])(
    "gets no more than its window of %i bytes, and more with credit",
    async (windowBytes) => {
      const host = await connectedHost(with16992(source()));
      const { firmware } = await host.open({ windowBytes });
      let got = 0;
      while (got < windowBytes) got += (await host.expect("channelData")).data.length;
      expect(got).toBe(windowBytes);
      await host.expectNothing();
      host.adjust(firmware, 7);
      expect((await host.expect("channelData")).data.length).toBe(7);
      await host.expectNothing();
    },
  );

  it("gets nothing with a window of 0 until there is credit", async () => {
    const host = await connectedHost(with16992(source(5)));
    const { firmware } = await host.open({ windowBytes: 0 });
    await host.expectNothing();
    host.adjust(firmware, 5);
    expect((await host.expect("channelData")).data).toEqual(bytes(5));
    await host.expect("channelClose");
  });

  it.each<[string, LmeOptions, string, number]>([
    ["8192 of the profile", {}, "activated", 8183],
    ["4104 of the profile legacy", {}, "legacy", 4095],
    ["4096 of the credit bench", { credit: "bench" }, "activated", 4087],
  ])("gets messages of at most %s", async (_, options, profile, longest) => {
    const host = await connectedHost(with16992(source(), options), profile);
    await host.open({ windowBytes: 3 * longest });
    for (let i = 0; i < 3; i++) expect((await host.expect("channelData")).data.length).toBe(longest);
    await host.expectNothing();
  });

  it("gets credit back for what was taken", async () => {
    const host = await connectedHost(with16992(sink));
    const { firmware } = await host.open();
    for (const length of [4096, 1, 2000]) {
      host.data(firmware, new Uint8Array(length));
      expect(await host.next()).toEqual({ kind: "channelWindowAdjust", recipient: 1, bytesToAdd: length });
    }
  });
  it("gets no credit for what is not taken", async () => {
    const host = await connectedHost(with16992(source()));
    const { firmware } = await host.open({ windowBytes: 0 });
    host.data(firmware, new Uint8Array(4096));
    await host.expectNothing();
  });
  it("gets credit by half windows with bench credit", async () => {
    const host = await connectedHost(with16992(sink, { credit: "bench" }));
    const { firmware, windowBytes } = await host.open();
    expect(windowBytes).toBe(16_384);
    host.data(firmware, new Uint8Array(4087));
    host.data(firmware, new Uint8Array(4087));
    await host.expectNothing();
    host.data(firmware, new Uint8Array(4087));
    expect((await host.expect("channelWindowAdjust")).bytesToAdd).toBe(12_261);
  });
  it("gets 499 bytes of credit at a time when it is adversarial, and never waits for ever", async () => {
    const host = await connectedHost(with16992(sink, { credit: "adversarial" }));
    const { firmware, windowBytes } = await host.open();
    expect(windowBytes).toBe(499);
    host.data(firmware, new Uint8Array(300));
    await host.expectNothing();
    host.data(firmware, new Uint8Array(199));
    expect((await host.expect("channelWindowAdjust")).bytesToAdd).toBe(499);
  });

  it("ends the session with DATA beyond its window", async () => {
    const host = await connectedHost();
    const { firmware } = await host.open();
    host.data(firmware, new Uint8Array(4097));
    expect(await host.next()).toEqual({ kind: "disconnect", reason: 2 });
    expect(host.lme.protocolErrors).toEqual(["DATA of 4097 bytes for channel 0, whose window is 4096"]);
  });
  it("ends the session when its window overflows 32 bits", async () => {
    const host = await connectedHost();
    const { firmware } = await host.open();
    host.adjust(firmware, 0xffff_ffff);
    await host.expect("disconnect");
    expect(host.lme.protocolErrors[0]).toContain("WINDOW_ADJUST of channel 0");
  });
  it("ends the session with DATA after its CLOSE", async () => {
    const host = await connectedHost(with16992(source()));
    const { firmware } = await host.open({ windowBytes: 0 });
    host.closeChannel(firmware);
    host.data(firmware, "x");
    await host.expect("disconnect");
    expect(host.lme.protocolErrors).toEqual(["DATA for channel 0 after its CLOSE"]);
  });

  it("gets what its credit is good for after its CLOSE, then CLOSE", async () => {
    const host = await connectedHost(with16992(async (stream) => {
      await stream.read();
      await stream.write(bytes(5000));
    }));
    const { firmware } = await host.open({ windowBytes: 4096 });
    host.data(firmware, "ask");
    host.closeChannel(firmware);
    expect((await host.expect("channelData")).data).toEqual(bytes(4096));
    await host.expect("channelClose");
    expect(host.lme.slotsInUse).toBe(0);
  });

  it("passes over CLOSE, DATA and WINDOW_ADJUST for channels that are not there or were freed", async () => {
    const host = await connectedHost(with16992(sink));
    host.closeChannel(0);
    const { firmware } = await host.open();
    host.closeChannel(firmware);
    await host.expect("channelClose");
    host.closeChannel(firmware);
    host.data(firmware, "x");
    host.adjust(777, 3);
    host.send("c800000042");
    await host.expectNothing();
    expect(host.lme.counts.ignored).toBe(5);
    expect(host.lme.protocolErrors).toEqual([]);
  });

  it("drops what crosses its CLOSE", async () => {
    const host = await connectedHost(with16992(source(1)));
    const { firmware } = await host.open();
    await host.expect("channelData");
    await host.expect("channelClose");
    host.data(firmware, "late");
    host.adjust(firmware, 1);
    expect(host.lme.slotsInUse).toBe(1);
    host.closeChannel(firmware);
    expect(host.lme.slotsInUse).toBe(0);
    await host.expectNothing();
    expect(host.lme.protocolErrors).toEqual([]);
  });

  it("does not hold up another that gets no credit", async () => {
    const host = await connectedHost({ services: { 16992: source(), 623: source(20_000) } });
    await host.open({ sender: 1, windowBytes: 0 });
    const { firmware } = await host.open({ sender: 2, port: 623, windowBytes: 1024 });
    expect(await received(host, firmware)).toEqual(bytes(20_000));
  });

  it("carries 100,000 bytes there and back through echo in the order they were sent", async () => {
    const host = await connectedHost(with16992(echo, { credit: "adversarial" }));
    const { firmware } = await host.open({ windowBytes: 1000 });
    const sent = bytes(100_000);
    const back: number[] = [];
    let [at, credit] = [0, 499];
    while (back.length < sent.length) {
      const part = sent.subarray(at, at + credit);
      if (part.length > 0) host.data(firmware, part);
      at += part.length;
      credit -= part.length;
      const message = await host.next();
      if (message.kind === "channelWindowAdjust") credit += message.bytesToAdd;
      if (message.kind !== "channelData") continue;
      back.push(...message.data);
      host.adjust(firmware, message.data.length);
    }
    expect(Uint8Array.from(back)).toEqual(sent);
    expect(host.lme.counts.dataBytes).toBe(200_000);
  });

  it("leaves nothing behind after 1,000 opens and closes", async () => {
    const host = await connectedHost(with16992(echo));
    for (let i = 0; i < 1000; i++) {
      const { firmware } = await host.open({ sender: i });
      host.closeChannel(firmware);
      await host.expect("channelClose");
    }
    expect(host.lme.slotsInUse).toBe(0);
    expect(host.lme.counts.ignored).toBe(0);
  });
});

describe("pattern", () => {
  it("is the same sequence whatever the pieces", () => {
    const whole = bytes(200_000);
    expect(bytes(1000, 131_000)).toEqual(whole.subarray(131_000, 132_000));
    expect(whole.subarray(0, 65_521)).toEqual(whole.subarray(65_521, 131_042));
    expect(whole.subarray(0, 4096)).not.toEqual(whole.subarray(4096, 8192));
  });
});
