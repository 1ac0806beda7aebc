import { describe, expect, it } from "vitest";
import { Buffer } from "node:buffer";
import { AMTHI } from "../../protocols/mei/known_clients.ts";
import { createSimulator, SimulatedMei } from "../../simulator/mod.ts";
import { ECHO, echo, meWith } from "./echo.ts";

const numbered = (n: number) => Uint8Array.of(n, 1, 2, 3);

describe("SimulatedMei", () => {
  it("queues 50 messages without credit, and send waits for room beyond", async () => {
    const mei = new SimulatedMei(meWith([echo()]));
    await using connection = await mei.connect(ECHO);
    // The firmware takes the first into its one buffer; 50 more wait in the driver.
    for (let i = 0; i < 51; i++) await connection.send(numbered(i));
    const next = connection.send(numbered(51));
    const late = new AbortController();
    const given = connection.send(numbered(52), { signal: late.signal });
    late.abort();
    await expect(given).rejects.toMatchObject({ code: "cancelled" });
    for (let i = 0; i < 51; i++) expect((await connection.receive())[0]).toBe(i);
    await next;
    expect((await connection.receive())[0]).toBe(51);
  });
  it("keeps its own copy of a message that waits", async () => {
    const mei = new SimulatedMei(meWith([echo()]));
    await using connection = await mei.connect(ECHO);
    const message = numbered(7);
    await connection.send(message);
    message.fill(0xff);
    expect(Buffer.from(await connection.receive())).toEqual(Buffer.from(numbered(7)));
  });
  it("ends a send that waits for room when the connection is disposed", async () => {
    const mei = new SimulatedMei(meWith([echo()]));
    const connection = await mei.connect(ECHO);
    for (let i = 0; i < 51; i++) await connection.send(numbered(i));
    const wait = expect(connection.send(numbered(51))).rejects.toMatchObject({ code: "mei.closed" });
    await connection[Symbol.asyncDispose]();
    await wait;
  });
  it("gives messages that came before the firmware disconnected", async () => {
    const mei = new SimulatedMei(meWith([echo()], [{ kind: "disconnect", nth: 2 }]));
    await using connection = await mei.connect(ECHO);
    const stop = new AbortController();
    const early = expect(connection.receive({ signal: stop.signal })).rejects.toMatchObject({ code: "cancelled" });
    stop.abort();
    await early;
    await connection.send(numbered(1));
    await connection.send(numbered(2));
    expect((await connection.receive())[0]).toBe(1);
    await expect(connection.receive()).rejects.toMatchObject({ code: "mei.reset" });
  });
  it("stops asking a busy client when it is aborted", async () => {
    const { mei } = createSimulator("activated", { faults: [{ kind: "busy", nth: 1, onwards: true }] });
    const stop = new AbortController();
    const wait = expect(mei.connect(AMTHI, { signal: stop.signal, busyBudgetMs: 60_000 }))
      .rejects.toMatchObject({ code: "cancelled" });
    stop.abort();
    await wait;
  });
});

describe("createSimulator", () => {
  it("rejects with usage and names the profiles when the name is unknown", () => {
    const profiles = ["activated", "unprovisioned", "acm", "disabled", "no-amt", "legacy", "tls-only"];
    expect(() => createSimulator("acme")).toThrowError(
      expect.objectContaining({ code: "usage", hint: `The profiles are ${profiles.join(", ")}` }),
    );
  });
  it("gives each caller a machine of its own", async () => {
    const [first, second] = [createSimulator(), createSimulator()];
    await using _held = await first.mei.connect(AMTHI);
    await using other = await second.mei.connect(AMTHI, { busyBudgetMs: 0 });
    expect(other.maxMessageLength).toBe(5120);
  });
});
