import { describe, expect, it } from "vitest";
import { createSimulator } from "../../simulator/mod.ts";
import { connectedHost, LmeHost } from "./lme_host.ts";

const event = { messageId: "iAMT0055", argument: "1", message: "" };

/** Confirms the firmware's channel, takes what it posts with so much credit, and gives none back but by `adjust`. */
async function posted(host: LmeHost, windowBytes: number) {
  const open = await host.expect("channelOpen");
  host.send({ kind: "channelOpenConfirmation", recipient: open.sender, sender: 55_555, windowBytes });
  const sizes: number[] = [];
  let text = "";
  while (!text.includes("</a:Envelope>")) {
    const { recipient, data } = await host.expect("channelData");
    expect(recipient).toBe(55_555);
    sizes.push(data.length);
    text += new TextDecoder().decode(data);
    if (!text.includes("</a:Envelope>")) host.adjust(open.sender, data.length);
  }
  return { open, text, sizes };
}

describe("Lme.postEvent", () => {
  it("opens direct-tcpip to port 0, as the peers that read events know it", async () => {
    const host = await connectedHost();
    void host.lme.postEvent(event);
    expect(await host.next()).toEqual({
      kind: "channelOpen",
      type: "direct-tcpip",
      sender: 20,
      windowBytes: 4096,
      address: "localhost",
      port: 0,
      originatorAddress: "localhost",
      originatorPort: 0,
    });
  });
  it.each([[499], [1024], [4096]])(
    "posts a CIM_AlertIndication in pieces that fit a window of %i",
    async (windowBytes) => {
      const host = await connectedHost();
      const outcome = host.lme.postEvent({ ...event, message: "a < b & c" });
      const { open, text, sizes } = await posted(host, windowBytes);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(windowBytes);
      const [head, body] = text.split("\r\n\r\n");
      expect(head!.split("\r\n")).toEqual([
        "POST / HTTP/1.1",
        "Host: localhost:0",
        "User-Agent: Intel(R) AMT Agent",
        "Connection: Keep-Alive",
        `Content-Length: ${body!.length}`,
      ]);
      expect(body).toContain("<g:MessageID>iAMT0055</g:MessageID>");
      expect(body).toContain("<g:MessageArguments>1</g:MessageArguments>");
      expect(body).toContain("<g:Message>a &#60; b &#38; c</g:Message>");
      expect(body!.length).toBeGreaterThan(1500);
      host.closeChannel(open.sender);
      expect(await host.next()).toEqual({ kind: "channelClose", recipient: 55_555 });
      expect(await outcome).toBe("closed");
      expect(host.lme.slotsInUse).toBe(0);
    },
  );
  it("takes a response that nobody needs", async () => {
    const host = await connectedHost();
    const outcome = host.lme.postEvent(event);
    const { open } = await posted(host, 4096);
    host.data(open.sender, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    await host.expect("channelWindowAdjust");
    host.closeChannel(open.sender);
    expect(await outcome).toBe("closed");
  });
  it("posts several at a time, each on its own channel", async () => {
    const host = await connectedHost();
    const outcomes = Promise.all([host.lme.postEvent(event), host.lme.postEvent(event)]);
    expect([(await host.expect("channelOpen")).sender, (await host.expect("channelOpen")).sender]).toEqual([20, 21]);
    for (const recipient of [20, 21]) host.send({ kind: "channelOpenFailure", recipient, reason: 2 });
    expect(await outcomes).toEqual([{ refused: 2 }, { refused: 2 }]);
  });
  it("says cut when the host closes before the end", async () => {
    const host = await connectedHost();
    const outcome = host.lme.postEvent(event);
    await host.expect("channelOpen");
    host.send({ kind: "channelOpenConfirmation", recipient: 20, sender: 7, windowBytes: 100 });
    await host.expect("channelData");
    host.closeChannel(20);
    await host.expect("channelClose");
    expect(await outcome).toBe("cut");
  });
  it.each([
    ["before the answer", (_: LmeHost) => {}],
    ["after it", (host: LmeHost) => host.send("5b000000140000d90300001000ffffffff")],
  ])("says lost when the session ends %s", async (_, answer) => {
    const host = await connectedHost();
    const outcome = host.lme.postEvent(event);
    await host.expect("channelOpen");
    answer(host);
    host.close();
    expect(await outcome).toBe("lost");
  });
  it("waits for a host that has answered the forwards", async () => {
    const { me } = createSimulator();
    const outcome = me.lme!.postEvent(event);
    const host = await new LmeHost(me).shakeHands();
    await host.expect("channelOpen");
    host.send({ kind: "channelOpenFailure", recipient: 20, reason: 1 });
    expect(await outcome).toEqual({ refused: 1 });
  });
});

describe("Lme.openDirect", () => {
  it("opens a channel to anywhere", async () => {
    const host = await connectedHost();
    const outcome = host.lme.openDirect({ address: "127.0.0.1", port: 9 }, new TextEncoder().encode("hello"));
    expect(await host.expect("channelOpen")).toMatchObject({ address: "127.0.0.1", port: 9 });
    host.send({ kind: "channelOpenConfirmation", recipient: 20, sender: 8, windowBytes: 4000 });
    expect(new TextDecoder().decode((await host.expect("channelData")).data)).toBe("hello");
    host.closeChannel(20);
    expect(await outcome).toBe("closed");
  });
});
