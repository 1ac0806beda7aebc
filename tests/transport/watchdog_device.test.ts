import { afterEach, describe, expect, it, vi } from "vitest";
import { AmtError, type ExitCode } from "../../core/errors/mod.ts";
import type { Errno } from "../../ffi/errno.ts";
import { HostTree } from "../../simulator/host_tree.ts";
import type { WatchdogHandle } from "../../transport/watchdog.ts";
import { WatchdogDevice } from "../../transport/watchdog_device.ts";
import type { WatchdogCall } from "../../transport/watchdog_errno.ts";
import { FakeWatchdogDriver, type FakeWatchdogOptions, requests } from "../fakes/watchdog_driver.ts";

const PATH = "/dev/watchdog1";

afterEach(() => void vi.useRealTimers());

function machine(options: FakeWatchdogOptions = {}, host = new HostTree()) {
  const libc = new FakeWatchdogDriver(options);
  return { libc, watchdogs: new WatchdogDevice({ libc, host }) };
}

async function opened(options?: FakeWatchdogOptions, host?: HostTree) {
  const { libc, watchdogs } = machine(options, host);
  const watchdog = await watchdogs.open(PATH);
  libc.calls.length = 0;
  return { libc, watchdogs, watchdog };
}

async function failure(call: Promise<unknown>): Promise<AmtError> {
  const error = await call.then(() => undefined, (error) => error);
  expect(error).toBeInstanceOf(AmtError);
  return error;
}

describe("WatchdogDevice.open", () => {
  it("asks the driver what it is, and sends no heartbeat", async () => {
    const { libc, watchdogs } = machine();
    const watchdog = await watchdogs.open(PATH);
    expect(watchdog.support()).toEqual({ identity: "iamt_wdt", firmwareVersion: 2, options: 0x8480 });
    expect([watchdog.bootStatus(), watchdog.timeout()]).toEqual([0x20, 120]);
    expect(libc.calls.map(([request]) => request)).toEqual([
      requests.support,
      requests.bootStatus,
      requests.timeout,
    ]);
    expect(libc.heartbeats).toEqual([]);
  });

  it("takes a driver that tells no timeout", async () => {
    const { watchdog } = await opened({ fail: { [requests.timeout]: "EOPNOTSUPP" } });
    expect(watchdog.timeout()).toBe(0);
  });

  // Typed from watchdog_open and chrdev_open of Linux 6.12, with the exit code that a user should see.
  it.each<[Errno, ExitCode]>([
    ["ENOENT", 3],
    ["ENXIO", 3],
    ["ENODEV", 3],
    ["EBUSY", 5],
    ["EACCES", 4],
    ["EPERM", 4],
    ["EMFILE", 5],
    ["ENOMEM", 1],
    ["ELOOP", 1],
  ])("rejects %s of open with exit code %d", async (errno, exitCode) => {
    const error = await failure(machine({ fail: { open: errno } }).watchdogs.open(PATH));
    expect(error).toMatchObject({ exitCode, details: { errno, call: "open" } });
    expect(error.message).toMatch(/^\/dev\/watchdog1: /);
  });

  it.each<[string, Errno, ExitCode]>([
    ["is no watchdog", "ENOTTY", 3],
    ["went away in between", "ENODEV", 7],
  ])("closes the node that %s", async (_, errno, exitCode) => {
    const { libc, watchdogs } = machine({ fail: { [requests.support]: errno } });
    expect(await failure(watchdogs.open(PATH))).toMatchObject({ exitCode });
    expect(libc.isOpen).toBe(false);
  });

  it("opens nothing when the signal has fired", async () => {
    const { libc, watchdogs } = machine();
    expect(await failure(watchdogs.open(PATH, { signal: AbortSignal.abort() }))).toMatchObject({ code: "cancelled" });
    expect(libc.isOpen).toBe(false);
  });

  it("names the program that has the node open", async () => {
    const host = new HostTree().process(1, "systemd").process(742, "lms", { files: ["/dev/null", PATH] });
    const { watchdogs } = await opened({}, host);
    expect(await failure(watchdogs.open(PATH))).toMatchObject({
      code: "mei.busy",
      message: `${PATH}: another program has it open, and a watchdog takes one; it is lms (process 742)`,
      details: { processes: [{ pid: 742, name: "lms" }] },
    });
  });

  it("names the programs that may have it where this user does not see which, but no thread of the kernel", async () => {
    const host = new HostTree(1000)
      .process(1, "systemd")
      .process(108, "watchdogd").file("/proc/108/cmdline", "")
      .process(742, "lms", { files: [PATH] })
      .process(900, "bash");
    const { watchdogs } = await opened({}, host);
    expect(await failure(watchdogs.open(PATH))).toMatchObject({
      message: expect.stringMatching(/; it may be systemd \(process 1\), lms \(process 742\)$/),
      hint: expect.stringContaining("as root"),
      details: { processes: [], candidates: [{ pid: 1 }, { pid: 742 }] },
    });
  });
});

