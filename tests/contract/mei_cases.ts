/** The promises of `MeiTransport` as cases, run against everything that makes them: see `mei_transport.test.ts`. */

import assert from "node:assert/strict";
import { fromHex, toHex } from "../../core/binary/mod.ts";
import { AmtError, type ErrorCode } from "../../core/errors/mod.ts";
import { guid } from "../../core/guid.ts";
import { AMTHI, LME, MKHI } from "../../protocols/mei/known_clients.ts";
import type { Fault } from "../../simulator/faults.ts";
import type { ProfileName } from "../../simulator/profiles/profile.ts";
import type { MeiTransport } from "../../transport/mei.ts";

export interface MeiCase {
  readonly title: string;
  readonly profile?: ProfileName;
  readonly faults?: readonly Fault[];
  run(mei: MeiTransport): Promise<void>;
}

/** Requests that mei-amt-check and metee sent over the real driver (fixtures/peer-traces). */
const getProvisioningState = fromHex("010100001100000400000000");
const getCodeVersions = fromHex("010100001a00000400000000");
const getFirmwareVersion = fromHex("ff020000");

/** The client for firmware updates, which says nothing here. */
const SILENT = guid("309dcde8-ccb1-4062-8f78-600115a34327");

const seconds = (n: number) => AbortSignal.timeout(1000 * n);

