import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Codec, decode, fromHex, toHex } from "../../core/binary/mod.ts";
import type { Guid } from "../../core/guid.ts";
import { amthiResponse, GetCodeVersions, GetControlMode, GetProvisioningState } from "../../protocols/amthi/mod.ts";
import { AMTHI, MKHI, MKHI_FIXED } from "../../protocols/mei/known_clients.ts";
import { GetFirmwareVersion, mkhiResponse } from "../../protocols/mkhi/mod.ts";
import { createSimulator } from "../../simulator/mod.ts";
import type { MeiConnection } from "../../transport/mei.ts";
import { HbmHost } from "./hbm_host.ts";

interface Line {
  readonly dir: string;
  readonly guid: string;
  readonly hex: string;
}

// deno-lint-ignore no-process-global
const fixtures = process.env.AMTCTL_FIXTURES;
const folder = fixtures === undefined ? undefined : join(fixtures, "peer-traces");
const why = folder === undefined ? " (skipped: AMTCTL_FIXTURES does not say where the traces are)" : "";
const traces = folder === undefined ? [] : readdirSync(folder).filter((name) => name.endsWith(".ndjson")).sort();

/** What independent programs and the Linux driver sent, by whom it was for. */
function sentTo(trace: string, guids: readonly string[]): Line[] {
  const lines = readFileSync(join(folder!, trace), "utf8").split("\n").filter((line) => line !== "");
  const parsed = lines.map((line) => JSON.parse(line) as Line);
  return parsed.filter(({ dir, guid }) => dir === "host->fw" && guids.includes(guid));
}

const withClients = traces.map((trace) => ({ trace, lines: sentTo(trace, [AMTHI, MKHI, MKHI_FIXED]) }))
  .filter(({ lines }) => lines.length > 0);
const withHbm = traces.map((trace) => ({ trace, lines: sentTo(trace, ["hbm"]) })).filter(({ lines }) =>
  lines.length > 0
);

/** Layouts of the answers that are not empty, by the first bytes of the request. */
const known = new Map<string, Codec<unknown>>([
  ["010100001a000004", amthiResponse(GetCodeVersions)],
  ["0101000011000004", amthiResponse(GetProvisioningState)],
  ["010100006b000004", amthiResponse(GetControlMode)],
  ["ff020000", mkhiResponse(GetFirmwareVersion)],
]);

describe.skipIf(folder === undefined)(`the simulator answers what programs sent${why}`, () => {
  it("finds the traces", () => {
    expect(withClients.length).toBeGreaterThan(30);
    expect(withHbm.length).toBeGreaterThan(30);
  });

  it.each(withClients)("$trace", async ({ lines }) => {
    const { mei } = createSimulator();
    const connections = new Map<string, MeiConnection>();
    for (const { guid, hex } of lines) {
      const connection = connections.get(guid) ?? await mei.connect(guid as Guid);
      connections.set(guid, connection);
      await connection.send(fromHex(hex));
      const answer = await connection.receive({ signal: AbortSignal.timeout(5000) });
      const layout = [...known].find(([prefix]) => hex.startsWith(prefix))?.[1];
      if (layout !== undefined) expect(decode(layout, answer)).toHaveProperty("data");
    }
    for (const connection of connections.values()) await connection[Symbol.asyncDispose]();
  });
});

describe.skipIf(folder === undefined)(`HbmFirmware answers what the Linux driver sent${why}`, () => {
  it.each(withHbm)("$trace", ({ lines }) => {
    const bus = new HbmHost(createSimulator().me);
    for (const { hex } of lines) {
      const payload = fromHex(hex);
      const [answer] = bus.send(toHex(Uint8Array.of(0, 0, payload.length, 0x80, ...payload)));
      // The same message with bit 7 of the command set; the last byte is the status.
      const expected = toHex(Uint8Array.of(payload[0]! | 0x80, payload[1]!, payload[2]!));
      expect(answer?.slice(8, 14)).toBe(expected);
    }
    expect(bus.firmware.counts.ignored).toBe(0);
  });
});
