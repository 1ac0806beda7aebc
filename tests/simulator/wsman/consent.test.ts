import { describe, expect, it } from "vitest";
import { GetFeaturesState } from "../../../protocols/amthi/mod.ts";
import { ManualClock } from "../../fakes/clock.ts";
import { Console, fieldsOf } from "./console.ts";

const states = { notStarted: "0", displayed: "2", received: "3" };

function console(clock = new ManualClock(), profile = "activated") {
  const amt = new Console(profile, { clock });
  const call = (method: string, input = "") => amt.returned("IPS_OptInService", method, input);
  return {
    amt,
    clock,
    start: () => call("StartOptIn"),
    cancel: () => call("CancelOptIn"),
    send: (code: number) => call("SendOptInCode", `<h:OptInCode>${code}</h:OptInCode>`),
    state: async () => fieldsOf(await amt.get("IPS_OptInService"))["OptInState"],
    screen: async () => (await amt.machine()).consent.screen,
  };
}

const wrong = (code: string) => (Number(code) + 1) % 1_000_000;

describe("IPS_OptInService", () => {
  it("shows a code, and takes it", async () => {
    const { start, send, state, screen } = console();
    expect(await state()).toBe(states.notStarted);
    expect(await start()).toBe(0);
    const code = (await screen())!;
    expect(code).toMatch(/^\d{6}$/);
    expect(await state()).toBe(states.displayed);
    expect(await send(wrong(code))).toBe(4);
    expect(await send(Number(code))).toBe(0);
    expect([await state(), await screen()]).toEqual([states.received, undefined]);
  });
  it("tells whoever looks at the screen", async () => {
    const { amt, start, cancel, screen } = console();
    const seen: (string | undefined)[] = [];
    const off = (await amt.machine()).consent.onScreen((code) => seen.push(code));
    await start();
    const code = await screen();
    await cancel();
    off();
    await start();
    expect(seen).toEqual([code, undefined]);
  });
  it("is blocked after three wrong codes, for as long as a code is shown", async () => {
    const { start, send, screen, clock } = console();
    await start();
    const code = (await screen())!;
    expect([await send(wrong(code)), await send(wrong(code)), await send(wrong(code))]).toEqual([4, 4, 3]);
    expect([await send(Number(code)), await start()]).toEqual([3, 3]);
    await clock.advance(300_000);
    expect(await start()).toBe(0);
  });
  it("forgets a code that nobody sends, and a consent that nobody uses", async () => {
    const { start, send, state, screen, clock } = console();
    await start();
    await clock.advance(119_999);
    expect(await state()).toBe(states.displayed);
    await clock.advance(1);
    expect(await state()).toBe(states.notStarted);
    await start();
    await send(Number(await screen()));
    await clock.advance(299_999);
    expect(await state()).toBe(states.received);
    await clock.advance(1);
    expect(await state()).toBe(states.notStarted);
  });
  it("answers what does not fit its state with 2", async () => {
    const { start, send, cancel } = console();
    expect([await send(1), await cancel()]).toEqual([2, 2]);
    await start();
    expect(await start()).toBe(2);
    expect([await cancel(), await cancel()]).toEqual([0, 2]);
  });
  it("shows no code on a machine that is off", async () => {
    const { amt, start } = console();
    (await amt.machine()).power.request(8);
    expect(await start()).toBe(2);
  });
  it("leaves no timer behind", async () => {
    const { amt, start, clock } = console();
    await start();
    expect(clock.sleepers).toBe(1);
    amt.simulator[Symbol.dispose]();
    await Promise.resolve();
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(clock.sleepers).toBe(0);
  });
  it("shows in what AMTHI tells of KVM", async () => {
    const { amt, start } = console();
    await start();
    expect(await amt.amthi(GetFeaturesState, { feature: "kvm" })).toMatchObject({ data: { consentPending: true } });
  });
  it("has a policy that can be changed in admin control mode alone", async () => {
    const put = (profile: string) =>
      console(undefined, profile).amt.put("IPS_OptInService", "<h:OptInRequired>0</h:OptInRequired>");
    expect(fieldsOf(await put("acm"))).toMatchObject({ OptInRequired: "0", CanModifyOptInPolicy: "1" });
    await expect(put("activated")).rejects.toThrow("e:AccessDenied");
    expect(fieldsOf(await console().amt.get("IPS_OptInService"))["OptInRequired"]).toBe("4294967295");
  });
});
