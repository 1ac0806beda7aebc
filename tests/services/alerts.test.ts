import { describe, expect, it } from "vitest";
import { AmtError } from "../../core/errors/mod.ts";
import type { ApfChannel } from "../../protocols/apf/mod.ts";
import { type Alert, parseAlert, readAlert } from "../../services/events/alerts.ts";
import { alertMeaning } from "../../services/events/meanings.ts";
import { alertPost } from "../../simulator/lme/alert.ts";
import { echo } from "../../simulator/lme/service.ts";
import { TunnelMachine } from "./tunnel/tunnel_machine.ts";

const envelope = (body: string) => `<a:Envelope><a:Body>${body}</a:Body></a:Envelope>`;

/** A service that reads alerts, and what became of each. */
async function listening(options: { readonly credit?: "realistic" | "adversarial" } = {}) {
  const outcomes: Promise<Alert | AmtError>[] = [];
  const onAlert = (channel: ApfChannel) => void outcomes.push(readAlert(channel).catch((error: AmtError) => error));
  return { outcomes, machine: await TunnelMachine.start(echo, { ...options, onAlert }) };
}

describe("readAlert", () => {
  it.each(["realistic", "adversarial"] as const)("reads what the firmware posts, with %s credit", async (credit) => {
    const { machine, outcomes } = await listening({ credit });
    await using _ = machine;
    const outcome = await machine.lme.postEvent({ messageId: "iAMT0050", argument: "48", message: 'SOL <on> & "up"' });
    expect(outcome).toBe("closed");
    expect(await outcomes[0]).toEqual({
      messageId: "iAMT0050",
      argument: "48",
      message: 'SOL <on> & "up"',
      meaning: "a serial-over-LAN session started",
    });
    expect(machine.local.status().link!.channels).toBe(0);
  });

  it("reads a post that comes a byte at a time", async () => {
    const post = alertPost({ messageId: "iAMT0055", argument: "2", message: "" }, 1);
    const pieces = Array.from(post, (byte) => Uint8Array.of(byte));
    let isClosed = false;
    const channel = {
      read: () => Promise.resolve(pieces.shift()),
      close: () => Promise.resolve(void (isClosed = true)),
    } as unknown as ApfChannel;
    expect(await readAlert(channel)).toMatchObject({ messageId: "iAMT0055", meaning: "AMT is set up" });
    expect([isClosed, pieces]).toEqual([true, []]);
  });

  it("reads several posts at a time", async () => {
    const { machine, outcomes } = await listening();
    await using _ = machine;
    const events = ["0", "1", "2"].map((argument) => ({ messageId: "iAMT0055", argument, message: "" }));
    await Promise.all(events.map((event) => machine.lme.postEvent(event)));
    const alerts = await Promise.all(outcomes) as Alert[];
    expect(alerts.map(({ argument }) => argument).sort()).toEqual(["0", "1", "2"]);
  });

  it("gives up a post without end, and closes its channel", async () => {
    const { machine, outcomes } = await listening();
    await using _ = machine;
    await machine.lme.openDirect({ address: "localhost", port: 0 }, new Uint8Array(200 * 1024).fill(0x41));
    expect(await outcomes[0]).toMatchObject({ code: "firmware.protocol" });
  });

  it("gives up when the firmware restarts in the middle", async () => {
    const { machine, outcomes } = await listening();
    await using _ = machine;
    machine.lme.faults.after = { bytes: 500, then: "reset" };
    machine.lme.faults.slowMs = 1;
    expect(await machine.lme.openDirect({ address: "localhost", port: 0 }, new Uint8Array(4096))).not.toBe("closed");
    expect(await outcomes[0]).toBeInstanceOf(AmtError);
  });
});

describe("parseAlert", () => {
  it.each(["g:", "", "p0:"])("finds the properties with the prefix %j", (prefix) => {
    const property = (name: string, text: string) => `<${prefix}${name}>${text}</${prefix}${name}>`;
    const xml = envelope(
      property("Message", "") + property("MessageArguments", "3") + property("MessageArguments", "9") +
        property("MessageID", "iAMT0064"),
    );
    expect(parseAlert(xml)).toEqual({
      messageId: "iAMT0064",
      argument: "3",
      message: "",
      meaning: "the user's consent is asked for",
    });
  });
  it("decodes entities once", () => {
    const xml = envelope("<MessageID>iAMT9999</MessageID><Message>a &amp;lt; b &quot;c&quot;</Message>");
    expect(parseAlert(xml)).toMatchObject({ message: 'a &lt; b "c"', meaning: null });
  });
  it.each([
    ["no MessageID", envelope("<g:Message>x</g:Message>")],
    ["a MessageID with a line end", envelope("<g:MessageID>iAMT\n0050</g:MessageID>")],
    ["a MessageID of 65 characters", envelope(`<g:MessageID>${"a".repeat(65)}</g:MessageID>`)],
    ["nothing", ""],
  ])("refuses a post with %s", (_, xml) => {
    expect(() => parseAlert(xml)).toThrow("without MessageID");
  });
  it("takes no longer for a hostile post", () => {
    const start = performance.now();
    expect(() => parseAlert("<g:MessageID ".repeat(5000))).toThrow();
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

describe("alertMeaning", () => {
  // The table of facts that Intel LMS and MeshCommander share.
  it.each([
    ["iAMT0050", "0", "manageability is enabled"],
    ["iAMT0055", "3", "AMT is being unprovisioned"],
    ["iAMT0058", "1", "the remote access tunnel is connected"],
    ["iAMT0067", "0", "a graceful shutdown is asked for"],
    ["iAMT0005", "7", "agent presence"],
    ["iAMT0050", "99", null],
    ["iAMT1234", "0", null],
  ])("of %s-%s is %j", (id, argument, meaning) => {
    expect(alertMeaning(id, argument)).toBe(meaning);
  });
});
