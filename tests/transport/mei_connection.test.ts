import { describe, expect, it } from "vitest";
import { AMTHI } from "../../protocols/mei/known_clients.ts";
import { createSimulator } from "../../simulator/mod.ts";
import { nextTurn } from "../../transport/eager_tries.ts";
import { MeiDevice } from "../../transport/mei_device.ts";
import { FakeMeiDriver, type ScriptedFailure } from "../fakes/mei_driver.ts";

/** What mei-amt-check sent over the real driver (fixtures/peer-traces). */
const request = Uint8Array.from([1, 1, 0, 0, 0x11, 0, 0, 4, 0, 0, 0, 0]);
/** The kernel does not come back from the first fsync, whatever happens to the link. */
const hangingSync: ScriptedFailure = { call: "fsync", nth: 1, errno: "EINTR", held: "forever" };

/** An unasked connection, and how many messages the driver was given. */
async function connected(script: readonly ScriptedFailure[] = []) {
  const { me, host } = createSimulator();
  const libc = new FakeMeiDriver(me, script);
  let written = 0;
  const write = libc.write.bind(libc);
  libc.write = (fd, from) => {
    if (from.length === request.length) written++;
    return write(fd, from);
  };
  const connection = await new MeiDevice({ libc, host, path: "/dev/mei0" }).connect(AMTHI, { unasked: true });
  return { me, libc, connection, written: () => written };
}

/** As long as anything can happen that waits for nothing from outside. */
async function quiet(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await nextTurn();
}

describe("MeiDeviceConnection whose messages come unasked", () => {
  it("send gives the driver no message before the one before has left", async () => {
    const { connection, written } = await connected();
    await using _connection = connection;
    // The firmware takes the second when its answer to the first has left: when that is asked for.
    const sending = (async () => {
      for (let count = 0; count < 3; count++) await connection.send(request);
    })();
    await quiet();
    expect(written()).toBe(2);
    await connection.receive();
    await sending;
    expect(written()).toBe(3);
  });

  it("send ends with its signal while the message before does not leave", async () => {
    const { connection, written } = await connected([hangingSync]);
    await using _connection = connection;
    await connection.send(request);
    const sending = connection.send(request, { signal: AbortSignal.timeout(10) });
    await expect(sending).rejects.toMatchObject({ code: "timeout" });
    expect(written()).toBe(1);
  });

  it("receive tells of a reset at once when the kernel holds a sync", async () => {
    const { me, connection } = await connected([hangingSync]);
    await using _connection = connection;
    await connection.send(request);
    await connection.receive();
    const receiving = connection.receive();
    me.reset();
    await expect(receiving).rejects.toMatchObject({ code: "mei.reset" });
  });

  it("disposal ends a send, and leaves no descriptor, when the kernel holds a sync", async () => {
    const { me, libc, connection } = await connected([hangingSync]);
    await connection.send(request);
    const sending = connection.send(request);
    const ended = expect(sending).rejects.toMatchObject({ code: "mei.closed" });
    await connection[Symbol.asyncDispose]();
    await ended;
    expect([libc.openDescriptors, me.openConnections]).toEqual([0, 0]);
  });
});
