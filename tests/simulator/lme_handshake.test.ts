import { describe, expect, it } from "vitest";
import { encode, fromHex, toHex } from "../../core/binary/mod.ts";
import { ApfMessage } from "../../protocols/apf/mod.ts";
import { LME } from "../../protocols/mei/known_clients.ts";
import { createSimulator } from "../../simulator/mod.ts";
import { connectedHost, HOST_VERSION, LmeHost, PFWD_ACCEPT, SUCCESS_16992, SUCCESS_623 } from "./lme_host.ts";

const hostOf = (profile = "activated", lme = {}) => new LmeHost(createSimulator(profile, { lme }).me);
const hex = (message: ApfMessage) => toHex(encode(ApfMessage, message));
const PFWD_REQUEST = `05${PFWD_ACCEPT.slice(2)}`;

/** A tcpip-forward as in facts of APF: name, want-reply, address, port. */
function forward(address: string, port: string, name = "tcpip-forward"): string {
  const text = (value: string) => value.length.toString(16).padStart(8, "0") + toHex(new TextEncoder().encode(value));
  return `50${text(name)}01${text(address)}${port}`;
}

describe("LME", () => {
  it.each(
    [
      ["activated", {}, 8192],
      ["legacy", {}, 4104],
      ["activated", { credit: "bench" }, 4096],
    ] as const,
  )("of %s with %j has protocol version 4, which lms8 insists on, and messages of %i bytes", (name, lme, length) => {
    const { properties } = createSimulator(name, { lme }).me.client(LME)!;
    expect(properties).toMatchObject({ protocolVersion: 4, maxMessageLength: length, maxConnections: 1 });
  });

  it("speaks first, with its own UUID and reason 254", async () => {
    const version = hex(await hostOf("legacy").expect("protocolVersion"));
    expect(version).toBe(`c00000000100000000000000fe00020003000400050006000700080009${"00".repeat(64)}`);
  });

  it("asks for pfwd and then for each forward after the answer to the one before", async () => {
    const host = hostOf();
    await host.expect("protocolVersion");
    await host.expectNothing();
    host.send(HOST_VERSION);
    expect(hex(await host.next())).toBe(PFWD_REQUEST);
    await host.expectNothing();
    host.send(PFWD_ACCEPT);
    expect(hex(await host.next())).toBe(forward("laptop1.example.com", "00004260"));
    await host.expectNothing();
    host.send(SUCCESS_16992);
    expect(hex(await host.next())).toBe(forward("laptop1.example.com", "0000026f"));
    host.send(SUCCESS_623);
    await host.lme.ready();
    await host.expectNothing();
    expect(host.lme.protocolErrors).toEqual([]);
  });

  it.each<[string, number[], string]>([
    ["activated", [16992, 623], "laptop1.example.com"],
    ["unprovisioned", [16992, 623], ""],
    ["legacy", [16992, 623], "old5.example.com"],
    ["tls-only", [16993, 664], "desk6.example.com"],
  ])("of %s asks for the ports %j under the name of AMT", async (profile, ports, address) => {
    const host = hostOf(profile);
    await host.expect("protocolVersion");
    host.send(HOST_VERSION);
    await host.expect("serviceRequest");
    host.send(PFWD_ACCEPT);
    for (const port of ports) {
      const { request } = await host.expect("globalRequest");
      expect(request).toEqual({ kind: "tcpipForward", wantReply: true, address, port });
      host.send({ kind: "requestSuccess", port });
    }
    await host.lme.ready();
  });

  it("goes on when the host's version crossed its own, and passes over further ones", async () => {
    const host = hostOf();
    host.send(HOST_VERSION);
    await host.expect("protocolVersion");
    await host.expect("serviceRequest");
    host.send(HOST_VERSION);
    host.send(PFWD_ACCEPT);
    await host.expect("globalRequest");
    host.send(HOST_VERSION);
    host.send(SUCCESS_16992);
    await host.expect("globalRequest");
    expect(host.lme.protocolErrors).toEqual([]);
  });

  it("asks for all forwards at once when its credit is adversarial, and takes the answers in order", async () => {
    const host = hostOf("activated", { credit: "adversarial" });
    await host.expect("protocolVersion");
    host.send(HOST_VERSION);
    await host.expect("serviceRequest");
    host.send(PFWD_ACCEPT);
    await host.expect("globalRequest");
    await host.expect("globalRequest");
    host.send(SUCCESS_16992);
    host.send("52");
    await host.lme.ready();
    host.ask({ port: 623 });
    expect(await host.next()).toMatchObject({ kind: "channelOpenFailure", reason: 1 });
    host.ask({ port: 16992 });
    await host.expect("channelOpenConfirmation");
  });

  it("asks for auth first when it is told to, and does not wait for USERAUTH_SUCCESS", async () => {
    const host = hostOf("activated", { auth: true });
    await host.expect("protocolVersion");
    host.send(HOST_VERSION);
    expect(await host.next()).toEqual({ kind: "serviceRequest", service: "auth@amt.intel.com" });
    host.send("06000000126175746840616d742e696e74656c2e636f6d");
    await host.expect("userauthRequest");
    expect(await host.next()).toEqual({ kind: "serviceRequest", service: "pfwd@amt.intel.com" });
    host.send("34");
    host.send(PFWD_ACCEPT);
    await host.expect("globalRequest");
    expect(host.lme.protocolErrors).toEqual([]);
  });

  it("begins anew on each connection", async () => {
    const first = await connectedHost();
    await first.open();
    first.close();
    const second = await new LmeHost(first.me).shakeHands();
    expect((await second.open()).firmware).toBe(0);
  });

  it("is void after a reset, and replays a stale CLOSE when it is told to", async () => {
    const host = await connectedHost({ faults: { staleClose: true } });
    await host.open();
    host.me.reset();
    expect(host.ended).toBe("reset");
    expect(host.lme.slotsInUse).toBe(0);
    const again = new LmeHost(host.me);
    expect(hex(await again.next())).toBe("6100000000");
    await again.shakeHands();
    again.close();
    await new LmeHost(host.me).expect("protocolVersion");
  });

  it("answers keep-alives, and learns of the host's answer", async () => {
    const host = await connectedHost();
    host.send("d000000042");
    expect(hex(await host.next())).toBe("d100000042");
    host.send("d20000001e0000000a");
    expect(hex(await host.next())).toBe("d30000001e0000000a");
    const answered = host.lme.keepAlive(7);
    expect(hex(await host.next())).toBe("d000000007");
    host.send("d100000007");
    await answered;
  });

  it("is over with a DISCONNECT of the host", async () => {
    const host = await connectedHost();
    const { firmware } = await host.open();
    host.send("010000000b0000");
    host.data(firmware, "GET / HTTP/1.1\r\n\r\n");
    await host.expectNothing();
    expect(host.lme.slotsInUse).toBe(0);
  });

  it.each<[string, string]>([
    ["a message that is cut off", "5e00"],
    ["a length beyond the message", "5e00000000000000ff61"],
    ["an empty message", ""],
    ["bytes behind the end", "610000000000"],
    ["a success that nobody asked for", "5100004260"],
    ["a version below 1.0", `c00000000000000001000000fe${"00".repeat(80)}`],
    ["a confirmation of a channel that was not opened", "5b000000140000d90300001000ffffffff"],
    ["a failure of a channel that was not opened", "5c00000014000000020000000000000000"],
  ])("ends the session by DISCONNECT 2 for %s", async (_, bytes) => {
    const host = await connectedHost();
    host.send(bytes);
    expect(await host.next()).toEqual({ kind: "disconnect", reason: 2 });
    expect(host.lme.protocolErrors).toHaveLength(1);
  });

  it.each([["realistic", 1], ["bench", 4]] as const)(
    "with %s credit gives %i credits to a host that takes one message and sends three",
    async (credit, expected) => {
      const { me } = createSimulator("activated", { lme: { credit } });
      const requests = ["d000000001", "d000000002", "d000000003"].map(fromHex);
      let credits = 0;
      const request = () => {
        const message = requests.shift();
        if (message !== undefined && typeof connection !== "string") connection.deliver(message);
      };
      let arrived = () => {};
      const connection = me.connect(LME, {
        message: () => arrived(),
        credit() {
          credits++;
          queueMicrotask(request);
        },
        disconnected() {},
      });
      if (typeof connection === "string") throw new Error(connection);
      connection.start();
      connection.allow();
      await new Promise<void>((resolve) => arrived = resolve);
      await new Promise((resolve) => setTimeout(resolve, 0));
      expect(credits).toBe(expected);
    },
  );
});
