import { describe, expect, it } from "vitest";
import { ApfSession, type ApfSessionOptions, type Forward } from "../../protocols/apf/mod.ts";
import { ManualClock } from "../fakes/clock.ts";
import { vectors } from "../vectors/load.ts";
import { FORWARD_16992, greeted, LmeFirmware, PFWD, VERSION } from "./lme_firmware.ts";

const FORWARD_623 = FORWARD_16992.replace(/4260$/, "026f");
const OTHER_ADDRESS = "500000000d74637069702d666f727761726401000000116f746865722e6578616d706c652e636f6d00004260";
const REMOTE = "500000000d74637069702d666f72776172640100000007302e302e302e3000000298";
const CANCEL_16992 = "500000001463616e63656c2d74637069702d666f72776172640100000010616d74312e6578616d706c652e636f6d" +
  "00004260";
const CANCEL_5000 = CANCEL_16992.replace(/4260$/, "1388");
const UNKNOWN_REQUEST = "500000000f6e6f2d737563682d726571756573740100000010616d74312e6578616d706c652e636f6d00001388";
const web: Forward = { address: "amt1.example.com", port: 16992 };

function begun(options: ApfSessionOptions = {}) {
  const firmware = new LmeFirmware();
  const clock = new ManualClock();
  return { firmware, clock, session: new ApfSession(firmware.connection, { clock, ...options }) };
}

describe("ApfSession, forwards", () => {
  it("confirms each with its port, lists them and tells of them", async () => {
    const told: Forward[] = [];
    const { firmware, session } = await greeted({ onForward: (forward) => void told.push(forward) });
    await using _session = session;
    firmware.say(FORWARD_623);
    expect(await firmware.hear("requestSuccess")).toMatchObject({ port: 623 });
    expect(session.forwards).toEqual([web, { ...web, port: 623 }]);
    expect(told).toEqual(session.forwards);
  });
  it("confirms one that is there already, and does not tell of it again", async () => {
    let told = 0;
    const { firmware, session } = await greeted({ onForward: () => void told++ });
    await using _session = session;
    firmware.say(FORWARD_16992);
    expect(await firmware.hear("requestSuccess")).toMatchObject({ port: 16992 });
    expect(session.forwards).toEqual([web]);
    expect(told).toBe(1);
  });
  it("takes the same port at another address for another forward", async () => {
    const { firmware, session } = await greeted();
    await using _session = session;
    firmware.say(OTHER_ADDRESS);
    await firmware.hear("requestSuccess");
    expect(session.forwards).toEqual([web, { address: "other.example.com", port: 16992 }]);
  });
  it("confirms the end of one without a port, and tells of it", async () => {
    const told: Forward[] = [];
    const { firmware, session } = await greeted({ onCancel: (forward) => told.push(forward) });
    await using _session = session;
    firmware.say(CANCEL_16992);
    expect(await firmware.hear("requestSuccess")).toEqual({ kind: "requestSuccess" });
    expect(session.forwards).toEqual([]);
    expect(told).toEqual([web]);
    firmware.say(CANCEL_16992);
    await firmware.hear("requestFailure");
  });
  it.each([
    ["the end of one that there is not", CANCEL_5000],
    ["one for connections from other hosts", REMOTE],
    ["port 0", FORWARD_16992.replace(/00004260$/, "00000000")],
    ["port 65536", FORWARD_16992.replace(/00004260$/, "00010000")],
  ])("refuses %s, and goes on", async (_, request) => {
    const { firmware, session } = await greeted();
    await using _session = session;
    firmware.say(request, FORWARD_16992);
    await firmware.hear("requestFailure");
    await firmware.hear("requestSuccess");
    expect(session.forwards).toEqual([web]);
  });
  it("refuses the 65th", async () => {
    const { firmware, session } = await greeted();
    await using _session = session;
    for (let port = 1; port <= 64; port++) {
      const request = { kind: "tcpipForward", wantReply: true, address: "amt", port } as const;
      firmware.say({ kind: "globalRequest", request });
      await firmware.hear(port <= 63 ? "requestSuccess" : "requestFailure");
    }
    expect(session.forwards).toHaveLength(64);
  });
  it("tells the firmware when its port cannot be had, and answers in the order of the requests", async () => {
    let decide = (_: boolean) => {};
    const { firmware, session } = await greeted({
      onForward: ({ port }) => port === 16992 || new Promise<boolean>((resolve) => decide = resolve),
    });
    await using _session = session;
    firmware.say(FORWARD_623, CANCEL_16992, "d000000007");
    await firmware.hear("keepaliveReply");
    expect(firmware.unheard()).toEqual([]);
    decide(false);
    await firmware.hear("requestFailure");
    await firmware.hear("requestSuccess");
    expect(session.forwards).toEqual([]);
  });
  it("ends when what has to decide throws", async () => {
    const { firmware, session } = begun({
      onForward: () => {
        throw new Error("no listener");
      },
    });
    firmware.say(VERSION, FORWARD_16992);
    expect(await session.ended).toMatchObject({ code: "unexpected", message: expect.stringContaining("no listener") });
  });
  it("does not answer a request that it does not know, or a datagram, and counts both", async () => {
    const { firmware, session } = await greeted();
    await using _session = session;
    firmware.say(UNKNOWN_REQUEST, vectors("apf").find(({ name }) => name === "apf/UdpSendTo")!.hex, "d000000001");
    await firmware.hear("keepaliveReply");
    expect(session.stats().ignored.unservedRequest).toBe(2);
  });
  it("hands over datagrams to who wants them", async () => {
    const datagrams: unknown[] = [];
    const { firmware, session } = await greeted({ onUdp: (datagram) => datagrams.push(datagram) });
    await using _session = session;
    firmware.say(vectors("apf").find(({ name }) => name === "apf/UdpSendTo")!.hex, "d000000001");
    await firmware.hear("keepaliveReply");
    expect(datagrams).toMatchObject([{ address: "127.0.0.1", port: 111, data: Uint8Array.of(0x61, 0x62, 0x63) }]);
    expect(session.stats().ignored.unservedRequest).toBe(0);
  });
});