describe("an open watchdog", () => {
  it("tells its status, and no time left where its driver does not", async () => {
    const { watchdog } = await opened();
    expect([await watchdog.status(), await watchdog.timeLeft()]).toEqual([0x8200, undefined]);
    const { watchdog: other } = await opened({ timeLeft: 17 });
    expect(await other.timeLeft()).toBe(17);
  });

  it("sends one heartbeat a call", async () => {
    const { libc, watchdog } = await opened();
    await watchdog.keepAlive();
    await watchdog.keepAlive();
    expect(libc.calls).toEqual([[requests.keepAlive, 0], [requests.keepAlive, 0]]);
    expect(libc.heartbeats).toEqual([120, 120]);
  });

  it("sets the timeout, with a heartbeat that carries it", async () => {
    const { libc, watchdog } = await opened();
    expect(await watchdog.setTimeout(300)).toBe(300);
    expect(watchdog.timeout()).toBe(300);
    expect([libc.calls, libc.heartbeats]).toEqual([[[requests.setTimeout, 300]], [300]]);
  });

  it("names the range for a timeout that the driver does not take", async () => {
    const host = new HostTree().files("/sys/class/watchdog/watchdog1", {
      identity: "iamt_wdt\n",
      min_timeout: "120\n",
      max_timeout: "65535\n",
    });
    const { libc, watchdog } = await opened({}, host);
    expect(await failure(watchdog.setTimeout(60))).toMatchObject({
      code: "usage",
      message: `${PATH}: a timeout of 60 s, where its driver takes 120 to 65535`,
      details: { minTimeout: 120, maxTimeout: 65_535 },
    });
    expect([watchdog.timeout(), libc.heartbeats]).toEqual([120, []]);
  });

  it.each([-1, 1.5, NaN, 2 ** 32])("refuses a timeout of %d without asking the driver", async (seconds) => {
    const { libc, watchdog } = await opened();
    expect(await failure(watchdog.setTimeout(seconds))).toMatchObject({ code: "usage" });
    expect(libc.calls).toEqual([]);
  });

  it("is stopped by disable, in one call that is never made twice, and then takes no heartbeat", async () => {
    const { libc, watchdog } = await opened();
    await watchdog.keepAlive();
    await watchdog.disable();
    expect(libc.calls.at(-1)).toEqual([requests.setOptions, 1, true]);
    expect(libc.isActive).toBe(false);
    expect(await failure(watchdog.keepAlive())).toMatchObject({ code: "usage" });
    expect(libc.heartbeats).toHaveLength(1);
  });

  it("is stopped by its disposal", async () => {
    const { libc, watchdog } = await opened();
    await watchdog[Symbol.asyncDispose]();
    await watchdog[Symbol.asyncDispose]();
    expect([libc.isOpen, libc.isActive]).toEqual([false, false]);
    expect(await failure(watchdog.keepAlive())).toMatchObject({ code: "mei.closed" });
  });

  it("goes on with nowayout, whatever is tried", async () => {
    const { libc, watchdog } = await opened({ nowayout: true });
    expect(await failure(watchdog.disable())).toMatchObject({
      code: "amt.state",
      message: `${PATH}: nowayout is set, so nothing stops it`,
    });
    await watchdog.keepAlive();
    await watchdog[Symbol.asyncDispose]();
    expect([libc.isOpen, libc.isActive, libc.heartbeats.length]).toEqual([false, true, 2]);
  });

  it("rejects every call with mei.reset when its device went away", async () => {
    const { libc, watchdog } = await opened();
    libc.vanish();
    const calls: ((handle: WatchdogHandle) => Promise<unknown>)[] = [
      (handle) => handle.keepAlive(),
      (handle) => handle.setTimeout(300),
      (handle) => handle.status(),
      (handle) => handle.timeLeft(),
      (handle) => handle.disable(),
    ];
    for (const call of calls) expect(await failure(call(watchdog))).toMatchObject({ code: "mei.reset", exitCode: 7 });
    await watchdog[Symbol.asyncDispose]();
    expect(libc.isOpen).toBe(false);
  });

  // Typed from watchdog_ioctl and mei_cldev_send of Linux 6.12, with the exit code that a user should see.
  const rows: [WatchdogCall, number, Errno, ExitCode][] = [
    ["keepAlive", requests.keepAlive, "ENODEV", 7],
    ["keepAlive", requests.keepAlive, "ENOTTY", 7],
    ["keepAlive", requests.keepAlive, "EOPNOTSUPP", 2],
    ["keepAlive", requests.keepAlive, "ETIMEDOUT", 12],
    ["keepAlive", requests.keepAlive, "EINTR", 130],
    ["keepAlive", requests.keepAlive, "ENOMEM", 1],
    ["keepAlive", requests.keepAlive, "EIO", 13],
    ["setTimeout", requests.setTimeout, "EINVAL", 2],
    ["setTimeout", requests.setTimeout, "EOPNOTSUPP", 2],
    ["setTimeout", requests.setTimeout, "ENODEV", 7],
    ["disable", requests.setOptions, "EBUSY", 8],
    ["disable", requests.setOptions, "ENODEV", 7],
    ["read", requests.status, "ENXIO", 7],
    ["read", requests.status, "EFAULT", 1],
  ];
  it.each(rows)("rejects in %s for request %d %s with exit code %d", async (call, request, errno, exitCode) => {
    const { libc, watchdog } = await opened();
    libc.fail(request, errno);
    const run = {
      keepAlive: () => watchdog.keepAlive(),
      setTimeout: () => watchdog.setTimeout(300),
      disable: () => watchdog.disable(),
      read: () => watchdog.status(),
    }[call as "read"];
    expect(await failure(run())).toMatchObject({ exitCode, details: { errno, call } });
  });
});

