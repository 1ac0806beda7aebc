import { describe, expect, it } from "vitest";
import { decode, fromHex, toHex } from "../../core/binary/mod.ts";
import { WATCHDOG } from "../../protocols/mei/known_clients.ts";
import {
  GetManageabilityInfo,
  IsChangeToAmtEnabled,
  operationalState,
  SetAmtOperationalState,
  StateFlags,
  StateIndependenceClient,
} from "../../protocols/watchdog/mod.ts";
import { clientProperties } from "../../simulator/clients/properties.ts";
import type { Fault } from "../../simulator/faults.ts";
import type { FirmwareClient } from "../../simulator/firmware_client.ts";
import { SimulatedMei } from "../../simulator/mei.ts";
import { meWith } from "../simulator/echo.ts";

/** A WD client that gives these answers in turn, and its user. */
function firmware(answers: readonly string[], faults: readonly Fault[] = []) {
  const asked: string[] = [];
  const left = [...answers];
  let connects = 0;
  const wd: FirmwareClient = {
    properties: clientProperties(WATCHDOG, { version: 2, length: 32 }),
    open(link) {
      connects++;
      return {
        message(message) {
          asked.push(toHex(message));
          const answer = left.shift();
          if (answer !== undefined) link.send(fromHex(answer));
        },
      };
    },
  };
  const me = meWith([wd], faults);
  const client = new StateIndependenceClient(new SimulatedMei(me), { answerMs: 20, busyBudgetMs: 0 });
  return { client, asked, me, connects: () => connects };
}

describe("StateIndependenceClient.call", () => {
  it("sends the bytes that Intel LMS sends, over one connection", async () => {
    const { client, asked, me, connects } = firmware(["82", "000001000800000001000000", "00000000"]);
    await client.call(IsChangeToAmtEnabled, {});
    await client.call(GetManageabilityInfo, {});
    await client.call(SetAmtOperationalState, { state: "enabled" });
    expect(asked).toEqual(["05025110", "07020110", "0503531001"]);
    expect(connects()).toBe(1);
    await client[Symbol.asyncDispose]();
    expect(me.openConnections).toBe(0);
  });

  // 82: rpc-go's own test; the form of 4 bytes is that of older documents; of any other one the first byte counts too.
  it.each(["82", "82000000", "8200", "82ffffffff"])("reads the flags from the answer %s", async (answer) => {
    await using client = firmware([answer]).client;
    expect(await client.call(IsChangeToAmtEnabled, {})).toEqual({
      ok: true,
      data: { changeAllowed: 0, enabled: 1, reserved: 0, bit5: 0, tlsEnforcedLocally: 0, newInterface: 1 },
    });
  });

  it.each([["alone", "00000000"], ["behind an echo", "0503531000000000"]])(
    "takes a change as done when a status 0 comes %s",
    async (_, answer) => {
      await using client = firmware([answer]).client;
      expect(await client.call(SetAmtOperationalState, { state: "disabled" })).toMatchObject({ ok: true });
    },
  );
  it.each([["alone", "03000000"], ["behind an echo", "0503531003000000"]])(
    "tells a refusal with its status when it comes %s",
    async (_, answer) => {
      await using client = firmware([answer]).client;
      const outcome = await client.call(SetAmtOperationalState, { state: "disabled" });
      expect(outcome).toMatchObject({ ok: false, kind: "refused", status: 3 });
      expect(outcome).toHaveProperty("reason", expect.stringMatching(/set up.*\(0x3\)$/));
    },
  );

  it("is unsupported when the answer is empty", async () => {
    await using client = firmware([""]).client;
    expect(await client.call(GetManageabilityInfo, {})).toMatchObject({ ok: false, kind: "unsupported" });
  });
  it("is malformed when the answer has another length, and asks again over a new connection", async () => {
    const { client, connects } = firmware(["0000010008000000010000", "82"]);
    await using _client = client;
    expect(await client.call(GetManageabilityInfo, {})).toMatchObject({ ok: false, kind: "malformed" });
    expect(await client.call(IsChangeToAmtEnabled, {})).toMatchObject({ ok: true });
    expect(connects()).toBe(2);
  });
  it("rejects with indeterminate when the answer to a change echoes another command", async () => {
    await using client = firmware(["0503541000000000"]).client;
    await expect(client.call(SetAmtOperationalState, { state: "enabled" })).rejects.toMatchObject({
      code: "indeterminate",
    });
  });
  it("is silent when no answer comes to a question", async () => {
    const { client, me } = firmware([]);
    expect(await client.call(IsChangeToAmtEnabled, {})).toMatchObject({ ok: false, kind: "silent" });
    expect(me.openConnections).toBe(0);
  });
  it("rejects with indeterminate when no answer comes to a change", async () => {
    await using client = firmware([]).client;
    await expect(client.call(SetAmtOperationalState, { state: "enabled" })).rejects.toMatchObject({
      code: "indeterminate",
    });
  });
  it("rejects with mei.busy when another one has the client", async () => {
    await using client = firmware([], [{ kind: "busy", nth: 1, onwards: true }]).client;
    await expect(client.call(IsChangeToAmtEnabled, {})).rejects.toMatchObject({ code: "mei.busy" });
  });
});

describe("operationalState", () => {
  const of = (hex: string) => operationalState(decode(StateFlags, fromHex(hex)));
  it.each([
    ["83", { changeAllowed: true, enabled: true, tlsEnforcedLocally: false, newInterface: true }],
    ["82", { changeAllowed: false, enabled: true, tlsEnforcedLocally: false, newInterface: true }],
    ["c1", { changeAllowed: true, enabled: false, tlsEnforcedLocally: true, newInterface: true }],
    ["01", { changeAllowed: true, enabled: undefined, tlsEnforcedLocally: undefined, newInterface: false }],
    // The bits that came with the new interface carry nothing without it.
    ["43", { changeAllowed: true, enabled: undefined, tlsEnforcedLocally: undefined, newInterface: false }],
  ])("reads %s", (flags, state) => expect(of(flags)).toEqual(state));
});
