import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/binary/mod.ts";
import { WATCHDOG } from "../../protocols/mei/known_clients.ts";
import { watchdog, type WatchdogState } from "../../simulator/clients/watchdog.ts";
import type { FirmwareClient } from "../../simulator/firmware_client.ts";
import { createSimulator } from "../../simulator/mod.ts";

const state: WatchdogState = {
  version: 2,
  newInterface: true,
  changeAllowed: true,
  enabled: true,
  tlsEnforcedLocally: false,
  setUp: false,
};

/** What the client sends when these messages come one after another. */
function answers(client: FirmwareClient, ...messages: string[]): string[] {
  const sent: string[] = [];
  const session = client.open({ send: (message) => void sent.push(toHex(message)), disconnect: () => {} });
  for (const message of messages) session.message(fromHex(message));
  return sent;
}

describe("the watchdog", () => {
  // 120 s; layouts of Linux drivers/watchdog/mei_wdt.c.
  const start = "02151310" + "7800" + "00".repeat(17);
  const stop = "02021410";
  it("acknowledges start and ping when its protocol version is 2", () => {
    expect(answers(watchdog(state), start, start)).toEqual(["020483100000", "020483100000"]);
  });
  it("acknowledges the shorter start of old kernels too", () => {
    expect(answers(watchdog(state), "02121310" + "7800" + "00".repeat(14))).toHaveLength(1);
  });
  it("acknowledges nothing when its protocol version is 1", () => {
    expect(answers(watchdog({ ...state, version: 1 }), start, stop)).toEqual([]);
  });
  it("does not answer a stop or half a header", () => {
    expect(answers(watchdog(state), stop, "0202", "")).toEqual([]);
  });
});

describe("state independence", () => {
  const isChangeAllowed = "05025110";
  const disable = "0503531000";
  const enable = "0503531001";
  it.each([
    ["activated", "83"],
    ["acm", "83"],
    ["unprovisioned", "83"],
    ["tls-only", "c3"],
    ["legacy", "01"],
  ])("says in %s the flags %s", (profile, flags) => {
    expect(answers(createSimulator(profile).me.client(WATCHDOG)!, isChangeAllowed)).toEqual([flags]);
  });
  it("disables and enables AMT that is not set up", () => {
    const sent = answers(watchdog(state), disable, isChangeAllowed, enable, isChangeAllowed);
    expect(sent).toEqual(["00000000", "81", "00000000", "83"]);
  });
  it("does not disable AMT that is set up: status 3", () => {
    expect(answers(watchdog({ ...state, setUp: true }), disable, isChangeAllowed)).toEqual(["03000000", "83"]);
  });
  it("does not know SetAmtOperationalState on an old interface, and answers with an empty message", () => {
    expect(answers(watchdog({ ...state, newInterface: false }), disable)).toEqual([""]);
  });
  it.each([["a command that it does not know", "05025210"], ["a change without its state", "05025310"]])(
    "answers %s with an empty message",
    (_, message) => expect(answers(watchdog(state), message)).toEqual([""]),
  );
  it("says that AMT manages the machine", () => {
    expect(answers(watchdog(state), "07020110")).toEqual(["000001000000000001000000"]);
  });
});
