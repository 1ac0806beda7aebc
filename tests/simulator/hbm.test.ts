import { describe, expect, it } from "vitest";
import { fromHex } from "../../core/binary/mod.ts";
import { AMTHI, WATCHDOG } from "../../protocols/mei/known_clients.ts";
import { createSimulator } from "../../simulator/mod.ts";
import { echo, meWith } from "./echo.ts";
import { HbmHost, warm } from "./hbm_host.ts";

// Frames are constructed from Linux drivers/misc/mei/hw.h; connects and disconnects as Linux 6.12 sent them.
const start = (version: string) => `0000048001${"00"}${version}`;
const connect = "0000048006210100";
const connected = "0000048086210100";
const credit = "000008800821010000000000";
const allow = "000008800821010000000000";
const disconnect = "0000048007210100";
const disconnected = "0000048087210100";
const getProvisioningState = "21010c80010100001100000400000000";

const activated = () => new HbmHost(createSimulator().me);

describe("HbmFirmware start", () => {
  it.each([
    ["2.2", { major: 2, minor: 2 }, "0202", "81010202"],
    ["2.2", { major: 2, minor: 2 }, "0002", "81010202"],
    ["2.0", { major: 2, minor: 0 }, "0202", "81000002"],
    ["2.0", { major: 2, minor: 0 }, "0101", "81010002"],
    ["1.1", { major: 1, minor: 1 }, "0202", "81000101"],
    ["1.1", { major: 1, minor: 1 }, "0101", "81010101"],
  ])("answers as firmware %s when the host has %o", (_, version, host, answer) => {
    const bus = new HbmHost(createSimulator().me, version);
    expect(bus.send(start(host))).toEqual([`00000480${answer}`]);
  });
  it("answers a stop and forgets the connections", () => {
    const { me } = createSimulator();
    const bus = new HbmHost(me);
    bus.send(connect);
    expect(bus.send("0000048002000000")).toEqual(["0000048082000000"]);
    expect(me.openConnections).toBe(0);
  });
  it("grants no capabilities and no DMA ring", () => {
    expect(activated().send("0000048013070000")).toEqual(["0000048093000000"]);
    expect(activated().send(`00002880${"12000000"}${"00".repeat(36)}`)).toEqual(["0000048092050000"]);
  });
  it("answers the entry to power gating, and takes the answer to an exit", () => {
    expect(activated().send("000004800a000000", "000004808b000000")).toEqual(["000004808a000000"]);
  });
});

describe("HbmFirmware enumeration", () => {
  /** Addresses of the bit map. */
  const enumerate = (bus: HbmHost, version: string) => {
    const [, answer] = bus.send(start(version), "0000048004030000");
    const map = fromHex(answer!).subarray(8);
    return Array.from({ length: 256 }, (_, n) => n).filter((n) => (map[n >> 3]! >> (n & 7)) & 1);
  };

  it("gives dynamic addresses from 32 up and fixed clients theirs", () => {
    expect(enumerate(activated(), "0202")).toEqual([7, 8, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42]);
  });
  it.each(["0101", "0001"])("hides fixed clients when the session is %s", (version) => {
    const bus = new HbmHost(createSimulator().me, { major: 1, minor: 1 });
    expect(enumerate(bus, version)[0]).toBe(32);
    expect(bus.send("0000048005070000")[0]!.slice(8, 16)).toBe("85070100");
  });
  it("tells the properties of AMTHI and of the fixed MKHI", () => {
    expect(activated().send("0000048005210000")).toEqual([
      "00001c80852100002800f812b7b42d4baca846e0ff65814c0101000000140000",
    ]);
    expect(activated().send("0000048005070000")).toEqual([
      "00001c808507000084352155299a1649badf0fb7ed682aeb0200070000080000",
    ]);
  });
  it("says not found when no client is at the address", () => {
    expect(activated().send("0000048005fe0000")).toEqual([`00001c8085fe0100${"00".repeat(24)}`]);
  });
});

describe("HbmFirmware connect", () => {
  it("gives the first credit after the answer", () => {
    expect(activated().send(connect)).toEqual([connected, credit]);
  });
  it.each([
    ["not found when there is no client", "0000048006fe0100", "0000048086fe0101"],
    ["rejected when the client is a fixed one", "0000048006070100", "0000048086070103"],
    ["invalid when the host's address is 0", "0000048006210000", "0000048086210004"],
  ])("answers %s", (_, request, answer) => expect(activated().send(request)).toEqual([answer]));
  it("answers already exists when the pair is connected, and rejected when the client is full", () => {
    const bus = activated();
    bus.send(connect);
    expect(bus.send(connect)).toEqual(["0000048086210102"]);
    expect(bus.send("0000048006210200")).toEqual(["0000048086210203"]);
  });
  it("takes as many connections as the client allows, and again after a disconnect", () => {
    const bus = new HbmHost(meWith([echo({ maxConnections: 2 })]));
    expect(bus.send("0000048006200100")).toHaveLength(2);
    expect(bus.send("0000048006200200")).toHaveLength(2);
    expect(bus.send("0000048006200300")).toEqual(["0000048086200303"]);
    expect(bus.send("0000048007200100")).toEqual(["0000048087200100"]);
    expect(bus.send("0000048006200300")).toHaveLength(2);
  });
  it("answers a disconnect of what is not connected with success", () => {
    expect(activated().send(disconnect)).toEqual([disconnected]);
  });
  it("is free for others after the firmware disconnected and the host agreed", () => {
    const bus = activated();
    bus.send(connect);
    bus.firmware.disconnect(AMTHI);
    expect(bus.take()).toEqual([disconnect]);
    expect(bus.send(disconnected)).toEqual([]);
    expect(bus.send(connect)).toEqual([connected, credit]);
  });
});

