import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fromHex } from "../../../core/binary/mod.ts";
import { guid } from "../../../core/guid.ts";
import { POLLERR, POLLIN, POLLPRI } from "../../../ffi/libc.ts";
import { AMTHI, LME, MKHI, MKHI_FIXED, WATCHDOG } from "../../../protocols/mei/known_clients.ts";
import { frame } from "../../../simulator/hbm/link.ts";
import { createSimulator, type SimulatedMe } from "../../../simulator/mod.ts";
import { bundle } from "./bundle.ts";
import { describeGuest, reaches, text, watchdogDriver } from "./describe_guest.ts";
import { type Guest, runtimes } from "./guest.ts";
import type { FirmwareLink, FirmwareLinkOptions } from "./link.ts";
import { Probe } from "./probe.ts";

/** What mei-amt-check and metee sent over the real driver (fixtures/peer-traces); `unknown` is no command of AMTHI. */
const request = {
  provisioningState: "010100001100000400000000",
  firmwareVersion: "ff020000",
  unknown: "01010000ff00000400000000",
};
const nobody = guid("11111111-2222-3333-4444-555555555555");
const program = await bundle("tests/rigs/kernel/guest/probe.ts", "probe.mjs");

describeGuest("/dev/mei0", (guest) => {
  describe("of a firmware that answers", () => {
    const { probe, me, link } = session(guest);

    it("open answers ENOENT when there is no such node", async () => {
      expect(await probe().call({ name: "open", path: "/dev/mei9" })).toMatchObject({ errno: "ENOENT" });
    });

    it("open answers EMFILE when 255 handles are open", async () => {
      let opened = 0;
      let answer = await probe().call({ name: "open", path: "/dev/mei0" });
      while (answer.errno === undefined && ++opened < 300) {
        answer = await probe().call({ name: "open", path: "/dev/mei0" });
      }
      expect(answer).toMatchObject({ errno: "EMFILE" });
      // The kernel's own drivers have handles too.
      expect(opened).toBeGreaterThan(245);
      expect(opened).toBeLessThanOrEqual(255);
    });

    it("every call answers ENODEV and poll POLLERR when the descriptor is not connected", async () => {
      const fd = await probe().open();
      expect(await probe().poll(fd, POLLIN, 1000)).toMatchObject({ value: POLLERR });
      expect(await probe().read(fd)).toMatchObject({ errno: "ENODEV" });
      expect(await probe().write(fd, request.firmwareVersion)).toMatchObject({ errno: "ENODEV" });
      expect(await probe().notifyGet(fd)).toMatchObject({ errno: "ENODEV" });
      expect(await probe().notifySet(fd, 1)).toMatchObject({ errno: "ENODEV" });
    });

    it("ioctl answers ENOTTY when the request is unknown", async () => {
      const fd = await probe().open();
      const call = { name: "ioctl", fd, request: 0xc0104899, argument: "00".repeat(16) } as const;
      expect(await probe().call(call)).toMatchObject({ errno: "ENOTTY" });
    });

    it("CONNECT writes five bytes when it succeeds", async () => {
      const fd = await probe().open();
      // 5120 bytes, version 1, and the rest of the GUID as it was: captured from hardware by fwupd.
      expect(await probe().connect(fd, AMTHI)).toMatchObject({ value: 0, bytes: "0014000001b42d4baca846e0ff65814c" });
    });

    it("CONNECT answers ENOTTY when the firmware has no such client", async () => {
      expect(await probe().connect(await probe().open(), nobody)).toMatchObject({ errno: "ENOTTY" });
    });

    it("CONNECT answers EBUSY when the descriptor is connected", async () => {
      expect(await probe().connect(await probe().connected(MKHI), AMTHI)).toMatchObject({ errno: "EBUSY" });
    });

    it.each([["dynamic", MKHI], ["fixed", MKHI_FIXED]])(
      "CONNECT answers EBUSY when the one connection of a %s client is taken",
      async (_, client) => {
        const taken = await probe().connected(client);
        const fd = await probe().open();
        expect(await probe().connect(fd, client)).toMatchObject({ errno: "EBUSY" });
        await probe().close(taken);
        expect(await probe().connect(fd, client)).toMatchObject({ value: 0 });
      },
    );

    it("CONNECT answers EBUSY when a driver of the kernel holds the client", async () => {
      await using _driver = await watchdogDriver(guest(), { offered: true });
      expect(await probe().connect(await probe().open(), WATCHDOG)).toMatchObject({ errno: "EBUSY" });
    });

    it.each([0, 1])("CONNECT_VTAG %i answers EOPNOTSUPP when the firmware has no tags", async (tag) => {
      expect(await probe().connectTagged(await probe().open(), AMTHI, tag)).toMatchObject({ errno: "EOPNOTSUPP" });
    });

    it("write answers EFBIG when a message is longer than the client takes", async () => {
      const fd = await probe().connected(MKHI);
      expect(await probe().write(fd, "00".repeat(2049))).toMatchObject({ errno: "EFBIG" });
      expect(await probe().write(fd, "00".repeat(2048))).toMatchObject({ value: 2048 });
    });

    it("write answers EAGAIN when 50 messages wait, and takes one when an answer was read", async () => {
      const fd = await probe().connected(AMTHI);
      let written = 0;
      while ((await probe().write(fd, request.provisioningState)).value === 12) written++;
      expect(written).toBe(51);
      expect(await probe().write(fd, request.provisioningState)).toMatchObject({ errno: "EAGAIN" });
      expect(await probe().poll(fd, POLLIN, 5000)).toMatchObject({ value: POLLIN });
      expect(await probe().read(fd)).toMatchObject({ value: 20 });
      expect(await probe().poll(fd, POLLIN, 5000)).toMatchObject({ value: POLLIN });
      expect(await probe().write(fd, request.provisioningState)).toMatchObject({ value: 12 });
    });

    it("read answers EAGAIN when there is no message", async () => {
      expect(await probe().read(await probe().connected(AMTHI))).toMatchObject({ errno: "EAGAIN" });
    });

    it("read keeps the rest when the buffer is short", async () => {
      const fd = await probe().connected(MKHI);
      await probe().write(fd, request.firmwareVersion);
      expect(await probe().poll(fd, POLLIN, 5000)).toMatchObject({ value: POLLIN });
      expect(await probe().read(fd, 10)).toMatchObject({ value: 10 });
      expect(await probe().read(fd)).toMatchObject({ value: 18 });
      expect(await probe().read(fd)).toMatchObject({ errno: "EAGAIN" });
    });

    it("read answers 0 when the message is empty", async () => {
      const fd = await probe().connected(AMTHI);
      await probe().write(fd, request.unknown);
      expect(await probe().poll(fd, POLLIN, 5000)).toMatchObject({ value: POLLIN });
      expect(await probe().read(fd)).toMatchObject({ value: 0 });
      expect(await probe().read(fd)).toMatchObject({ errno: "EAGAIN" });
    });

    it("fsync waits until the firmware has taken what was written, and fails when the link is reset meanwhile", async () => {
      const fd = await probe().connected(MKHI);
      expect(await probe().sync(fd)).toMatchObject({ value: 1 });
      // It takes the second when its answer to the first has left.
      for (let i = 0; i < 2; i++) await probe().write(fd, request.firmwareVersion);
      let sync = probe().sync(fd);
      expect(await probe().poll(fd, POLLIN, 5000)).toMatchObject({ value: POLLIN });
      expect(await sync).toMatchObject({ value: 1 });
      for (let i = 0; i < 2; i++) await probe().write(fd, request.firmwareVersion);
      sync = probe().sync(fd);
      me().reset();
      expect(await sync).toMatchObject({ value: 0 });
    });

    it.each(Object.entries(runtimes))(
      "close gives the client free while an fsync on %s waits for a firmware that takes nothing",
      async (_, runtime) => {
        await using other = await Probe.start(guest(), program, runtime);
        const fd = await other.connected(MKHI);
        for (let i = 0; i < 3; i++) await other.write(fd, request.firmwareVersion);
        const sync = other.sync(fd);
        expect(await other.close(fd)).toMatchObject({ value: 0 });
        expect(await sync).toMatchObject({ value: 0 });
        expect(await other.connect(await other.open(), MKHI)).toMatchObject({ value: 0 });
      },
    );

    it("NOTIFY_SET answers EINVAL when the value is neither 0 nor 1", async () => {
      expect(await probe().notifySet(await probe().connected(MKHI), 2)).toMatchObject({ errno: "EINVAL" });
    });

    it("NOTIFY_GET answers EAGAIN when there was no event, and poll says POLLPRI when there was", async () => {
      const fd = await probe().connected(MKHI);
      expect(await probe().notifySet(fd, 1)).toMatchObject({ value: 0 });
      expect(await probe().notifyGet(fd)).toMatchObject({ errno: "EAGAIN" });
      link().firmware.notify(MKHI);
      expect(await probe().poll(fd, POLLPRI, 5000)).toMatchObject({ value: POLLPRI });
      expect(await probe().notifyGet(fd)).toMatchObject({ value: 0, bytes: "01000000" });
      expect(await probe().notifyGet(fd)).toMatchObject({ errno: "EAGAIN" });
    });

    it("every call answers ENODEV when the firmware disconnected", async () => {
      const fd = await probe().connected(AMTHI);
      const poll = probe().poll(fd, POLLIN, 5000);
      link().firmware.disconnect(AMTHI);
      expect(await poll).toMatchObject({ value: POLLERR });
      expect(await probe().read(fd)).toMatchObject({ errno: "ENODEV" });
      expect(await probe().write(fd, request.provisioningState)).toMatchObject({ errno: "ENODEV" });
      expect(await probe().connect(fd, AMTHI)).toMatchObject({ value: 0 });
    });

    it("every call answers ENODEV when the firmware reset, also after the link is up again", async () => {
      const fd = await probe().connected(MKHI);
      const poll = probe().poll(fd, POLLIN, 5000);
      const reset = link().nextReset();
      me().reset();
      await reset;
      expect(await poll).toMatchObject({ value: POLLERR });
      await reaches(guest(), "ENABLED");
      expect(await probe().read(fd)).toMatchObject({ errno: "ENODEV" });
      expect(await probe().write(fd, request.firmwareVersion)).toMatchObject({ errno: "ENODEV" });
      expect(await probe().notifyGet(fd)).toMatchObject({ errno: "ENODEV" });
      expect(await probe().connect(fd, MKHI)).toMatchObject({ value: 0 });
    });

    it("poll says POLLERR when the firmware sent a corrupt frame, since the driver resets the link", async () => {
      const fd = await probe().connected(MKHI);
      const poll = probe().poll(fd, POLLIN, 5000);
      // Reserved bits of the header are set.
      link().inject(fromHex("0102008e"));
      expect(await poll).toMatchObject({ value: POLLERR });
    });
  });

  describe("of a firmware that speaks HBM 1.1", () => {
    const { probe } = session(guest, { version: { major: 1, minor: 1 } });

    it("CONNECT answers ENOTTY when the client is at a fixed address", async () => {
      expect(await probe().connect(await probe().open(), MKHI_FIXED)).toMatchObject({ errno: "ENOTTY" });
    });

    it("NOTIFY_SET and NOTIFY_GET answer EOPNOTSUPP", async () => {
      const fd = await probe().connected(MKHI);
      expect(await probe().notifySet(fd, 1)).toMatchObject({ errno: "EOPNOTSUPP" });
      expect(await probe().notifyGet(fd)).toMatchObject({ errno: "EOPNOTSUPP" });
    });
  });

  describe("of a firmware that refuses", () => {
    let status = 0;
    const { probe } = session(guest, { intercept: (bytes) => status === 0 ? undefined : refused(bytes, status) });
    afterEach(() => void (status = 0));

    // The last one makes the driver forget the client.
    it.each([[2, "EBUSY"], [3, "EBUSY"], [4, "EINVAL"], [5, "EBUSY"], [1, "ENOTTY"]])(
      "CONNECT with status %i answers %s",
      async (refusal, errno) => {
        const fd = await probe().open();
        status = refusal;
        expect(await probe().connect(fd, AMTHI)).toMatchObject({ errno });
      },
    );
  });

  describe("of a firmware that sends too much", () => {
    let at: { me: number; host: number } | undefined;
    const { probe, link } = session(guest, { intercept: (bytes) => void (at = connectRequest(bytes) ?? at) });

    it("read answers EMSGSIZE when a message is longer than the buffer of the read that was waiting", async () => {
      const fd = await probe().connected(AMTHI);
      // Gives the credit; the driver's buffer has this length, or that of the client's messages when it is more.
      expect(await probe().read(fd, 5120)).toMatchObject({ errno: "EAGAIN" });
      const poll = probe().poll(fd, POLLIN, 5000);
      const part = new Uint8Array(500);
      for (let sent = 0; sent <= 5120; sent += part.length) link().inject(frame({ ...at!, complete: false }, part));
      expect(await poll).toMatchObject({ value: POLLIN });
      expect(await probe().read(fd)).toMatchObject({ errno: "EMSGSIZE" });
    });
  });

  describe("of a firmware that is mute", () => {
    const { probe, link } = session(guest);

    it("CONNECT and NOTIFY_SET answer EFAULT, and close returns, after the driver's timeout", async () => {
      const fresh = await probe().open();
      const mkhi = await probe().connected(MKHI);
      const lme = await probe().connected(LME);
      link().firmware.mute();
      const [connect, notify, close] = await Promise.all([
        probe().connect(fresh, AMTHI, 40_000),
        probe().notifySet(mkhi, 1, 40_000),
        probe().close(lme, 40_000),
      ]);
      expect(connect).toMatchObject({ errno: "EFAULT" });
      expect(notify).toMatchObject({ errno: "EFAULT" });
      expect(close).toMatchObject({ value: 0 });
      for (const { ms } of [connect, notify, close]) expect(ms).toBeGreaterThan(2000);
      await reaches(guest(), "INIT_CLIENTS", 20_000);
    });
  });

  describe("of a firmware that is dead", () => {
    const { probe, link } = session(guest);

    it("every call answers ENODEV and poll POLLERR", async () => {
      const fd = await probe().connected(MKHI);
      const poll = probe().poll(fd, POLLIN, 5000);
      await link()[Symbol.asyncDispose]();
      expect(await poll).toMatchObject({ value: POLLERR });
      expect(await text(guest(), "/sys/class/mei/mei0/dev_state")).toBe("RESETTING");
      expect(await probe().call({ name: "open", path: "/dev/mei0" })).toMatchObject({ errno: "ENODEV" });
      expect(await probe().read(fd)).toMatchObject({ errno: "ENODEV" });
      expect(await probe().write(fd, request.firmwareVersion)).toMatchObject({ errno: "ENODEV" });
      expect(await probe().connect(fd, MKHI)).toMatchObject({ errno: "ENODEV" });
    });
  });
});

