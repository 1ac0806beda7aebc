import { describe, expect, it } from "vitest";
import { encode, toHex } from "../../core/binary/mod.ts";
import { ApfMessage, ApfSession, type ApfSessionOptions } from "../../protocols/apf/mod.ts";
import { ManualClock } from "../fakes/clock.ts";
import { vectors } from "../vectors/load.ts";
import { greeted, LmeFirmware, PFWD, settled, VERSION } from "./lme_firmware.ts";

const AUTH = "05000000126175746840616d742e696e74656c2e636f6d";
const USERAUTH = "320000000561646d696e000000127066776440616d742e696e74656c2e636f6d0000000870617373776f726400" +
  "00000006736563726574";
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
