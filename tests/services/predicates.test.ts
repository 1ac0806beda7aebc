import { describe, expect, it } from "vitest";
import { AmtError } from "../../core/errors/mod.ts";
import type { Guid } from "../../core/guid.ts";
import { AMTHI, MKHI, WATCHDOG } from "../../protocols/mei/known_clients.ts";
import { decide, type Predicate } from "../../services/predicates.ts";
import { createSimulator } from "../../simulator/mod.ts";
import { chooseNode } from "../../transport/sysfs.ts";
import type { MeiTransport } from "../../transport/mei.ts";
import { alteredMachine } from "./status/altered_mei.ts";
import type { StatusSource } from "../../services/status/read_status.ts";

const { signal } = new AbortController();

/** The machine, on which connecting to these clients ends with an error. */
function without(source: StatusSource, errors: Readonly<Record<Guid, AmtError>>): StatusSource {
  const openMei = async (): Promise<MeiTransport> => {
    const mei = await source.openMei();
    return {
      connect: (client, options) =>
        errors[client] === undefined ? mei.connect(client, options) : Promise.reject(errors[client]),
    };
  };
  return { host: source.host, device: () => source.device(), openMei };
}

function simulated(profile: string): StatusSource {
  const { mei, host } = createSimulator(profile);
  return {
    host,
    device: () => ({ name: profile, node: chooseNode(host) }),
    openMei: () => Promise.resolve(mei),
  };
}

const disabled = new AmtError("amt.disabled", "AMTHI: the firmware does not offer this client");
const absent = new AmtError("amt.absent", "AMTHI: consumer firmware does not offer this client");
const notOffered = new AmtError("mei.clientNotOffered", "the client is not there");
const ask = (predicate: Predicate, source: StatusSource) => decide(predicate, source, signal);

/** Rule 32 without bit 2. */
const SWITCHED_OFF = { "0302000020000000": "03820000200000000461503200" };

describe("decide activated", () => {
  it("says no when MKHI says that AMT is off", async () => {
    expect(await ask("activated", without(simulated("disabled"), { [AMTHI]: disabled }))).toEqual({
      answer: false,
      reason: "the firmware says that AMT is not enabled",
    });
  });
  it("says no when the registers say that this is firmware without AMT", async () => {
    const source = without(simulated("activated"), { [AMTHI]: absent, [MKHI]: notOffered });
    expect(await ask("activated", source)).toEqual({ answer: false, reason: absent.message });
  });
  it.each([
    ["MKHI says that AMT is enabled: it may be restarting", { [AMTHI]: disabled }, "amt.disabled"],
    ["MKHI cannot be asked", { [AMTHI]: disabled, [MKHI]: notOffered }, "amt.disabled"],
    [
      "the node is none of the Management Engine's",
      { [AMTHI]: notOffered, [MKHI]: notOffered },
      "mei.clientNotOffered",
    ],
  ])("rejects when AMTHI is not offered and %s", async (_, errors, code) => {
    await expect(ask("activated", without(simulated("activated"), errors))).rejects.toMatchObject({ code });
  });
});

describe("decide enabled", () => {
  it("goes by MKHI before anything else", async () => {
    const { source } = alteredMachine("activated", MKHI, SWITCHED_OFF);
    expect(await ask("enabled", source)).toMatchObject({ answer: false });
  });
  it.each([["80", false], ["82", true]])(
    "goes by the flags %s of the WD client when MKHI does not tell",
    async (flags, answer) => {
      const { source, sysfs } = alteredMachine("activated", WATCHDOG, { "05025110": flags });
      await sysfs.writeText("/sys/bus/mei/drivers/mei_wdt/unbind", `0000:00:16.0-${WATCHDOG}`);
      const found = await ask("enabled", without(source, { [MKHI]: notOffered }));
      expect(found).toMatchObject({ answer, reason: expect.stringContaining("in the firmware setup") });
    },
  );
  it("goes by AMT's answer when neither tells", async () => {
    const source = without(simulated("activated"), { [MKHI]: notOffered });
    expect(await ask("enabled", source)).toEqual({ answer: true, reason: "AMT 16.1.25 answers" });
  });
  it.each([["amt.disabled", disabled], ["mei.clientNotOffered", notOffered]])(
    "rejects with %s when nothing tells",
    async (code, error) => {
      const source = without(simulated("activated"), { [MKHI]: notOffered, [AMTHI]: error });
      await expect(ask("enabled", source)).rejects.toMatchObject({ code });
    },
  );
  it("asks the next client when MKHI answers nothing of use, and sysfs tells nothing", async () => {
    const { source } = alteredMachine("activated", MKHI, { "03": "ffff" });
    const unknown: StatusSource = { ...source, device: () => ({ name: "x", node: undefined }) };
    expect(await ask("enabled", without(unknown, { [WATCHDOG]: notOffered }))).toMatchObject({
      answer: true,
      reason: "AMT 16.1.25 answers",
    });
  });
});
