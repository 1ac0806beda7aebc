import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AmtError } from "../../core/errors/mod.ts";
import type { SysfsWriter } from "../../ffi/sysfs_writer.ts";
import { WATCHDOG } from "../../protocols/mei/known_clients.ts";
import { withWatchdogReleased } from "../../services/release_watchdog.ts";
import type { HostTree } from "../../simulator/host_tree.ts";
import { createSimulator, type Simulator } from "../../simulator/mod.ts";
import { busClients, chooseNode } from "../../transport/sysfs.ts";

const DEVICE = `0000:00:16.0-${WATCHDOG}`;
const FOLDER = "/sys/bus/mei/drivers/mei_wdt";

const driver = ({ host }: Simulator) =>
  busClients(host, chooseNode(host)!).find((each) => each.guid === WATCHDOG)?.driver;
const place = (simulator: Simulator, writer: SysfsWriter = simulator.sysfs) => {
  const { host } = simulator;
  return { host, writer, node: chooseNode(host)! };
};
const idle = () => Promise.resolve();

/** Writes what the first door lets pass, and notes all. */
function noting({ sysfs }: Simulator, refuse: (path: string, nth: number) => boolean = () => false) {
  const written: string[] = [];
  const writer: SysfsWriter = {
    async writeText(path, text) {
      written.push(`${path} ${text}`);
      if (refuse(path, written.length)) throw new AmtError("io.write", `${path}: ENODEV`);
      await sysfs.writeText(path, text);
    },
  };
  return { writer, written };
}

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

/** What it settles to when the pauses between tries are passed over. */
async function passing<T>(work: Promise<T>): Promise<T> {
  work.catch(() => {});
  await vi.advanceTimersByTimeAsync(2000);
  return await work;
}

describe("withWatchdogReleased", () => {
  it("unbinds the driver by the names that the kernel has, and binds it again after the work", async () => {
    const simulator = createSimulator();
    const { writer, written } = noting(simulator);
    const during: (string | undefined)[] = [];
    const warnings = await withWatchdogReleased(place(simulator, writer), async () => {
      during.push(driver(simulator));
      await using _connection = await simulator.mei.connect(WATCHDOG, { busyBudgetMs: 0 });
    });
    expect(warnings).toEqual([]);
    expect(during).toEqual([undefined]);
    expect(written).toEqual([`${FOLDER}/unbind ${DEVICE}`, `${FOLDER}/bind ${DEVICE}`]);
    expect(driver(simulator)).toBe("mei_wdt");
  });

  it("binds the driver again when the work rejects, and rejects as it does", async () => {
    const simulator = createSimulator();
    const error = new AmtError("timeout", "no answer");
    await expect(withWatchdogReleased(place(simulator), () => Promise.reject(error))).rejects.toBe(error);
    expect(driver(simulator)).toBe("mei_wdt");
  });
  it("binds the driver again when the work is interrupted", async () => {
    const simulator = createSimulator();
    const interrupt = new AbortController();
    const work = async () => {
      await using connection = await simulator.mei.connect(WATCHDOG);
      const answer = connection.receive({ signal: interrupt.signal });
      interrupt.abort(new AmtError("cancelled", "interrupted"));
      await answer;
    };
    const done = withWatchdogReleased(place(simulator), work, interrupt.signal);
    await expect(done).rejects.toMatchObject({ code: "cancelled" });
    expect(driver(simulator)).toBe("mei_wdt");
  });
  it("touches nothing when it is interrupted before it begins", async () => {
    const simulator = createSimulator();
    const { writer, written } = noting(simulator);
    const interrupted = AbortSignal.abort(new AmtError("cancelled", "interrupted"));
    let begun = false;
    const work = () => Promise.resolve(void (begun = true));
    await expect(withWatchdogReleased(place(simulator, writer), work, interrupted)).rejects.toMatchObject({
      code: "cancelled",
    });
    expect([written, begun]).toEqual([[], false]);
  });

  it("does not begin the work when this user may not unbind the driver", async () => {
    const simulator = createSimulator("activated", { uid: 1000 });
    let begun = false;
    const work = () => Promise.resolve(void (begun = true));
    await expect(withWatchdogReleased(place(simulator), work)).rejects.toMatchObject({
      code: "mei.permission",
      message: `${FOLDER}/unbind: this user may not write it`,
    });
    expect(begun).toBe(false);
  });
  it("works at once when no driver holds the client", async () => {
    const simulator = createSimulator("disabled");
    const { writer, written } = noting(simulator);
    expect(await withWatchdogReleased(place(simulator, writer), idle)).toEqual([]);
    expect(written).toEqual([]);
  });

  it("tries again when the driver cannot be bound at first", async () => {
    const simulator = createSimulator();
    const { writer } = noting(simulator, (_, nth) => nth === 2);
    expect(await passing(withWatchdogReleased(place(simulator, writer), idle))).toEqual([]);
    expect(driver(simulator)).toBe("mei_wdt");
  });
  it("warns with the command to do it by hand when the driver cannot be bound again", async () => {
    const simulator = createSimulator();
    const { writer } = noting(simulator, (path) => path.endsWith("/bind"));
    expect(await passing(withWatchdogReleased(place(simulator, writer), idle))).toEqual([
      `mei_wdt is not bound again (${FOLDER}/bind: ENODEV); as root: echo ${DEVICE} > ${FOLDER}/bind`,
    ]);
  });
  it("says so in the error when the work rejects too", async () => {
    const simulator = createSimulator();
    const { writer } = noting(simulator, (path) => path.endsWith("/bind"));
    const work = () => Promise.reject(new AmtError("timeout", "no answer"));
    await expect(passing(withWatchdogReleased(place(simulator, writer), work))).rejects.toMatchObject({
      code: "timeout",
      message: expect.stringMatching(/^no answer; mei_wdt is not bound again .* echo /),
    });
  });
  it("is content when the firmware restarted and the driver has its new device", async () => {
    const simulator = createSimulator();
    const { writer } = noting(simulator, (path) => path.endsWith("/bind"));
    // The kernel binds the driver to a device that comes up.
    const work = () => simulator.sysfs.writeText(`${FOLDER}/bind`, DEVICE);
    expect(await withWatchdogReleased(place(simulator, writer), work)).toEqual([]);
  });
  it("warns when the watchdog was running", async () => {
    const simulator = createSimulator();
    (simulator.host as HostTree).file(
      `/sys/devices/pci0000:00/0000:00:16.0/${DEVICE}/watchdog/watchdog0/state`,
      "active\n",
    );
    const [warning] = await withWatchdogReleased(place(simulator), idle);
    expect(warning).toMatch(/^mei_wdt was running its watchdog/);
  });
});
