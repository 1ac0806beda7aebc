import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fromHex, toHex } from "../../core/binary/mod.ts";
import type { FirmwareConnection, HostEnd } from "../../simulator/connection.ts";
import type { Fault } from "../../simulator/faults.ts";
import type { SimulatedMe } from "../../simulator/me.ts";
import { ECHO, echo, meWith } from "./echo.ts";

/** Writes down what reaches the host: messages in hex, `credit`, and how it ended. */
class Recorder implements HostEnd {
  readonly seen: string[] = [];
  message(message: Uint8Array): void {
    this.seen.push(toHex(message));
  }
  credit(): void {
    this.seen.push("credit");
  }
  disconnected(reason: "firmware" | "reset"): void {
    this.seen.push(reason);
  }
}

function open(me: SimulatedMe): { host: Recorder; connection: FirmwareConnection } {
  const host = new Recorder();
  const connection = me.connect(ECHO, host);
  if (typeof connection === "string") throw new Error(connection);
  connection.start();
  return { host, connection };
}

const withFault = (fault: Partial<Fault> & Pick<Fault, "kind">) => open(meWith([echo()], [{ nth: 1, ...fault }]));
const message = fromHex("0102030405060708");
const hex = toHex(message);

describe("FirmwareConnection", () => {
  it("gives one credit at the start", () => {
    expect(open(meWith([echo()])).host.seen).toEqual(["credit"]);
  });
  it("withholds the next credit until the answer was taken", () => {
    const { host, connection } = open(meWith([echo()]));
    connection.deliver(message);
    expect(host.seen).toEqual(["credit"]);
    connection.allow();
    expect(host.seen).toEqual(["credit", hex, "credit"]);
  });
  it("withholds the next credit until all answers were taken", () => {
    const twice = echo();
    const { host, connection } = open(meWith([{
      ...twice,
      open: (link) => ({
        message(bytes) {
          link.send(bytes);
          link.send(bytes);
        },
      }),
    }]));
    connection.deliver(message);
    connection.allow();
    expect(host.seen).toEqual(["credit", hex]);
    connection.allow();
    expect(host.seen).toEqual(["credit", hex, hex, "credit"]);
  });
  it("withholds the next credit until a client that works for long is done", async () => {
    let done = () => {};
    const work = new Promise<void>((resolve) => done = resolve);
    const { host, connection } = open(meWith([{ ...echo(), open: () => ({ message: () => work }) }]));
    connection.deliver(message);
    expect(host.seen).toEqual(["credit"]);
    done();
    await vi.waitFor(() => expect(host.seen).toEqual(["credit", "credit"]));
  });
  it("counts credit of the host that comes before the message", () => {
    const { host, connection } = open(meWith([echo()]));
    connection.allow(2);
    connection.deliver(message);
    connection.deliver(message);
    connection.deliver(message);
    expect(host.seen.filter((what) => what === hex)).toHaveLength(2);
  });
  it("lets nothing through after it was closed", () => {
    const me = meWith([echo()]);
    const { host, connection } = open(me);
    connection.deliver(message);
    connection.close();
    connection.allow();
    connection.deliver(message);
    connection.close();
    expect(host.seen).toEqual(["credit"]);
    expect(me.openConnections).toBe(0);
  });
});

describe("SimulatedMe", () => {
  it("rejects the connection beyond the client's limit, and takes it when another is closed", () => {
    const me = meWith([echo({ maxConnections: 2 })]);
    const first = open(me);
    open(me);
    expect(me.connect(ECHO, new Recorder())).toBe("rejected");
    first.connection.close();
    expect(me.connect(ECHO, new Recorder())).toBeTypeOf("object");
  });
  it("takes one user of a fixed client at a time", () => {
    const me = meWith([echo({ maxConnections: 0, fixedAddress: 7 })]);
    open(me);
    expect(me.connect(ECHO, new Recorder())).toBe("rejected");
  });
  it("ends every connection and tells the carrier when it is reset", () => {
    const me = meWith([echo({ maxConnections: 2 })]);
    const [first, second] = [open(me), open(me)];
    let told = 0;
    const stop = me.onReset(() => told++);
    me.reset();
    stop();
    me.reset();
    expect(told).toBe(1);
    expect(first.host.seen).toEqual(["credit", "reset"]);
    expect(second.host.seen).toEqual(["credit", "reset"]);
    expect(me.openConnections).toBe(0);
  });
});

describe("a fault", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each(
    [
      ["empty", ""],
      ["short", "01020304"],
      ["long", "010203040506070800000000"],
      ["garbage", toHex(message.map((byte, i) => byte ^ (0xa5 + i)))],
    ] as const,
  )("%s spoils the answer to one message and leaves the next alone", (kind, spoiled) => {
    const { host, connection } = withFault({ kind });
    connection.allow(2);
    connection.deliver(message);
    connection.deliver(message);
    expect(host.seen).toEqual(["credit", spoiled, "credit", hex, "credit"]);
  });
  it("silent keeps the answer back and gives credit for the next message", () => {
    const { host, connection } = withFault({ kind: "silent" });
    connection.allow();
    connection.deliver(message);
    expect(host.seen).toEqual(["credit", "credit"]);
    connection.deliver(message);
    expect(host.seen).toEqual(["credit", "credit", hex, "credit"]);
  });
  it("slow sends the answer late, and no credit before", () => {
    const { host, connection } = withFault({ kind: "slow", delayMs: 700 });
    connection.allow();
    connection.deliver(message);
    vi.advanceTimersByTime(699);
    expect(host.seen).toEqual(["credit"]);
    vi.advanceTimersByTime(1);
    expect(host.seen).toEqual(["credit", hex, "credit"]);
  });
  it("slow leaves no timer behind when the connection is closed", () => {
    const { connection } = withFault({ kind: "slow" });
    connection.deliver(message);
    expect(vi.getTimerCount()).toBe(1);
    connection.close();
    expect(vi.getTimerCount()).toBe(0);
  });
  it.each([["reset", "reset"], ["disconnect", "firmware"]] as const)(
    "%s ends the connection in place of an answer",
    (kind, reason) => {
      const me = meWith([echo()], [{ kind, nth: 1 }]);
      const { host, connection } = open(me);
      connection.allow();
      connection.deliver(message);
      expect(host.seen).toEqual(["credit", reason]);
      expect(me.openConnections).toBe(0);
      expect(open(me).host.seen).toEqual(["credit"]);
    },
  );
  it("busy refuses the nth connect", () => {
    const me = meWith([echo({ maxConnections: 3 })], [{ kind: "busy", nth: 2 }]);
    const outcomes = [1, 2, 3].map(() => typeof me.connect(ECHO, new Recorder()));
    expect(outcomes).toEqual(["object", "string", "object"]);
  });
  it("strikes the nth and all later ones when it goes onwards", () => {
    const { host, connection } = withFault({ kind: "empty", nth: 2, onwards: true });
    connection.allow(3);
    for (let i = 0; i < 3; i++) connection.deliver(message);
    expect(host.seen.filter((what) => what !== "credit")).toEqual([hex, "", ""]);
  });
  it("leaves other clients alone when it names one", () => {
    const other = "99999999-2222-3333-4444-555555555555" as typeof ECHO;
    const { host, connection } = withFault({ kind: "empty", client: other, onwards: true });
    connection.allow();
    connection.deliver(message);
    expect(host.seen).toEqual(["credit", hex, "credit"]);
  });
});
