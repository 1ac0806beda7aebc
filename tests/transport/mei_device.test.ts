import { describe, expect, it } from "vitest";
import { AmtError, type ExitCode } from "../../core/errors/mod.ts";
import type { Errno } from "../../ffi/errno.ts";
import { AMTHI, WATCHDOG } from "../../protocols/mei/known_clients.ts";
import { HostTree } from "../../simulator/host_tree.ts";
import { createSimulator } from "../../simulator/mod.ts";
import { MeiDevice } from "../../transport/mei_device.ts";
import { meiErrno } from "../../transport/mei_errno.ts";
import { FakeMeiDriver, type ScriptedFailure } from "../fakes/mei_driver.ts";

function device(script: readonly ScriptedFailure[] = [], path = "/dev/mei0") {
  const { me, host } = createSimulator();
  const libc = new FakeMeiDriver(me, script);
  return { me, libc, mei: new MeiDevice({ libc, host, path }) };
}

async function failure(call: () => Promise<unknown>): Promise<AmtError> {
  try {
    await call();
  } catch (error) {
    if (error instanceof AmtError) return error;
    throw error;
  }
  throw new Error("nothing failed");
}

// Typed from the errno table of the driver (drivers/misc/mei, Linux 6.12), with the exit code that a user should see.
const openRows: [Errno, ExitCode][] = [
  ["ENODEV", 7],
  ["EMFILE", 5],
  ["ENOMEM", 1],
  ["EACCES", 4],
  ["EPERM", 4],
  ["ENOENT", 3],
];
const connectRows: [Errno, ExitCode][] = [
  ["ENODEV", 7],
  ["ENOTTY", 16],
  ["EBUSY", 5],
  ["EINVAL", 13],
  ["EFAULT", 12],
  ["ETIMEDOUT", 12],
  ["ENOENT", 16],
  ["ENOMEM", 1],
  ["EOPNOTSUPP", 13],
  ["EIO", 7],
  ["EOVERFLOW", 7],
];
const writeRows: [Errno, ExitCode][] = [
  ["ENODEV", 7],
  ["ENOTTY", 16],
  ["EFBIG", 2],
  ["EINTR", 130],
  ["ENOMEM", 1],
  ["EFAULT", 1],
  ["EIO", 7],
  ["EOVERFLOW", 7],
];
const readRows: [Errno, ExitCode][] = [
  ["ENODEV", 7],
  ["ENOTTY", 16],
  ["EINTR", 130],
  ["EMSGSIZE", 13],
  ["EPROTO", 13],
  ["EFAULT", 13],
  ["ENOMEM", 1],
  ["EIO", 7],
  ["EOVERFLOW", 7],
];

