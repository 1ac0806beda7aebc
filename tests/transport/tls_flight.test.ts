import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../core/binary/mod.ts";
import { readFlight } from "../../transport/tls_flight.ts";

const none = {
  version: undefined,
  random: undefined,
  certificate: undefined,
  keyExchange: undefined,
  wantsClient: false,
  alert: undefined,
};
// Section "ServerHello" of RFC 8448, 3: the record that a server of TLS 1.3 sends.
const hello13 = fromHex(
  "160303005a020000560303a6af06a4121860dc5e6e60249cd34c95930c8ac5cb1434dac155772ed3e2692800130100002e00330024001d0020" +
    "c9828876112095fe66762bdbf7c672e156d6cc253b833df1dd69b1b04e751f0f002b00020304",
);
const random13 = fromHex("a6af06a4121860dc5e6e60249cd34c95930c8ac5cb1434dac155772ed3e26928");
const record = (type: number, ...bytes: number[]) => [type, 3, 3, bytes.length >> 8, bytes.length & 255, ...bytes];
const message = (type: number, ...bytes: number[]) => [type, 0, bytes.length >> 8, bytes.length & 255, ...bytes];
const hello = (minor: number) => message(2, 3, minor, ...new Array(32).fill(7), 0, 0, 0x2f, 0);

describe("readFlight", () => {
  it("reads the hello of a server of TLS 1.3, whose version stands in an extension", () => {
    expect(readFlight(hello13)).toEqual({ ...none, form: "tls", version: 0x0304, random: random13 });
  });
  it("reads no more of what comes encrypted after it", () => {
    const later = [...record(20, 1), ...record(23, ...message(13, 0))];
    expect(readFlight(Uint8Array.of(...hello13, ...later))).toMatchObject({ version: 0x0304, wantsClient: false });
  });
  it("reads the messages of TLS 1.2, however records cut them", () => {
    const certificate = message(11, 0, 0, 6, 0, 0, 3, 0xaa, 0xbb, 0xcc);
    const all = [
      ...hello(3),
      ...certificate,
      ...message(12, 3, 0, 29, 1, 9),
      ...message(13, 1, 1, 0, 0),
      ...message(14),
    ];
    for (const cut of [1, 3, 50, 57, 64]) {
      const bytes = [...record(22, ...all.slice(0, cut)), ...record(22, ...all.slice(cut))];
      expect(readFlight(Uint8Array.from(bytes))).toEqual({
        form: "tls",
        version: 0x0303,
        random: new Uint8Array(32).fill(7),
        certificate: Uint8Array.of(0xaa, 0xbb, 0xcc),
        keyExchange: Uint8Array.of(3, 0, 29, 1, 9),
        wantsClient: true,
        alert: undefined,
      });
    }
  });
  it("reads the version of an old server", () => {
    expect(readFlight(Uint8Array.from(record(22, ...hello(1))))).toMatchObject({ form: "tls", version: 0x0301 });
  });
  it("reads an alert, alone or after a hello, and none that is encrypted", () => {
    expect(readFlight(Uint8Array.from(record(21, 2, 70)))).toEqual({ ...none, form: "tls", alert: 70 });
    const after = [...record(22, ...hello(3)), ...record(21, 2, 40)];
    expect(readFlight(Uint8Array.from(after))).toMatchObject({ version: 0x0303, alert: 40 });
    expect(readFlight(Uint8Array.from(record(21, ...new Array(24).fill(2))))).toEqual({ ...none, form: "tls" });
  });
  it.each([
    ["", undefined],
    ["HTTP/1.1 400 Bad Request\r\n", "http"],
    ["SSH-2.0-OpenSSH_9.2\r\n", "other"],
    ["HTT", "other"],
    ["\x16", "tls"],
    ["\x16\x02", "other"],
  ])("tells the form of %j: %s", (text, form) => {
    expect(readFlight(new TextEncoder().encode(text))).toEqual({ ...none, form });
  });
  it("takes any bytes, cut anywhere", () => {
    const pieces = fc.array(
      fc.oneof(fc.constant([...hello13]), fc.constant(record(22, ...hello(3))), fc.array(fc.nat(255))),
    );
    fc.assert(
      fc.property(pieces, fc.nat(400), (parts, cut) => {
        const { form } = readFlight(Uint8Array.from(parts.flat().slice(0, cut)));
        expect(["tls", "http", "other", undefined]).toContain(form);
      }),
      { numRuns: 3000 },
    );
  });
});