describe("an open watchdog whose firmware does not answer", () => {
  it("gives up a wait when the signal fires, and lets later calls wait for the kernel", async () => {
    const { libc, watchdog } = await opened();
    const release = libc.hold();
    const gaveUp = new AbortController();
    const beat = failure(watchdog.keepAlive({ signal: gaveUp.signal }));
    const status = watchdog.status();
    await vi.waitFor(() => expect(libc.isBusy).toBe(true));
    gaveUp.abort();
    expect(await beat).toMatchObject({ code: "cancelled" });
    expect(libc.calls).toEqual([]);
    release();
    expect(await status).toBe(0x8200);
    expect(libc.heartbeats).toEqual([120]);
  });

  it("makes no call whose wait was given up before its turn", async () => {
    const { libc, watchdog } = await opened();
    const release = libc.hold();
    const first = watchdog.keepAlive();
    const gaveUp = new AbortController();
    const second = failure(watchdog.keepAlive({ signal: gaveUp.signal }));
    gaveUp.abort();
    expect(await second).toMatchObject({ code: "cancelled" });
    release();
    await first;
    await watchdog.status();
    expect(libc.heartbeats).toEqual([120]);
  });

  it("ends waits when it is disposed of, and closes the node when the kernel is done", async () => {
    vi.useFakeTimers();
    const { libc, watchdog } = await opened();
    const release = libc.hold();
    const beat = failure(watchdog.keepAlive());
    await vi.waitFor(() => expect(libc.isBusy).toBe(true));
    const disposal = watchdog[Symbol.asyncDispose]();
    expect(await beat).toMatchObject({ code: "mei.closed" });
    await vi.advanceTimersByTimeAsync(2_000);
    await disposal;
    expect(libc.isOpen).toBe(true);
    release();
    await vi.waitFor(() => expect(libc.isOpen).toBe(false));
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is closed at once by a disposal when the answer comes meanwhile", async () => {
    vi.useFakeTimers();
    const { libc, watchdog } = await opened();
    const release = libc.hold();
    const gaveUp = new AbortController();
    const beat = failure(watchdog.keepAlive({ signal: gaveUp.signal }));
    await vi.waitFor(() => expect(libc.isBusy).toBe(true));
    gaveUp.abort();
    await beat;
    const disposal = watchdog[Symbol.asyncDispose]();
    release();
    await disposal;
    expect([libc.isOpen, vi.getTimerCount()]).toEqual([false, 0]);
  });
});
