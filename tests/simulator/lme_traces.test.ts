import { describe, expect, it } from "vitest";
import { decode, fromHex } from "../../core/binary/mod.ts";
import { ApfMessage } from "../../protocols/apf/mod.ts";
import { LME } from "../../protocols/mei/known_clients.ts";
import type { Lme } from "../../simulator/lme/lme.ts";
import { credits, type LmeOptions } from "../../simulator/lme/options.ts";
import { createSimulator } from "../../simulator/mod.ts";
import { conversationsWith, hasTraces, type TraceLine, whySkipped } from "../vectors/peer_traces.ts";
import { MemoryStream } from "./http_stream.ts";
import { LmeHost } from "./lme_host.ts";

/** Has our firmware do what that of the trace did of its own. */
type Act = (lme: Lme, line: Uint8Array, message: ApfMessage) => unknown;

const raw: Act = (lme, line) => lme.send(line);
const request: Act = (lme, _, message) => message.kind === "globalRequest" && lme.request(message.request);
const event: Act = (lme, _, { kind }) =>
  kind === "channelOpen" && lme.postEvent({ messageId: "iAMT0055", argument: "1", message: "" });
const direct: Act = (lme, _, message) =>
  message.kind === "channelOpen" && lme.openDirect(message, new TextEncoder().encode("hello"));

/** By a trace's name without the program's. Of the others the host starts it all. */
const acts: Readonly<Record<string, Act>> = {
  "auth-late": raw,
  cancel: request,
  "cancel-unknown": request,
  "dup-forward": request,
  errors: raw,
  event,
  "fwd-0000": request,
  "global-unknown": request,
  keepalive: raw,
  "open-port": direct,
  "other-addr-forward": request,
  stale: raw,
  type200: raw,
  "version-again": raw,
};

/** What the firmware of the trace was like. */
const options: Readonly<Record<string, LmeOptions>> = {
  "open-fail": { faults: { refusedOpens: 1 } },
  smallwin: { credit: { ...credits.realistic, windowBytes: 300 } },
};

/**
 * Messages of the host that had no effect, where there are any: MeshCmd sends CLOSE twice, and closes channel 0 when it
 * means that of an event, which stays open for ever; lms8 gives credit for data that came after its CLOSE.
 */
const ignored: Readonly<Record<string, number>> = {
  "lms8-halfclose": 1,
  "microlms-event": 1,
  "microlms-halfclose": 1,
  "microlms-http": 1,
  "microlms-http-close": 1,
  "microlms-smallwin": 1,
};

/** What ours says behind the end of a trace: here it was made to fall silent. */
const more: Readonly<Record<string, string[]>> = { "lms8-silent-lme": ["serviceRequest"] };

describe.skipIf(!hasTraces)(`the simulated LME carries on with what programs sent${whySkipped}`, () => {
  const traces = conversationsWith(LME);
  it("finds the traces", () => {
    expect(traces.length).toBeGreaterThan(30);
  });

  it.each(traces)("$trace", async ({ trace, lines }) => {
    const name = trace.replace(".ndjson", "");
    const situation = name.replace(/^[a-z0-9]+-/, "");
    const { me } = createSimulator("activated", { lme: options[situation] ?? {} });
    // The web server is loaded with its first connection, and would be late on that one.
    await me.amt!.services.get(16992)!(new MemoryStream());
    const host = new LmeHost(me);
    const replay = new Replay(host, acts[situation]);
    if (lines[0]!.hex.startsWith("c0") && situation !== "version-again") replay.shakesHands = true;
    else await host.shakeHands();
    for (const line of lines) await replay.line(line);
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(host.received.map(({ kind }) => kind)).toEqual(more[name] ?? []);
    expect(host.lme.protocolErrors).toEqual([]);
    expect(host.ended).toBeUndefined();
    expect(host.lme.slotsInUse).toBe(0);
    expect(host.lme.counts.ignored).toBe(ignored[name] ?? 0);
    host.close();
  });
});

/**
 * Sends the host's lines, each after the firmware has sent a message of the kind of each of its own lines before. Ours
 * sends one PROTOCOLVERSION where that of the trace sent two, and cuts its data differently.
 */
class Replay {
  /** Until the second forward is answered. */
  shakesHands = false;
  readonly #host: LmeHost;
  readonly #act: Act | undefined;
  /** Our firmware's channel numbers by those of the trace. */
  readonly #channels = new Map<number, number>();
  #answers = 0;
  #last: string | undefined;

  constructor(host: LmeHost, act: Act | undefined) {
    this.#host = host;
    this.#act = act;
  }

  async line({ dir, hex }: TraceLine): Promise<void> {
    const message = decode(ApfMessage, fromHex(hex));
    if (dir === "host->fw") {
      // What the firmware does by itself comes first, however many turns of the loop it takes.
      await new Promise((resolve) => setTimeout(resolve, 0));
      return await this.#send(message, hex);
    }
    if (!this.shakesHands) void this.#act?.(this.#host.lme, fromHex(hex), message);
    else if (message.kind === "protocolVersion" && this.#last === message.kind) return;
    if (message.kind === "channelData" && this.#last === message.kind) return;
    this.#last = message.kind;
    const ours = await this.#host.expect(message.kind);
    if ("sender" in message && "sender" in ours) this.#channels.set(message.sender, ours.sender);
  }

  async #send(message: ApfMessage, hex: string): Promise<void> {
    const channel = "recipient" in message ? this.#channels.get(message.recipient) : undefined;
    this.#host.send(channel === undefined ? hex : { ...message, recipient: channel } as ApfMessage);
    if (!this.shakesHands || message.kind !== "requestSuccess" || ++this.#answers < 2) return;
    await this.#host.lme.ready();
    this.shakesHands = false;
  }
}