describe("ApfSession.ready", () => {
  it("resolves with the first of the ports, without waiting for others", async () => {
    const { firmware, session } = begun();
    await using _session = session;
    const ready = session.ready();
    firmware.say(VERSION, PFWD, FORWARD_623, FORWARD_16992);
    expect(await ready).toEqual(web);
    expect(await session.ready({ ports: [623] })).toEqual({ ...web, port: 623 });
  });
  it("needs no service, and no second port", async () => {
    const firmware = new LmeFirmware();
    await using session = new ApfSession(firmware.connection, { clock: new ManualClock() });
    firmware.say(VERSION, FORWARD_16992);
    expect(await session.ready()).toMatchObject({ port: 16992 });
  });

  it("comes though the firmware goes on before it heard our version", async () => {
    const firmware = new LmeFirmware();
    await using session = new ApfSession(firmware.connection, { clock: new ManualClock() });
    firmware.say(VERSION, VERSION, PFWD, FORWARD_16992);
    expect(await session.ready()).toMatchObject({ port: 16992 });
  });
  it("rejects with timeout when none comes in 10 s, and the session goes on", async () => {
    const { firmware, clock, session } = begun();
    await using _session = session;
    firmware.say(VERSION, FORWARD_623);
    const ready = session.ready();
    ready.catch(() => {});
    await clock.advance(10_000);
    await expect(ready).rejects.toMatchObject({ code: "timeout", message: expect.stringContaining("16992, 16993") });
    firmware.say(FORWARD_16992);
    expect(await session.ready()).toEqual(web);
  });
  it("rejects with cancelled, and with what the session ended with", async () => {
    const { firmware, session } = begun();
    const abort = new AbortController();
    const interrupted = session.ready({ signal: abort.signal });
    const lost = session.ready();
    abort.abort();
    await expect(interrupted).rejects.toMatchObject({ code: "cancelled" });
    firmware.reset();
    await expect(lost).rejects.toMatchObject({ code: "mei.reset" });
    await expect(session.ready()).rejects.toMatchObject({ code: "mei.reset" });
  });
});
