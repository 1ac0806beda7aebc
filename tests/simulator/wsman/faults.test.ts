import { describe, expect, it } from "vitest";
import type { WebFault } from "../../../simulator/web_faults.ts";
import { ManualClock } from "../../fakes/clock.ts";
import { bodyElement, Console, envelope, fieldsOf, uriOf } from "./console.ts";

const GET = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get";
const PUT = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Put";
const general = envelope(GET, "AMT_GeneralSettings");
const named = (name: string) => {
  const uri = uriOf("AMT_GeneralSettings");
  const body = `<h:AMT_GeneralSettings xmlns:h="${uri}"><h:HostName>${name}</h:HostName></h:AMT_GeneralSettings>`;
  return envelope(PUT, "AMT_GeneralSettings", body);
};

const console = (...faults: WebFault[]) => new Console("activated", { amt: { faults } });
const status = async (amt: Console) => (await amt.post(general)).status;
const hostName = async (amt: Console) => (await amt.machine()).state.fqdn.fqdn;

describe("a fault of the simulated web server", () => {
  it("strikes the request that it is for, and no other", async () => {
    const amt = console({ kind: "unreachable", nth: 2 });
    expect([await status(amt), await status(amt), await status(amt)]).toEqual([200, 400, 200]);
  });
  it("strikes onwards, of one class or one operation", async () => {
    const amt = console({ kind: "unreachable", onwards: true, only: "AMT_GeneralSettings.Put" });
    expect(await status(amt)).toBe(200);
    expect((await amt.post(named("x"))).status).toBe(400);
    expect((await amt.post(named("x"))).status).toBe(400);
    expect((await amt.get("CIM_Chassis")).name).toBe("CIM_Chassis");
  });
  it("can be added later", async () => {
    const amt = console();
    await amt.post(general);
    amt.simulator.me.amt!.faults.add({ kind: "unreachable", only: "AMT_GeneralSettings" });
    await expect(amt.body(general)).rejects.toThrow("b:DestinationUnreachable");
  });
  it("unauthorized refuses a right digest, with a new nonce each time", async () => {
    const amt = console({ kind: "unauthorized", nth: 1 }, { kind: "unauthorized", nth: 2 });
    const [one, two] = [await amt.post(general), await amt.post(general)];
    expect([one.status, two.status, await status(amt)]).toEqual([401, 401, 200]);
    const nonces = [one, two].map(({ headers }) => /nonce="([^"]*)"/.exec(headers.get("WWW-Authenticate")!)![1]);
    expect(new Set(nonces).size).toBe(2);
  });
  it("hangUp ends the connection with nothing done", async () => {
    const amt = console({ kind: "hangUp" });
    const before = await hostName(amt);
    expect((await amt.post(named("x"))).status).toBeNaN();
    expect(await hostName(amt)).toBe(before);
  });
  it("lost does it, and ends the connection", async () => {
    const amt = console({ kind: "lost", only: "AMT_GeneralSettings.Put" });
    expect((await amt.post(named("x"))).status).toBeNaN();
    expect(await hostName(amt)).toBe("x.example.com");
  });
  it.each([10, 300, 700])("cut ends the connection after %i bytes of the answer", async (bytes) => {
    const amt = console({ kind: "cut", bytes });
    let answer = "";
    amt.raw = async (...pieces) => answer = await Console.prototype.raw.apply(amt, pieces);
    await amt.post(general).catch(() => {});
    expect(answer).toHaveLength(bytes);
    expect(answer).toContain("HTTP/1.1 ");
  });
  it("slow answers late", async () => {
    const clock = new ManualClock();
    const amt = new Console("activated", { clock, amt: { faults: [{ kind: "slow", delayMs: 30_000 }] } });
    let answered = false;
    const asked = amt.post(general).then(() => answered = true);
    while (clock.sleepers === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await clock.advance(29_999);
    expect(answered).toBe(false);
    await clock.advance(1);
    await asked;
    expect(answered).toBe(true);
  });
  it("long makes an answer of more than 4 MiB that is still one", async () => {
    const amt = console({ kind: "long" });
    const { body } = await amt.post(general);
    expect(body.length).toBeGreaterThan(4 << 20);
    expect(body).toMatch(/<\/a:Envelope>$/);
  });
  it("long of fewer bytes can be read", async () => {
    const { body } = await console({ kind: "long", bytes: 100_000 }).post(general);
    expect(body.length).toBeGreaterThan(100_000);
    expect(fieldsOf(await bodyElement(body))["HostName"]).toBe("laptop1");
  });
  it("contentType calls an answer HTML", async () => {
    const { headers, body } = await console({ kind: "contentType" }).post(general);
    expect(headers.get("Content-Type")).toBe("text/html");
    expect(body).toContain("AMT_GeneralSettings");
  });
  it("bomb answers with entities in entities, and malformed with no XML", async () => {
    const { body, status } = await console({ kind: "bomb" }).post(general);
    expect([status, body.length < 2000]).toEqual([200, true]);
    expect(body.match(/<!ENTITY/g)).toHaveLength(10);
    await expect(bodyElement(body)).rejects.toMatchObject({ code: "firmware.protocol" });
    const broken = await console({ kind: "malformed" }).post(general);
    await expect(bodyElement(broken.body)).rejects.toMatchObject({ code: "firmware.protocol" });
  });
});

describe("a digest of qop auth-int", () => {
  it.each(["auth-int, auth", "auth-int"] as const)("passes where %s is offered", async (qop) => {
    const amt = new Console("activated", { amt: { qop } });
    expect(fieldsOf(await amt.get("AMT_GeneralSettings"))["HostName"]).toBe("laptop1");
    expect((await amt.post(general)).headers.get("Server")).toContain("16.1.25");
  });
});
