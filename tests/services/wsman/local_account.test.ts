import { describe, expect, it } from "vitest";
import { fromHex } from "../../../core/binary/mod.ts";
import { localSystemAccount } from "../../../services/wsman/local_account.ts";
import { createSimulator } from "../../../simulator/mod.ts";
import type { MeiTransport } from "../../../transport/mei.ts";

const { signal } = new AbortController();

/** AMTHI that answers everything so, and counts its connections. */
function answering(hex: string) {
  let open = 0;
  const mei: MeiTransport = {
    connect() {
      open++;
      return Promise.resolve({
        protocolVersion: 1,
        maxMessageLength: 5120,
        send: () => Promise.resolve(),
        receive: () => Promise.resolve(fromHex(hex)),
        [Symbol.asyncDispose]: () => Promise.resolve(void open--),
      });
    },
  };
  return { mei, openConnections: () => open };
}

describe("localSystemAccount", () => {
  it("is what AMTHI tells", async () => {
    using simulator = createSimulator("activated");
    // docs/simulator.md
    const account = { user: "$$OsAdmin", password: "simulated-osadmin-activated" };
    expect(await localSystemAccount(simulator.mei, signal)).toEqual(account);
  });
  it("rejects with auth.refused when AMT says NOT_FOUND, and leaves no connection", async () => {
    // Header: version 1.1, command 0x04800067, 4 bytes; status 2068.
    const { mei, openConnections } = answering("01010000670080040400000014080000");
    await expect(localSystemAccount(mei, signal)).rejects.toMatchObject({
      code: "auth.refused",
      message: expect.stringContaining("NOT_FOUND"),
    });
    expect(openConnections()).toBe(0);
  });
  it("rejects with firmware.protocol when the answer is to another command", async () => {
    const { mei } = answering("010100001a0080040400000000000000");
    await expect(localSystemAccount(mei, signal)).rejects.toMatchObject({ code: "firmware.protocol" });
  });
});
