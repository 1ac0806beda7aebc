import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import apfMonitor from "../../commands/apf_monitor.ts";
import type { ApfMonitorOutput } from "../../commands/apf_monitor.schema.ts";
import { apfText } from "../../commands/apf_text.ts";
import { openMachine } from "../../commands/machine.ts";
import { schemas } from "../../schemas/mod.ts";
import type { Simulator } from "../../simulator/mod.ts";
import { createSimulator } from "../../simulator/mod.ts";
import { fakeContext } from "./fakes.ts";

/** Its events, until `enough` says so; then it is interrupted, and what it still says is there too. */
async function monitor(
  simulator: Simulator,
  enough: (events: readonly ApfMonitorOutput[]) => boolean,
  reveal = false,
): Promise<ApfMonitorOutput[]> {
  const abort = new AbortController();
  const machine = { host: simulator.host, openMei: () => Promise.resolve(simulator.mei) };
  const events: ApfMonitorOutput[] = [];
  for await (const event of apfMonitor.stream({ ...fakeContext(machine), signal: abort.signal }, { reveal }, [])) {
    events.push(event);
    if (enough(events)) abort.abort();
  }
  return events;
}

const messages = (events: readonly ApfMonitorOutput[], name: string) =>
  events.flatMap((event) => event.event === "message" && event.message === name ? [event] : []);

describe("apf monitor", () => {
  it("answers the handshake and shows it", async () => {
    using simulator = createSimulator();
    const events = await monitor(simulator, (all) => messages(all, "requestSuccess").length === 2);
    expect(events.map(apfText)).toEqual([
      "LME: connect",
      "LME: connected, version 4, messages up to 8192 bytes",
      expect.stringMatching(/^LME > PROTOCOL_VERSION major=1 minor=0 triggerReason=lmeRequest uuid=.* \(93 bytes\)$/),
      expect.stringMatching(/^LME < PROTOCOL_VERSION major=1 minor=0 /),
      "LME > SERVICE_REQUEST service=pfwd@amt.intel.com (23 bytes)",
      "LME < SERVICE_ACCEPT service=pfwd@amt.intel.com (23 bytes)",
      expect.stringMatching(/^LME > GLOBAL_REQUEST request=tcpipForward wantReply=true address=.* port=16992 /),
      "LME < REQUEST_SUCCESS port=16992 (5 bytes)",
      expect.stringMatching(/^LME > GLOBAL_REQUEST request=tcpipForward wantReply=true address=.* port=623 /),
      "LME < REQUEST_SUCCESS port=623 (5 bytes)",
      "LME: disconnect",
    ]);
    expect(apfMonitor.renderEvent(events[0]!, { style: (_, text) => text })).toBe(`${events[0]!.at} LME: connect`);
    const validate = new Ajv2020({ strict: true }).compile((await schemas.apf_monitor()).default);
    for (const event of events) expect([event, validate(event)]).toEqual([event, true]);
  });
  it("shows what is malformed, and the DISCONNECT for it", async () => {
    using simulator = createSimulator();
    let sent = false;
    const events = await monitor(simulator, (all) => {
      if (!sent && messages(all, "requestSuccess").length === 2) {
        sent = true;
        void simulator.me.lme!.send(Uint8Array.of(0x61, 0));
      }
      return messages(all, "disconnect").length > 0;
    });
    expect(messages(events, "malformed")).toMatchObject([{ type: 97, length: 2, problem: expect.any(String) }]);
    expect(messages(events, "disconnect")).toMatchObject([{ direction: "toFirmware", fields: { reason: 2 } }]);
  });
  it.each([false, true])("shows payload only when it is to be revealed: %s", async (reveal) => {
    using simulator = createSimulator();
    let posted = false;
    const events = await monitor(simulator, (all) => {
      if (!posted && messages(all, "requestSuccess").length === 2) {
        posted = true;
        // To a channel that there is not: it is passed over.
        void simulator.me.lme!.send(Uint8Array.of(94, 0, 0, 0, 7, 0, 0, 0, 2, 0xca, 0xfe));
      }
      return messages(all, "channelData").length > 0;
    }, reveal);
    const fields = { recipient: 7, dataLength: 2 };
    expect(messages(events, "channelData")[0]!.fields).toEqual(reveal ? { ...fields, data: "cafe" } : fields);
  });
  it("says that the link was lost, and connects again", async () => {
    using simulator = createSimulator();
    let wasReset = false;
    const events = await monitor(simulator, (all) => {
      if (!wasReset && messages(all, "requestSuccess").length === 2) {
        wasReset = true;
        simulator.me.reset();
      }
      return messages(all, "requestSuccess").length === 4;
    });
    const links = events.flatMap((event) =>
      event.event === "message" || event.event === "dropped" ? [] : [`${event.connection} ${event.event}`]
    );
    expect(links.slice(0, 6)).toEqual([
      ...["1 connect", "1 connected", "1 lost", "1 disconnect", "2 connect", "2 connected"],
    ]);
  });
  it("names the service that has LME", async () => {
    await using machine = await openMachine({ device: "sim:activated+busy" });
    const next = apfMonitor.stream(fakeContext(machine), { reveal: false }, [])[Symbol.asyncIterator]();
    const all = (async () => {
      while (!(await next.next()).done);
    })();
    await expect(all).rejects.toMatchObject({ code: "mei.busy", message: expect.stringContaining("lms") });
  });
});
