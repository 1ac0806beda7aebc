import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/binary/mod.ts";
import { lme } from "../../simulator/clients/quiet.ts";
import type { FirmwareClient } from "../../simulator/firmware_client.ts";

/** What the client sends when these messages come one after another. */
function answers(client: FirmwareClient, ...messages: string[]): string[] {
  const sent: string[] = [];
  const session = client.open({ send: (message) => void sent.push(toHex(message)), disconnect: () => {} });
  for (const message of messages) session.message(fromHex(message));
  return sent;
}

describe("LME", () => {
  it("has protocol version 4, which lms8 insists on, and answers nothing", () => {
    expect(lme(4104).properties).toMatchObject({ protocolVersion: 4, maxMessageLength: 4104, maxConnections: 1 });
    expect(answers(lme(4104), "c0" + "00".repeat(92))).toEqual([]);
  });
});
