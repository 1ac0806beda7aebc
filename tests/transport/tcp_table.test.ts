import { describe, expect, it } from "vitest";
import { TcpTable } from "../../transport/tcp_table.ts";

/** Rows of /proc/net/tcp and tcp6 of Linux 6.18 on x86-64, captured while a program did what the keys say. */
const HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
const REST = "2 00000000ed83f06a 20 0 0 11 -1";
const ROWS = {
  open: ` 993: 0100007F:9362 0100007F:A001 01 00000000:00000000 00:00000000 00000000     0        0 2063579 ${REST}`,
  ended: ` 993: 0100007F:9362 0100007F:A001 04 00000001:00000000 01:00000014 00000000     0        0 2063579 ${REST}`,
  left: ` 993: 0100007F:9362 0100007F:A001 04 00000001:00000000 01:00000013 00000000     0        0 0 ${REST}`,
};
const OURS =
  ` 679: 0100007F:A001 0100007F:9362 08 00000000:0000004E 00:00000000 00000000     0        0 2063580 ${REST}`;
const UNTAKEN =
  ` 631: 0100007F:A001 0100007F:9362 01 003F8800:00000000 01:00000000 00000000     0        0 2063584 ${REST}`;
const SIX = "   1: 00000000000000000000000001000000:BF6A 00000000000000000000000001000000:BA9B 04 00000001:00000000 " +
  "01:00000014 00000000     0        0 0 2 00000000963cb89e 20 0 0 11 -1";
const LISTENS = "   0: 0100007F:A001 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0";

const own = { address: "127.0.0.1", port: 0xa001 };
const other = { address: "127.0.0.1", port: 0x9362 };

function tableOf(rows: readonly string[], path = "/proc/net/tcp"): TcpTable {
  const text = [HEAD, LISTENS, ...rows, ""].join("\n");
  return new TcpTable({ readText: (asked) => asked === path ? text : undefined });
}

describe("TcpTable.look", () => {
  it.each(["open", "ended", "left"] as const)("tells of a program that is %s", (what) => {
    expect(tableOf([ROWS[what], OURS]).look(own, other)).toEqual({ other: what, untakenBytes: 0 });
  });
  it("tells what the other program has not taken", () => {
    expect(tableOf([ROWS.open, UNTAKEN]).look(own, other)).toEqual({ other: "open", untakenBytes: 0x3f8800 });
  });
  it("knows ends on ::1", () => {
    const ends = [{ address: "::1", port: 0xba9b }, { address: "::1", port: 0xbf6a }] as const;
    expect(tableOf([SIX], "/proc/net/tcp6").look(...ends)).toEqual({ other: "left", untakenBytes: undefined });
  });
  it("tells of a connection that neither end of is there", () => {
    expect(tableOf([]).look(own, other)).toEqual({ other: "absent", untakenBytes: undefined });
  });
  it("says nothing of a program whose end it does not show, or where there is no table", () => {
    expect(tableOf([OURS]).look(own, other)).toEqual({ other: undefined, untakenBytes: 0 });
    const none = new TcpTable({ readText: () => undefined });
    expect(none.look(own, other)).toEqual({ other: undefined, untakenBytes: undefined });
  });
  it.each(["192.0.2.1", "::ffff:127.0.0.1", "?"])("says nothing of %s, which is on no loopback", (address) => {
    expect(tableOf([ROWS.left, OURS]).look(own, { address, port: 0x9362 }).other).toBeUndefined();
  });
  it("does not take the table of IPv4 for the one of IPv6", () => {
    const table = tableOf([ROWS.left, OURS]);
    expect(table.look(own, other).other).toBe("left");
    expect(table.look({ address: "::1", port: 1 }, { address: "::1", port: 2 }).other).toBeUndefined();
  });
  it("reads the table once for many connections", () => {
    let reads = 0;
    const table = new TcpTable({ readText: () => [HEAD, ROWS.left, OURS, ""].join("\n") + ++reads });
    for (let i = 0; i < 3; i++) expect(table.look(own, other).other).toBe("left");
    expect(reads).toBe(1);
  });
});
