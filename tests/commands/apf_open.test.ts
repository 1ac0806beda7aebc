import { describe, expect, it } from "vitest";
import apfOpen from "../../commands/apf_open.ts";
import { program } from "../../commands/program.ts";
import { root } from "../../commands/root.ts";
import { echo } from "../../simulator/lme/service.ts";
import type { LmeOptions } from "../../simulator/lme/options.ts";
import { createSimulator } from "../../simulator/mod.ts";
import { fakeContext, fakeRuntime } from "./fakes.ts";

/** What comes back for `input`; the firmware echoes, unless `lme` has it otherwise. */
async function open(host: string, port: number, input: string, lme: LmeOptions = {}) {
  using simulator = createSimulator("activated", { lme: { forwards: [16992], services: { 16992: echo }, ...lme } });
  const machine = { host: simulator.host, openMei: () => Promise.resolve(simulator.mei) };
  const received: Uint8Array[] = [];
  const output = new WritableStream<Uint8Array>({ write: (bytes) => void received.push(bytes) });
  const context = { ...fakeContext(machine, input), output };
  const events: never[] = [];
  for await (const event of apfOpen.stream(context, {}, [host, port])) events.push(event);
  return { text: Buffer.concat(received).toString(), events, notes: context.notes.all };
}

describe("apf open", () => {
  it("carries standard input to the firmware, and its answer to standard output", async () => {
    // AMT's web server closes the channel after its answer.
    const { text, events, notes } = await open("amt.example.com", 16992, "GET / HTTP/1.0\r\n\r\n", { services: {} });
    expect(text).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/);
    expect(events).toEqual([]);
    expect(notes).toContain("1 session 1 from stdio to port 16992");
  });
  it("carries bytes until the firmware closes", async () => {
    const service: typeof echo = async (stream) => {
      await stream.write((await stream.read())!);
    };
    expect((await open("127.0.0.1", 16992, "hello", { services: { 16992: service } })).text).toBe("hello");
  });
  it("rejects with the firmware's reason for a port that it does not forward", async () => {
    await expect(open("127.0.0.1", 9, "")).rejects.toMatchObject({
      code: "net.connect",
      hint: expect.stringContaining("amtctl apf monitor"),
    });
  });
  it("rejects when the firmware restarts in the middle", async () => {
    const lme: LmeOptions = { faults: { after: { bytes: 3, then: "reset" } } };
    await expect(open("127.0.0.1", 16992, "hello", lme)).rejects.toMatchObject({ code: "mei.reset" });
  });
  it.each([
    [["", "16992"], "HOST: it is no address"],
    [["a b", "16992"], "HOST: it is no address"],
    [["127.0.0.1", "0"], `PORT: "0" is no port`],
    [["127.0.0.1", "65536"], `PORT: "65536" is no port`],
    [["127.0.0.1"], "PORT"],
  ])("refuses %j", async (words, message) => {
    const runtime = fakeRuntime(["--device", "sim", "apf", "open", ...words]);
    expect(await program(runtime, root)).toBe(2);
    expect(runtime.stderr).toContain(message);
  });
});
