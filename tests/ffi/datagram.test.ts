import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Libc } from "../../ffi/libc.ts";
import { loadLibc } from "../../ffi/load.ts";
import { notifier } from "../../ffi/notify.ts";
import { errnoOf } from "./expect_errno.ts";
import { datagramReceiver } from "./raw_calls.ts";

let libc: Libc;
let folder: string;

beforeAll(async () => {
  libc = await loadLibc();
  folder = mkdtempSync(`${tmpdir()}/amtctl-`);
});
afterAll(() => {
  libc.dispose();
  rmSync(folder, { recursive: true });
});

const bytes = (text: string) => new TextEncoder().encode(text);
const abstract = (name: string) => `@amtctl-test-${process.pid}-${name}`;

function received(receiver: ReturnType<typeof datagramReceiver>): string[] {
  const found: string[] = [];
  const into = new Uint8Array(8192);
  for (;;) {
    try {
      found.push(new TextDecoder().decode(into.subarray(0, libc.read(receiver, into))));
    } catch {
      return found;
    }
  }
}

describe("Libc.sendDatagram", () => {
  it.each([
    ["a path", () => `${folder}/notify`],
    ["a path of 107 bytes", () => `${folder}/`.padEnd(107, "n")],
    ["an abstract name", () => abstract("name")],
    ["an abstract name of 107 bytes", () => abstract("long").padEnd(108, "n")],
  ])("reaches a socket at %s", (_, address) => {
    const receiver = datagramReceiver(address());
    for (const text of ["READY=1", "", "STATUS=größe"]) libc.sendDatagram(address(), bytes(text));
    expect(received(receiver)).toEqual(["READY=1", "", "STATUS=größe"]);
    libc.close(receiver);
  });

  it.each([
    ["a path without a socket", () => `${folder}/none`, "ENOENT"],
    ["an abstract name that nobody has", () => abstract("none"), "ECONNREFUSED"],
    ["a relative path", () => "notify", "EINVAL"],
    ["a vsock address", () => "vsock:2:1234", "EINVAL"],
    ["a path with a zero inside", () => `${folder}/a\0b`, "EINVAL"],
    ["an empty abstract name", () => "@", "EINVAL"],
    ["a path of 108 bytes", () => `${folder}/`.padEnd(108, "n"), "ENAMETOOLONG"],
    ["an abstract name of 108 bytes", () => "@".padEnd(109, "n"), "ENAMETOOLONG"],
  ])("names the errno for %s", async (_, address, errno) => {
    expect(await errnoOf(() => libc.sendDatagram(address(), bytes("READY=1")))).toBe(errno);
  });

  it("does not wait for a receiver whose queue is full, and leaves no descriptor open", async () => {
    const receiver = datagramReceiver(abstract("full"));
    const before = libc.eventfd();
    const fill = () => {
      for (;;) libc.sendDatagram(abstract("full"), bytes("WATCHDOG=1"));
    };
    expect(await errnoOf(fill)).toBe("EAGAIN");
    const after = libc.eventfd();
    expect(after - before).toBe(1);
    [receiver, before, after].forEach((fd) => libc.close(fd));
  });
});

describe("notifier", () => {
  it("tells a supervisor its states, each in a datagram", () => {
    const receiver = datagramReceiver(abstract("states"));
    const { send } = notifier(libc, abstract("states"));
    send("READY=1");
    send("WATCHDOG=1\nSTATUS=fed");
    expect(received(receiver)).toEqual(["READY=1", "WATCHDOG=1\nSTATUS=fed"]);
    libc.close(receiver);
  });

  it("brings later what a full queue had no room for", () => {
    const receiver = datagramReceiver(abstract("late"));
    const failures: string[] = [];
    const { send } = notifier(libc, abstract("late"), { failed: (reason) => failures.push(reason) });
    fill(abstract("late"));
    send("READY=1");
    send("STATUS=fed");
    received(receiver);
    send("WATCHDOG=1");
    expect(received(receiver)).toEqual(["READY=1\nSTATUS=fed\nWATCHDOG=1"]);
    expect(failures).toEqual([]);
    libc.close(receiver);
  });

  it("keeps only the newest state when a queue stays full", () => {
    const receiver = datagramReceiver(abstract("stuck"));
    const { send } = notifier(libc, abstract("stuck"));
    fill(abstract("stuck"));
    for (let i = 0; i < 1000; i++) send(`STATUS=${i}`);
    received(receiver);
    send("STOPPING=1");
    const [states = ""] = received(receiver);
    expect(states.length).toBeLessThan(5000);
    expect(states).toContain("STATUS=999\nSTOPPING=1");
    libc.close(receiver);
  });

  it.each([["nobody listens", () => abstract("nobody"), "ECONNREFUSED"], [
    "it is no address",
    () => "notify",
    "EINVAL",
  ]])(
    "goes on and says so when %s",
    (_, address, errno) => {
      const failures: string[] = [];
      const { send } = notifier(libc, address(), { failed: (reason) => failures.push(reason) });
      send("READY=1");
      expect(failures).toEqual([`NOTIFY_SOCKET ${address()}: ${errno}`]);
      notifier(libc, address()).send("READY=1");
    },
  );

  it("sends nothing without a supervisor", () => {
    const sendDatagram = () => {
      throw new Error("it sent");
    };
    const failures: string[] = [];
    for (const none of [undefined, ""]) {
      notifier({ sendDatagram }, none, { failed: (reason) => failures.push(reason) }).send("READY=1");
    }
    expect(failures).toEqual([]);
  });
});

function fill(address: string): void {
  try {
    for (;;) libc.sendDatagram(address, bytes("WATCHDOG=1"));
  } catch {
    // It is full.
  }
}