describe("MeiDevice", () => {
  const always = (call: ScriptedFailure["call"], errno: Errno) =>
    Array.from({ length: 60 }, (_, i): ScriptedFailure => ({ call, errno, nth: i + 1 }));

  it.each(openRows)("connect maps %s of open to exit code %i with a hint", async (errno, exitCode) => {
    const { mei, libc } = device(always("open", errno));
    const error = await failure(() => mei.connect(AMTHI, { busyBudgetMs: 0 }));
    expect(error).toMatchObject({ exitCode, details: { errno } });
    expect(error.hint).not.toBe("");
    expect(libc.openDescriptors).toBe(0);
  });

  it.each(connectRows)("connect maps %s of CONNECT to exit code %i with a hint", async (errno, exitCode) => {
    const { mei, libc } = device(always("ioctl", errno));
    const error = await failure(() => mei.connect(AMTHI, { busyBudgetMs: 0 }));
    expect(error).toMatchObject({ exitCode, details: { errno } });
    expect(error.hint).not.toBe("");
    expect(libc.openDescriptors).toBe(0);
  });

  it.each(writeRows)("send maps %s to exit code %i with a hint", async (errno, exitCode) => {
    const { mei, libc } = device([{ call: "write", errno, nth: 1 }]);
    const error = await failure(async () => {
      await using amthi = await mei.connect(AMTHI);
      await amthi.send(Uint8Array.of(1));
    });
    expect(error).toMatchObject({ exitCode, details: { errno } });
    expect(error.hint).not.toBe("");
    expect(libc.openDescriptors).toBe(0);
  });

  it.each(readRows)("receive maps %s to exit code %i with a hint", async (errno, exitCode) => {
    const { mei, libc } = device([{ call: "read", errno, nth: 1 }]);
    const error = await failure(async () => {
      await using amthi = await mei.connect(AMTHI);
      await amthi.receive();
    });
    expect(error).toMatchObject({ exitCode, details: { errno } });
    expect(error.hint).not.toBe("");
    expect(libc.openDescriptors).toBe(0);
  });

  it("connect opens again once when the link was reset in between", async () => {
    const { mei, libc } = device([{ call: "ioctl", errno: "ENODEV", nth: 1 }]);
    await using amthi = await mei.connect(AMTHI);
    expect(amthi.maxMessageLength).toBe(5120);
    expect(libc.openDescriptors).toBe(2);
  });

  it("connect names a missing node", async () => {
    const { mei } = device([], "/dev/mei7");
    expect(await failure(() => mei.connect(AMTHI))).toMatchObject({
      exitCode: 3,
      message: expect.stringMatching("/dev/mei7"),
    });
  });

  it("connect rejects in time when the kernel holds it, and closes the descriptor when the kernel lets go", async () => {
    const { mei, libc, me } = device([{ call: "ioctl", errno: "EFAULT", nth: 1, held: 200 }]);
    const error = await failure(() => mei.connect(AMTHI, { signal: AbortSignal.timeout(20) }));
    expect(error).toMatchObject({ code: "timeout", exitCode: 12 });
    expect(libc.openDescriptors).toBe(1);
    await expect.poll(() => libc.openDescriptors).toBe(0);
    expect(me.openConnections).toBe(0);
  });

  it("connect names who may hold a busy client: processes with the node open, and the kernel's driver", async () => {
    const { me } = createSimulator();
    const bus = "/sys/bus/mei/devices/0000:00:16.0-05b79a6f-4628-4d7f-899d-a91514cb32ab";
    const host = (uid: number) =>
      new HostTree(uid)
        .file(`${bus}/uuid`, WATCHDOG)
        .link(`${bus}/driver`, "../../../../bus/mei/drivers/mei_wdt")
        .process(812, "lms", { files: ["/dev/null", "/dev/mei0"] })
        .process(900, "sshd", { files: ["/dev/null"] });
    const busy = (uid: number) => {
      const libc = new FakeMeiDriver(me, always("ioctl", "EBUSY"));
      const mei = new MeiDevice({ libc, host: host(uid), path: "/dev/mei0" });
      return failure(() => mei.connect(WATCHDOG, { busyBudgetMs: 0 }));
    };
    const error = await busy(0);
    expect(error.message).toContain("it may be held by the kernel driver mei_wdt, lms (process 812)");
    expect(error.details).toMatchObject({
      errno: "EBUSY",
      driver: "mei_wdt",
      processes: [{ pid: 812, name: "lms" }],
    });
    const unprivileged = await busy(1000);
    expect(unprivileged.details).toMatchObject({ driver: "mei_wdt", processes: [] });
    expect(unprivileged.hint).toContain("root");
  });

  it("connect rejects a maximum message length that cannot be right", async () => {
    const { mei, libc } = device();
    libc.ioctl = (_fd, _request, argument) => {
      argument.set([0xff, 0xff, 0xff, 0x7f, 1]);
      return 0;
    };
    expect(await failure(() => mei.connect(AMTHI))).toMatchObject({ code: "firmware.protocol" });
    expect(libc.openDescriptors).toBe(0);
  });

  it("send waits when the driver's queue is full, and loses nothing", async () => {
    const { mei } = device();
    await using amthi = await mei.connect(AMTHI);
    const request = Uint8Array.from([1, 1, 0, 0, 0x11, 0, 0, 4, 0, 0, 0, 0]);
    let sent = 0;
    const sending = (async () => {
      for (; sent < 200; sent++) await amthi.send(request);
    })();
    for (let received = 0; received < 200; received++) expect((await amthi.receive()).length).toBe(20);
    await sending;
    expect(sent).toBe(200);
  });
});

describe("meiErrno", () => {
  it("knows every row of the driver's table", () => {
    for (
      const [call, rows] of [["open", openRows], ["connect", connectRows], ["write", writeRows], [
        "read",
        readRows,
      ]] as const
    ) {
      for (const [errno] of rows) expect(meiErrno[call][errno], `${call} ${errno}`).toBeDefined();
    }
    for (const errno of ["EINVAL", "EOPNOTSUPP", "ENODEV", "EFAULT", "EIO", "EOVERFLOW"] as const) {
      expect(meiErrno.notifySet[errno]).toBeDefined();
    }
    for (const errno of ["EOPNOTSUPP", "ENODEV", "EINTR"] as const) expect(meiErrno.notifyGet[errno]).toBeDefined();
  });
});