/** One firmware for the tests of a group, and a process with no open descriptors for each. */
function session(guest: () => Guest, options: FirmwareLinkOptions = {}) {
  let me: SimulatedMe;
  let link: FirmwareLink | undefined;
  let probe: Probe | undefined;
  beforeAll(async () => {
    me = createSimulator().me;
    link = await guest().firmware(me, options);
  });
  beforeEach(async () => {
    await reaches(guest(), "ENABLED");
    probe = await Probe.start(guest(), program);
  });
  afterEach(() => probe?.[Symbol.asyncDispose]());
  afterAll(() => link?.[Symbol.asyncDispose]());
  return { me: () => me, link: () => link!, probe: () => probe! };
}

/** Addresses in a connect request, 06 client host; by hand from hw.h, as the answer is. */
function connectRequest(bytes: Uint8Array): { me: number; host: number } | undefined {
  const isConnect = bytes[0] === 0 && bytes[1] === 0 && bytes[4] === 0x06;
  return isConnect ? { me: bytes[5]!, host: bytes[6]! } : undefined;
}

/** The answer to a connect request, 86 client host status. */
function refused(bytes: Uint8Array, status: number): Uint8Array[] | undefined {
  const at = connectRequest(bytes);
  return at === undefined ? undefined : [Uint8Array.of(0, 0, 4, 0x80, 0x86, at.me, at.host, status)];
}