describe("HbmFirmware messages", () => {
  const answer = "2101148001010000110080040800000000000000" + "02000000";

  it("holds the answer until the host gave credit, and its own credit until the answer left", async () => {
    const bus = new HbmHost(await warm(createSimulator().me));
    bus.send(connect);
    expect(bus.send(getProvisioningState)).toEqual([]);
    expect(bus.send(allow)).toEqual([answer, credit]);
  });
  it("answers at once when the host gave credit before", async () => {
    const bus = new HbmHost(await warm(createSimulator().me));
    bus.send(connect, allow);
    expect(bus.send(getProvisioningState)).toEqual([answer, credit]);
  });
  it("ignores a message that has no credit", async () => {
    const bus = new HbmHost(await warm(createSimulator().me));
    bus.send(connect);
    bus.send(getProvisioningState, getProvisioningState);
    expect(bus.firmware.counts).toEqual({ received: 1, sent: 0, ignored: 1 });
    expect(bus.send(allow, allow)).toEqual([answer, credit]);
  });
  it("needs neither connect nor credit for a fixed client", async () => {
    const bus = new HbmHost(await warm(createSimulator().me));
    const [first, ...more] = bus.send("07000480ff020000");
    expect(first!.slice(0, 16)).toBe("07001c80ff820000");
    expect(more).toEqual([]);
    expect(bus.send("07000480ff020000")).toEqual([first]);
  });
  it("leaves the kernel's OS version unanswered", () => {
    expect(activated().send("070011800306000000001000080000000002000000")).toEqual([]);
  });
  it("forgets connections, credits and half messages when the host resets the link", async () => {
    const me = await warm(createSimulator().me);
    const bus = new HbmHost(me);
    bus.send(connect, allow, "21010400" + "01010000");
    bus.firmware.hostReset();
    expect(me.openConnections).toBe(0);
    expect(bus.send(getProvisioningState, allow)).toEqual([]);
    expect(bus.send(connect)).toEqual([connected, credit]);
    expect(bus.send(getProvisioningState)).toEqual([]);
    expect(bus.send(allow)).toEqual([answer, credit]);
  });
  it("says nothing of connections that the firmware's own reset took", () => {
    const { me } = createSimulator();
    const bus = new HbmHost(me);
    bus.send(connect, "07000480ff020000");
    me.reset();
    expect(bus.take()).toEqual([]);
    expect(bus.send(connect)).toEqual([connected, credit]);
  });
  it("answers nothing while it is mute, a connect included, and goes on afterwards", () => {
    const bus = activated();
    bus.firmware.mute();
    expect(bus.send(start("0202"), connect, "07000480ff020000")).toEqual([]);
    bus.firmware.unmute();
    expect(bus.send(connect)).toEqual([connected, credit]);
  });
});

describe("HbmFirmware notifications", () => {
  it("tells of an event only connections that asked for it", () => {
    const bus = activated();
    bus.send("0000048006230100");
    bus.firmware.notify(WATCHDOG);
    expect(bus.take()).toEqual([]);
    expect(bus.send("0000048010230101")).toEqual(["000008809023010001000000"]);
    bus.firmware.notify(WATCHDOG);
    expect(bus.take()).toEqual(["0000048011230100"]);
    expect(bus.send("0000048010230100")).toEqual(["000008809023010000000000"]);
    bus.firmware.notify(WATCHDOG);
    expect(bus.take()).toEqual([]);
  });
  it("refuses when there is no such connection", () => {
    expect(activated().send("0000048010230101")).toEqual(["000008809023010101000000"]);
  });
});

describe("HbmFirmware ignores", () => {
  it.each([
    ["nothing at all", ""],
    ["half a header", "0000"],
    ["a command without bytes", "00000080"],
    ["an unknown command", "000004807f000000"],
    ["a known command that is cut short", "000003800621" + "01"],
    ["a known command that runs on", "000005800621010000"],
    ["a frame shorter than its header says", "000008800621010000"],
    ["a frame longer than its header says", "0000048006210100ff"],
    ["reserved bits", "0000048e06210100"],
    ["an extended header", "0000049006210100"],
    ["a DMA ring", "000004a006210100"],
    ["a message for nobody", "fe010480aabbccdd"],
    ["a message to a dynamic client without a connection", "21000480aabbccdd"],
    ["credit for nobody", "0000088008fe010000000000"],
    ["an answer that only the firmware gives", "0000048086210100"],
  ])("%s", (_, frame) => {
    const bus = activated();
    expect(bus.send(frame)).toEqual([]);
    expect(bus.firmware.counts).toEqual({ received: 0, sent: 0, ignored: 1 });
    expect(bus.send(connect)).toEqual([connected, credit]);
  });
});
