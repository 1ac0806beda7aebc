import { describe, expect, it } from "vitest";
import { encode, toHex } from "../../core/binary/mod.ts";
import { ApfMessage, ApfSession, type ApfSessionOptions, type Forward } from "../../protocols/apf/mod.ts";
import { ManualClock } from "../fakes/clock.ts";
import { vectors } from "../vectors/load.ts";
import { FORWARD_16992, greeted, LmeFirmware, PFWD, settled, VERSION } from "./lme_firmware.ts";

const AUTH = "05000000126175746840616d742e696e74656c2e636f6d";
const USERAUTH = "320000000561646d696e000000127066776440616d742e696e74656c2e636f6d0000000870617373776f726400" +
  "00000006736563726574";
const FORWARD_623 = FORWARD_16992.replace(/4260$/, "026f");
const OTHER_ADDRESS = "500000000d74637069702d666f727761726401000000116f746865722e6578616d706c652e636f6d00004260";
const REMOTE = "500000000d74637069702d666f72776172640100000007302e302e302e3000000298";
const CANCEL_16992 = "500000001463616e63656c2d74637069702d666f72776172640100000010616d74312e6578616d706c652e636f6d" +
  "00004260";
const CANCEL_5000 = CANCEL_16992.replace(/4260$/, "1388");
const UNKNOWN_REQUEST = "500000000f6e6f2d737563682d726571756573740100000010616d74312e6578616d706c652e636f6d00001388";
const web: Forward = { address: "amt1.example.com", port: 16992 };
/** As lms8 sends it. */
const ours = vectors("apf").find(({ name }) => name === "apf/ProtocolVersion")!.hex;

function begun(options: ApfSessionOptions = {}) {
  const firmware = new LmeFirmware();
  const clock = new ManualClock();
  return { firmware, clock, session: new ApfSession(firmware.connection, { clock, ...options }) };
}

describe("ApfSession, exchange of versions", () => {
  it("says nothing until the firmware has spoken, and then what lms8 says", async () => {
    const { firmware, session } = begun();
    await using _session = session;
    await settled();
    expect(firmware.heard).toEqual([]);
    firmware.say(VERSION);
    expect(toHex(encode(ApfMessage, await firmware.hear("protocolVersion")))).toBe(ours);
  });
  it("answers a version that comes again", async () => {
    const { firmware, session } = await greeted();
    await using _session = session;
    firmware.say(VERSION);
    await firmware.hear("protocolVersion");
  });
  it("speaks first when the firmware is silent, and takes a version that crossed its own for the answer", async () => {
    const { firmware, clock, session } = begun();
    await using _session = session;
    await clock.advance(1999);
    expect(firmware.heard).toEqual([]);
    await clock.advance(1);
    await firmware.hear("protocolVersion");
    firmware.say(VERSION, PFWD);
    await firmware.hear("serviceAccept");
    expect(firmware.all("protocolVersion")).toHaveLength(1);
    firmware.say(VERSION);
    await firmware.hear("protocolVersion");
  });
  it("does not speak first when the firmware has spoken", async () => {
    const { firmware, clock, session } = await greeted();
    await using _session = session;
    await clock.advance(5000);
    expect(firmware.unheard()).toEqual([]);
  });
  it("ends with DISCONNECT 8 when the firmware's version is below 1.0", async () => {
    const { firmware, clock, session } = begun();
    firmware.say(VERSION.replace("c000000001", "c000000000"));
    expect(await firmware.hear("disconnect")).toMatchObject({ reason: 8 });
    await clock.advance(200);
    expect(await session.ended).toMatchObject({ code: "firmware.protocol", message: expect.stringContaining("0.0") });
  });
  it.each(["1.1", "2.0"])("takes version %s", async (version) => {
    const { firmware, session } = begun();
    await using _session = session;
    const [major, minor] = version.split(".");
    firmware.say(VERSION.replace("c00000000100000000", `c00000000${major}0000000${minor}`));
    await firmware.hear("protocolVersion");
  });
  it("counts a CLOSE before the version, which is of an earlier session", async () => {
    const { firmware, session } = begun();
    await using _session = session;
    firmware.say("6100000000", "6100000001", VERSION);
    await firmware.hear("protocolVersion");
    expect(session.stats().ignored).toMatchObject({ unknownChannel: 2 });
  });
});

