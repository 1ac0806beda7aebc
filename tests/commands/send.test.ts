import { describe, expect, it } from "vitest";
import { parseClient } from "../../commands/client_argument.ts";
import type { Machine } from "../../commands/machine.ts";
import send from "../../commands/send.ts";
import { AmtError } from "../../core/errors/mod.ts";
import { AMTHI, MKHI } from "../../protocols/mei/known_clients.ts";
import { createSimulator, type Fault } from "../../simulator/mod.ts";
import { fakeContext, plain } from "./fakes.ts";

// Captured from an ME 11.8.50 machine: GetFwVersion of MKHI, group 0xff, command 2.
const GET_FW_VERSION = "ff020000";

function machine(faults: Fault[] = []): Machine {
  const { mei, host } = createSimulator("activated", { faults });
  const device = () => ({ name: "sim:activated", path: "/dev/mei0", node: undefined });
  return {
    host,
    simulated: true,
    device,
    openMei: () => Promise.resolve(mei),
    openWatchdogs: () => Promise.reject(new Error("send has no use for the watchdog")),
    withWatchdogReleased: () => Promise.reject(new Error("send has no use for the watchdog")),
    async [Symbol.asyncDispose]() {},
  };
}

describe("send", () => {
  it("sends one message and answers with the firmware's", async () => {
    const output = await send.run(fakeContext(machine()), { receive: 1, binary: false }, [MKHI, GET_FW_VERSION]);
    expect(output).toMatchObject({
      device: "sim:activated",
      client: { guid: MKHI, name: "MKHI" },
      protocolVersion: 2,
      maxMessageLength: 2048,
      sent: GET_FW_VERSION,
      received: [expect.stringMatching(/^ff820000/)],
    });
  });
  it("waits for no answer when none is wanted", async () => {
    const output = await send.run(fakeContext(machine()), { receive: 0, binary: false }, [MKHI, GET_FW_VERSION]);
    expect(output.received).toEqual([]);
  });
  it.each([["hex", "ff 02\n00:00\n", false], ["bytes", "\x01\x02\x00\x00", true]])(
    "reads %s from standard input when the message is -",
    async (_name, input, binary) => {
      const output = await send.run(fakeContext(machine(), input), { receive: 0, binary }, [MKHI, "-"]);
      expect(output.sent).toBe(binary ? "01020000" : GET_FW_VERSION);
    },
  );
  it("refuses an input without an end", async () => {
    const endless = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(new Uint8Array(65536)) });
    const context = { ...fakeContext(machine()), input: endless };
    const run = send.run(context, { receive: 0, binary: true }, [MKHI, "-"]);
    await expect(run).rejects.toMatchObject({ code: "usage" });
  });
  it("stops to read when it is interrupted", async () => {
    const controller = new AbortController();
    const context = { ...fakeContext(machine()), input: new ReadableStream<Uint8Array>(), signal: controller.signal };
    const run = send.run(context, { receive: 0, binary: true }, [MKHI, "-"]);
    controller.abort(new AmtError("cancelled", "interrupted"));
    await expect(run).rejects.toMatchObject({ code: "cancelled" });
  });
  it.each([["0x", 2], ["f", 2], ["ff0", 4], ["ffzz", 3]])("tells where %j is no hex", async (hex, position) => {
    const run = send.run(fakeContext(machine()), { receive: 0, binary: false }, [MKHI, hex]);
    await expect(run).rejects.toMatchObject({ code: "usage", exitCode: 2, details: { position } });
  });
  it("keeps the answers that came before the time was up", async () => {
    const controller = new AbortController();
    const context = { ...fakeContext(machine()), signal: controller.signal };
    const run = send.run(context, { receive: 2, binary: false }, [MKHI, GET_FW_VERSION]);
    setTimeout(() => controller.abort(new AmtError("timeout", "no answer within 50ms")), 50);
    await expect(run).rejects.toMatchObject({
      code: "timeout",
      details: { received: [expect.stringMatching(/^ff820000/)] },
    });
  });
  it("takes an empty message for an answer", async () => {
    const faulty = machine([{ kind: "empty", nth: 1 }]);
    const output = await send.run(fakeContext(faulty), { receive: 1, binary: false }, [MKHI, GET_FW_VERSION]);
    expect(output.received).toEqual([""]);
  });
  it("renders a line for each answer, or bytes", () => {
    const output = { received: ["ff82", "", "00"] } as Awaited<ReturnType<typeof send.run>>;
    expect(send.render(output, plain, { receive: 3, binary: false })).toBe("ff82\n\n00");
    expect(send.render(output, plain, { receive: 3, binary: true })).toEqual(Uint8Array.of(0xff, 0x82, 0));
  });
  it.each(["-1", "x", "1.5", "10001", ""])("refuses to receive %j", (text) => {
    expect(() => send.flags.receive.parse(text)).toThrowError(expect.objectContaining({ code: "usage" }));
  });
});

describe("parseClient", () => {
  it("knows clients by name, in either case", () => {
    expect(parseClient("amthi")).toBe(AMTHI);
    expect(parseClient("MKHI-Fix")).toBe("55213584-9a29-4916-badf-0fb7ed682aeb");
  });
  it("takes any GUID", () => {
    expect(parseClient("{5565A099-7FE2-45C1-A22B-D7E9DFEA9A2E}")).toBe("5565a099-7fe2-45c1-a22b-d7e9dfea9a2e");
  });
  it.each([["12f80028-b4b7", 14], ["12f80028xb4b7-4b2d-aca8-46e0ff65814c", 9], [
    "g2f80028-b4b7-4b2d-aca8-46e0ff65814c",
    1,
  ]])(
    "tells where %j goes wrong",
    (text, position) => {
      expect(() => parseClient(text)).toThrowError(expect.objectContaining({ code: "usage", details: { position } }));
    },
  );
  it("lists the names when one is unknown", () => {
    expect(() => parseClient("AMTI")).toThrowError(
      expect.objectContaining({ code: "usage", hint: expect.stringContaining("AMTHI, LME, WD") }),
    );
  });
});