export const meiCases: readonly MeiCase[] = [
  {
    title: "connect tells the sizes that the firmware gave",
    async run(mei) {
      await using amthi = await mei.connect(AMTHI);
      assert.equal(amthi.maxMessageLength, 5120);
      assert.equal(amthi.protocolVersion, 1);
      await using lme = await mei.connect(LME);
      assert.equal(lme.protocolVersion, 4);
    },
  },
  {
    title: "receive gives the answer to what was sent",
    async run(mei) {
      await using amthi = await mei.connect(AMTHI);
      await amthi.send(getProvisioningState);
      const answer = await amthi.receive({ signal: seconds(10) });
      // Header, length 8, status 0 as captured from an ME 11.8.93; the state is this profile's: post-provisioning.
      assert.equal(toHex(answer), "0101000011008004080000000000000002000000");
    },
  },
  {
    title: "messages keep their boundaries and their order",
    async run(mei) {
      await using amthi = await mei.connect(AMTHI);
      for (let i = 0; i < 20; i++) {
        await amthi.send(getCodeVersions);
        await amthi.send(getProvisioningState);
        const long = await amthi.receive({ signal: seconds(10) });
        const short = await amthi.receive({ signal: seconds(10) });
        assert.equal(toHex(long.subarray(4, 8)), "1a008004");
        assert.ok(long.length > 300, `${long.length} bytes`);
        assert.equal(toHex(short.subarray(4, 8)), "11008004");
        assert.equal(short.length, 20);
      }
    },
  },
  {
    title: "two clients are talked to at the same time",
    async run(mei) {
      await using amthi = await mei.connect(AMTHI);
      await using mkhi = await mei.connect(MKHI);
      const both = Promise.all([
        amthi.receive({ signal: seconds(10) }),
        mkhi.receive({ signal: seconds(10) }),
      ]);
      await mkhi.send(getFirmwareVersion);
      await amthi.send(getProvisioningState);
      const [fromAmthi, fromMkhi] = await both;
      assert.equal(fromAmthi.length, 20);
      assert.equal(toHex(fromMkhi.subarray(0, 4)), "ff820000");
      assert.equal(fromMkhi.length, 28);
    },
  },
  {
    title: "connect rejects with mei.clientNotOffered for an unknown GUID",
    run: (mei) => rejects("mei.clientNotOffered", () => mei.connect(guid("00112233-4455-6677-8899-aabbccddeeff"))),
  },
  {
    title: "connect rejects with mei.clientNotOffered for AMTHI when AMT is disabled",
    profile: "disabled",
    run: (mei) => rejects("mei.clientNotOffered", () => mei.connect(AMTHI)),
  },
  {
    title: "connect rejects with mei.busy when the client takes no further connection",
    async run(mei) {
      await using _first = await mei.connect(AMTHI);
      await rejects("mei.busy", () => mei.connect(AMTHI, { busyBudgetMs: 30 }));
    },
  },
  {
    title: "connect tries again when the client is busy for a moment",
    faults: [{ kind: "busy", nth: 1, client: AMTHI }, { kind: "busy", nth: 2, client: AMTHI }],
    async run(mei) {
      await using amthi = await mei.connect(AMTHI, { busyBudgetMs: 2000 });
      await amthi.send(getProvisioningState);
      assert.equal((await amthi.receive({ signal: seconds(10) })).length, 20);
    },
  },
  {
    title: "connect rejects with cancelled when it is aborted before it starts",
    run: (mei) => rejects("cancelled", () => mei.connect(AMTHI, { signal: AbortSignal.abort() })),
  },
  {
    title: "send rejects with usage when the message is too long or empty",
    async run(mei) {
      await using amthi = await mei.connect(AMTHI);
      await rejects("usage", () => amthi.send(new Uint8Array(5121)));
      await rejects("usage", () => amthi.send(new Uint8Array(0)));
      await amthi.send(getProvisioningState);
      assert.equal((await amthi.receive({ signal: seconds(10) })).length, 20);
    },
  },
  {
    title: "receive rejects with timeout, and the connection stays of use",
    faults: [{ kind: "slow", nth: 1, client: AMTHI, delayMs: 300 }],
    async run(mei) {
      await using amthi = await mei.connect(AMTHI);
      await amthi.send(getProvisioningState);
      await rejects("timeout", () => amthi.receive({ signal: AbortSignal.timeout(30) }));
      assert.equal((await amthi.receive({ signal: seconds(10) })).length, 20);
    },
  },
  {
    title: "receive rejects with cancelled when its signal is aborted",
    faults: [{ kind: "silent", nth: 1, onwards: true }],
    async run(mei) {
      await using amthi = await mei.connect(AMTHI);
      const controller = new AbortController();
      const wait = rejects("cancelled", () => amthi.receive({ signal: controller.signal }));
      await amthi.send(getProvisioningState);
      controller.abort();
      await wait;
    },
  },
  {
    title: "receive gives an empty message as an answer",
    faults: [{ kind: "empty", nth: 1 }],
    async run(mei) {
      await using amthi = await mei.connect(AMTHI);
      await amthi.send(getCodeVersions);
      assert.equal((await amthi.receive({ signal: seconds(10) })).length, 0);
      await amthi.send(getProvisioningState);
      assert.equal((await amthi.receive({ signal: seconds(10) })).length, 20);
    },
  },
  ...(["short", "long"] as const).map((kind): MeiCase => ({
    title: `receive gives a ${kind} answer as it came`,
    faults: [{ kind, nth: 1 }],
    async run(mei) {
      await using amthi = await mei.connect(AMTHI);
      await amthi.send(getProvisioningState);
      const { length } = await amthi.receive({ signal: seconds(10) });
      assert.equal(length, kind === "short" ? 10 : 24);
    },
  })),
  {
    title: "receive and send reject with mei.reset when the link is reset, and connect works again",
    faults: [{ kind: "reset", nth: 1 }],
    async run(mei) {
      const amthi = await mei.connect(AMTHI);
      const wait = rejects("mei.reset", () => amthi.receive({ signal: seconds(20) }));
      await amthi.send(getProvisioningState);
      await wait;
      await rejects("mei.reset", () => amthi.send(getProvisioningState));
      await amthi[Symbol.asyncDispose]();
      await using again = await reconnect(mei);
      await again.send(getProvisioningState);
      assert.equal((await again.receive({ signal: seconds(10) })).length, 20);
    },
  },
  {
    title: "receive rejects with mei.reset when the firmware disconnects",
    faults: [{ kind: "disconnect", nth: 1 }],
    async run(mei) {
      await using amthi = await mei.connect(AMTHI);
      await amthi.send(getProvisioningState);
      await rejects("mei.reset", () => amthi.receive({ signal: seconds(10) }));
    },
  },
  {
    title: "disposal ends a pending receive with mei.closed, and later calls too",
    async run(mei) {
      const update = await mei.connect(SILENT);
      const wait = rejects("mei.closed", () => update.receive({ signal: seconds(10) }));
      await update[Symbol.asyncDispose]();
      await wait;
      await rejects("mei.closed", () => update.send(getProvisioningState));
      await rejects("mei.closed", () => update.receive());
      await update[Symbol.asyncDispose]();
    },
  },
  {
    title: "receive rejects with usage when another receive waits",
    async run(mei) {
      await using update = await mei.connect(SILENT);
      const controller = new AbortController();
      const wait = rejects("cancelled", () => update.receive({ signal: controller.signal }));
      await rejects("usage", () => update.receive());
      controller.abort();
      await wait;
    },
  },
  {
    title: "fifty connections one after another leave nothing behind",
    async run(mei) {
      for (let i = 0; i < 50; i++) {
        await using amthi = await mei.connect(AMTHI);
        await amthi.send(getProvisioningState);
        assert.equal((await amthi.receive({ signal: seconds(10) })).length, 20);
      }
    },
  },
];

/** The link takes a moment to come back; a device says so by `mei.notReady` or drops the first connect. */
async function reconnect(mei: MeiTransport) {
  for (let tries = 0;; tries++) {
    try {
      return await mei.connect(AMTHI);
    } catch (error) {
      const passing = error instanceof AmtError && ["mei.notReady", "mei.clientNotOffered"].includes(error.code);
      if (!passing || tries === 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function rejects(code: ErrorCode, call: () => Promise<unknown>): Promise<void> {
  await assert.rejects(call, (error: unknown) => {
    assert.ok(error instanceof AmtError, `an AmtError, not ${error}`);
    assert.equal(error.code, code, error.message);
    return true;
  });
}
