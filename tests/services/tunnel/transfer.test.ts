import { describe, expect, it } from "vitest";
import { echo, type Service, sink, source } from "../../../simulator/lme/service.ts";
import { pattern } from "../../../simulator/pattern.ts";
import { BROKEN, Client, sha256 } from "./client.ts";
import { TunnelMachine, WAIT } from "./tunnel_machine.ts";

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Reads 7 bytes, takes its time, and answers with as many bytes of the pattern. */
const slowAnswer = (length: number): Service => async (stream) => {
  for (let got = 0; got < 7;) got += (await stream.read())?.length ?? 7;
  await pause(300);
  await source(length)(stream);
};

describe("a connection through the tunnel", () => {
  it.each(
    [
      ["realistic", 3_000_000],
      ["bench", 6_000_000],
      ["adversarial", 300_000],
    ] as const,
  )("carries bytes whole and in order both ways with %s credit", async (credit, length) => {
    await using machine = await TunnelMachine.start(echo, { credit });
    using client = await Client.connect(machine.port);
    await client.send(pattern(length));
    await client.has(length);
    expect(client.digest).toBe(sha256(pattern(length)));
    client.reset();
    expect(await machine.event("closed")).toMatchObject({ bytesSent: length, bytesReceived: length });
    await expect.poll(() => machine.lme.slotsInUse, WAIT).toBe(0);
  });

  it("carries bytes while both sides send without waiting for each other", async () => {
    const length = 4_000_000;
    const both: Service = async (stream) => {
      await Promise.all([
        source(length)(stream),
        (async () => {
          for (let got = 0; got < length;) got += (await stream.read())!.length;
        })(),
      ]);
    };
    await using machine = await TunnelMachine.start(both, { credit: "bench" });
    using client = await Client.connect(machine.port);
    await client.send(pattern(length, 9));
    expect(await client.ended).toBe("end");
    expect(client.digest).toBe(sha256(pattern(length)));
    expect(await machine.event("closed")).toMatchObject({ bytesSent: length, bytesReceived: length, reason: null });
  });

  it("carries messages above 4095 bytes, which Intel LMS drops", async () => {
    await using machine = await TunnelMachine.start(source(1_000_000));
    using client = await Client.connect(machine.port);
    expect(await client.ended).toBe("end");
    expect(client.digest).toBe(sha256(pattern(1_000_000)));
    const { maxMessageLength } = machine.named("connected")[0]!;
    expect(maxMessageLength).toBe(8192);
    // Fewer messages than pieces of 4095 bytes would need.
    expect(machine.local.status().link!.messagesReceived).toBeLessThan(1_000_000 / 4095);
  });

  it.each([[false], [true]])(
    "gives a client that has shut down its side its whole answer, which MicroLMS loses (dropsAfterClose %s)",
    async (dropsAfterClose) => {
      await using machine = await TunnelMachine.start(slowAnswer(1_000_000), { faults: { dropsAfterClose } });
      using client = await Client.connect(machine.port);
      await client.send("request");
      client.shutdown();
      expect(await client.ended).toBe("end");
      expect(client.digest).toBe(sha256(pattern(1_000_000)));
      expect(await machine.event("closed")).toMatchObject({ reason: null, code: null });
    },
  );

  it("gives a client that still sends the whole answer of a server that closes", async () => {
    const rude: Service = async (stream) => {
      await stream.read();
      await source(600_000)(stream);
    };
    await using machine = await TunnelMachine.start(rude, { credit: "bench" });
    using client = await Client.connect(machine.port);
    client.socket.pause();
    client.send(pattern(2_000_000)).catch(() => {});
    await expect.poll(() => machine.lme.slotsInUse, WAIT).toBe(0);
    client.socket.resume();
    expect(await client.ended).toBe("end");
    expect(client.digest).toBe(sha256(pattern(600_000)));
  });

  /** Takes 1000 bytes, answers, and closes. */
  const enough: Service = async (stream) => {
    for (let got = 0; got < 1000;) got += (await stream.read())!.length;
    await stream.write(new TextEncoder().encode("enough"));
  };

  it("tells of bytes that firmware which closes has not taken, behind its answer", async () => {
    await using machine = await TunnelMachine.start(enough);
    using client = await Client.connect(machine.port);
    await client.send(pattern(1_000_000));
    expect([await client.ended, client.text]).toEqual(["end", "enough"]);
    client.shutdown();
    const closed = await machine.event("closed");
    expect(closed).toMatchObject({ code: "firmware.refused", bytesReceived: 6 });
    expect(closed.bytesSent).toBeLessThan(10_000);
    expect(closed.reason).toContain("the firmware closed it, and takes no more");
  });

  it("shows a client that sends no more by a reset that firmware has not taken all, behind its answer", async () => {
    await using machine = await TunnelMachine.start(enough);
    using client = await Client.connect(machine.port);
    await client.send(pattern(1_000_000));
    client.shutdown();
    expect([await client.ended, client.text]).toEqual([expect.stringMatching(BROKEN), "enough"]);
    expect(await machine.event("closed")).toMatchObject({ code: "firmware.refused" });
  });

  it("holds the firmware up for a slow reader and loses nothing, where Intel LMS drops bytes silently", async () => {
    const length = 64 * 1024 * 1024;
    await using machine = await TunnelMachine.start(source(length), { credit: "bench" });
    using client = await Client.connect(machine.port);
    await client.has(1);
    client.socket.pause();
    let before = -1;
    await expect.poll(() => {
      const isStill = machine.lme.counts.dataBytes === before;
      before = machine.lme.counts.dataBytes;
      return isStill;
    }, { ...WAIT, interval: 100 }).toBe(true);
    // What kernels keep for a connection, 4 and 6 MiB, and a window.
    expect(before).toBeLessThan(16 * 1024 * 1024);
    client.socket.resume();
    expect(await client.ended).toBe("end");
    expect(client.digest).toBe(sha256(pattern(length)));
  });

  it("holds the client up for slow firmware", async () => {
    const stuck: Service = async (stream) => {
      await stream.read();
      await new Promise(() => {});
    };
    await using machine = await TunnelMachine.start(stuck);
    using client = await Client.connect(machine.port);
    client.send(pattern(64 * 1024 * 1024)).catch(() => {});
    let before = -1;
    await expect.poll(() => {
      const isStill = client.socket.bytesWritten - client.socket.writableLength === before;
      before = client.socket.bytesWritten - client.socket.writableLength;
      return isStill && before > 0;
    }, { ...WAIT, interval: 100 }).toBe(true);
    expect(machine.lme.counts.dataBytes).toBeLessThanOrEqual(2 * 4096);
    const [session] = machine.local.status().sessions;
    expect(session).toMatchObject({ state: "open", port: machine.port, sendWindowBytes: 0 });
    expect(session!.from).toBe(`127.0.0.1:${client.socket.localPort}`);
  });

  it("takes all that a client sent before it shut down its side", async () => {
    let taken = 0;
    const count: Service = async (stream) => {
      while (taken < 500_000) taken += (await stream.read())!.length;
    };
    await using machine = await TunnelMachine.start(count);
    using client = await Client.connect(machine.port);
    await client.send(pattern(500_000));
    client.shutdown();
    expect(await client.ended).toBe("end");
    expect(taken).toBe(500_000);
  });

  it("ends when the client goes away, and frees the slot", async () => {
    await using machine = await TunnelMachine.start(sink);
    using client = await Client.connect(machine.port);
    await client.send("x");
    await expect.poll(() => machine.lme.counts.dataBytes, WAIT).toBe(1);
    client.reset();
    expect(await machine.event("closed")).toMatchObject({ code: "net.connect" });
    await expect.poll(() => machine.lme.slotsInUse, WAIT).toBe(0);
    expect(machine.local.status().sessions).toEqual([]);
  });

  it("is named by the client's address on ::1 too", async () => {
    await using machine = await TunnelMachine.start(echo);
    using client = await Client.connect(machine.port, "::1");
    await client.send("hello");
    await client.has(5);
    expect(client.text).toBe("hello");
    expect(machine.named("opened")[0]!.from).toBe(`[::1]:${client.socket.localPort}`);
    client.reset();
  });
});