describe("ApfSession, services", () => {
  it("accepts both, as lms8 and MicroLMS do, and any authentication", async () => {
    const { firmware, session } = begun();
    await using _session = session;
    firmware.say(VERSION, AUTH, USERAUTH, PFWD);
    await firmware.hear("protocolVersion");
    const accepted = vectors("apf").filter(({ name }) => name.startsWith("apf/ServiceAccept"));
    const answers = [await firmware.hear("serviceAccept")];
    await firmware.hear("userauthSuccess");
    answers.push(await firmware.hear("serviceAccept"));
    expect(answers.map((answer) => toHex(encode(ApfMessage, answer))).sort()).toEqual(
      accepted.map(({ hex }) => hex).sort(),
    );
  });
  it("accepts authentication in the middle of a session", async () => {
    const { firmware, session } = await greeted();
    await using _session = session;
    firmware.say(AUTH, USERAUTH);
    await firmware.hear("serviceAccept");
    await firmware.hear("userauthSuccess");
  });
  it("ends with DISCONNECT 7 when it is asked for another one", async () => {
    const { firmware, clock, session } = await greeted();
    firmware.say({ kind: "serviceRequest", service: "shell@amt" });
    expect(await firmware.hear("disconnect")).toMatchObject({ reason: 7 });
    await clock.advance(200);
    expect(await session.ended).toMatchObject({ message: `LME: there is no service "shell@amt"` });
  });
});

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

describe("ApfSession, the rest of the protocol", () => {
  it("answers keep-alives", async () => {
    const { firmware, session } = await greeted();
    await using _session = session;
    firmware.say("d000000042", "d20000001e0000005a");
    expect(await firmware.hear("keepaliveReply")).toMatchObject({ cookie: 0x42 });
    expect(await firmware.hear("keepaliveOptionsReply")).toMatchObject({ intervalSeconds: 30, timeoutSeconds: 90 });
  });
  it("passes over a type that it does not know, an empty message and answers to nothing, and counts them", async () => {
    const { firmware, session } = await greeted();
    await using _session = session;
    firmware.say("c800000042", "", "51", "52", "34", "d100000001", "d000000001");
    await firmware.hear("keepaliveReply");
    expect(session.stats().ignored).toMatchObject({ unknownType: 1, empty: 1, unexpected: 4 });
  });
  it("counts messages about channels that there are not", async () => {
    const { firmware, session } = await greeted();
    await using _session = session;
    const confirmation = "5b000003090000000000001000ffffffff";
    const failure = "5c00000309000000010000000000000000";
    firmware.say("5e0000030900000003616263", "5d0000030900000003", "6100000000", confirmation, failure, "d000000001");
    await firmware.hear("keepaliveReply");
    expect(session.stats().ignored.unknownChannel).toBe(5);
  });
  it("ends with firmware.refused and the reason when the firmware says DISCONNECT, and says nothing", async () => {
    const { firmware, session } = await greeted();
    firmware.say("010000000b0000");
    expect(await session.ended).toMatchObject({
      code: "firmware.refused",
      message: expect.stringContaining("BY_APPLICATION"),
      details: { reason: 11 },
    });
    expect(firmware.unheard()).toEqual([]);
    expect(firmware.isClosed).toBe(true);
  });
  it("ends with mei.reset when the firmware restarts", async () => {
    const { firmware, clock, session } = await greeted();
    firmware.reset();
    expect(await session.ended).toMatchObject({ code: "mei.reset" });
    expect(clock.sleepers).toBe(0);
  });
  it("sends nothing when it is disposed of, and leaves no timer", async () => {
    const { firmware, clock, session } = await greeted();
    await session[Symbol.asyncDispose]();
    await session[Symbol.asyncDispose]();
    expect(await session.ended).toMatchObject({ code: "mei.closed" });
    expect(firmware.unheard()).toEqual([]);
    expect(firmware.isClosed).toBe(true);
    expect(clock.sleepers).toBe(0);
  });
  it("ends with timeout when the firmware takes no message for long", async () => {
    const { firmware, clock, session } = await greeted();
    firmware.take(false);
    firmware.say("d000000001");
    await clock.advance(20_000);
    await clock.advance(20_000);
    expect(await session.ended).toMatchObject({ code: "timeout", message: "LME: the firmware takes no messages" });
    expect(firmware.isClosed).toBe(true);
  });
  it("does not keep answers without end for a firmware that takes none", async () => {
    const { firmware, session } = await greeted();
    firmware.take(false);
    for (let cookie = 0; cookie < 1100; cookie++) firmware.say({ kind: "keepaliveRequest", cookie });
    expect(await session.ended).toMatchObject({ code: "firmware.protocol" });
  });
  it("does not begin where messages cannot hold what has to be said", async () => {
    const firmware = new LmeFirmware(92);
    const session = new ApfSession(firmware.connection);
    expect(await session.ended).toMatchObject({ code: "firmware.protocol", message: expect.stringContaining("92") });
    expect(firmware.isClosed).toBe(true);
  });
});
