import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/binary/mod.ts";
import { AmtError } from "../../core/errors/mod.ts";
import { AMTHI } from "../../protocols/mei/known_clients.ts";
import { Conversation } from "../../protocols/mei/conversation.ts";
import type { Fault } from "../../simulator/faults.ts";
import { SimulatedMei } from "../../simulator/mei.ts";
import { fakeMei } from "../services/fake_mei.ts";
import { scriptedFirmware } from "./scripted_firmware.ts";

const request = fromHex("01");

function conversation(answers: readonly (string | undefined)[], faults: readonly Fault[] = []) {
  const firmware = scriptedFirmware(AMTHI, answers, faults);
  const talk = new Conversation(new SimulatedMei(firmware.me), AMTHI, { answerMs: 20, busyBudgetMs: 0 });
  return { talk, ...firmware };
}

describe("Conversation.ask", () => {
  it("connects when it first asks, and once for all that follows", async () => {
    const { talk, connects, asked } = conversation(["a1", "a2", ""]);
    expect(connects()).toBe(0);
    const answers = [await talk.ask(fromHex("01")), await talk.ask(fromHex("02")), await talk.ask(fromHex("03"))];
    expect(answers.map((answer) => toHex(answer!))).toEqual(["a1", "a2", ""]);
    expect(asked).toEqual(["01", "02", "03"]);
    expect(connects()).toBe(1);
    await talk[Symbol.asyncDispose]();
  });

  it("gives undefined when no answer comes in time, and asks again over a new connection", async () => {
    await using talk = conversation([undefined, "a2"]).talk;
    expect(await talk.ask(request)).toBeUndefined();
    expect(toHex((await talk.ask(request))!)).toBe("a2");
  });
  it("never takes a late answer for the next one", async () => {
    const { talk, connects } = conversation(["a1", "a2"], [{ kind: "slow", nth: 1, delayMs: 40 }]);
    expect(await talk.ask(request)).toBeUndefined();
    expect(toHex((await talk.ask(request))!)).toBe("a2");
    expect(connects()).toBe(2);
    await talk[Symbol.asyncDispose]();
  });

  it.each<Fault["kind"]>(["reset", "disconnect"])(
    "throws what ended the connection on %s, and can ask again",
    async (kind) => {
      const { talk, me } = conversation(["a2"], [{ kind, nth: 1 }]);
      await expect(talk.ask(request)).rejects.toMatchObject({ code: "mei.reset" });
      expect(me.openConnections).toBe(0);
      expect(toHex((await talk.ask(request))!)).toBe("a2");
      await talk[Symbol.asyncDispose]();
    },
  );

  it.each<Fault["kind"]>(["reset", "disconnect", "silent"])(
    "throws indeterminate when a change was sent and %s took its answer",
    async (kind) => {
      const { talk, me } = conversation(["a1"], [{ kind, nth: 1 }]);
      const asked = talk.ask(request, { changes: true });
      await expect(asked).rejects.toMatchObject({ code: "indeterminate", exitCode: 15 });
      await expect(asked).rejects.toThrow(/^AMTHI: /);
      expect(me.openConnections).toBe(0);
    },
  );
  it("throws indeterminate when a wait for a change's answer is interrupted", async () => {
    const { talk } = conversation([undefined]);
    const signal = AbortSignal.abort(new AmtError("cancelled", "interrupted"));
    const late = AbortSignal.timeout(5);
    await expect(talk.ask(request, { changes: true, signal: late })).rejects.toMatchObject({ code: "indeterminate" });
    await expect(talk.ask(request, { changes: true, signal })).rejects.toMatchObject({ code: "cancelled" });
  });
  it("throws the signal's reason when it is aborted while it waits", async () => {
    const { talk, me } = conversation([undefined]);
    const late = AbortSignal.timeout(5);
    await expect(talk.ask(request, { signal: late })).rejects.toMatchObject({ code: "timeout" });
    expect(me.openConnections).toBe(0);
  });

  it("throws the error of a connect that is refused, a change too, and sends nothing", async () => {
    const refused = new AmtError("mei.permission", "no");
    const { mei, asked } = fakeMei({ [AMTHI]: refused });
    const talk = new Conversation(mei, AMTHI, { answerMs: 20 });
    await expect(talk.ask(request, { changes: true })).rejects.toBe(refused);
    await expect(talk.ask(request)).rejects.toBe(refused);
    expect(asked).toEqual([AMTHI, AMTHI]);
  });
  it("throws the error of a send that fails, a change too, and leaves no connection", async () => {
    const { talk, me } = conversation([]);
    await expect(talk.ask(new Uint8Array(0), { changes: true })).rejects.toMatchObject({ code: "usage" });
    expect(me.openConnections).toBe(0);
  });
  it("gives up at once on a client that is busy when it may not wait", async () => {
    const { talk } = conversation([], [{ kind: "busy", nth: 1 }]);
    await expect(talk.ask(request)).rejects.toMatchObject({ code: "mei.busy" });
  });
});

describe("Conversation.restart", () => {
  it("ends the connection, and the next request makes another", async () => {
    const { talk, me, connects } = conversation(["a1", "a2"]);
    await talk.ask(request);
    await talk.restart();
    await talk.restart();
    expect(me.openConnections).toBe(0);
    await talk.ask(request);
    expect(connects()).toBe(2);
    await talk[Symbol.asyncDispose]();
    expect(me.openConnections).toBe(0);
  });
});
