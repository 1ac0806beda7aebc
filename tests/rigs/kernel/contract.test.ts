import { expect, it } from "vitest";
import { AMTHI } from "../../../protocols/mei/known_clients.ts";
import { createSimulator } from "../../../simulator/mod.ts";
import { meiCases } from "../../contract/mei_cases.ts";
import { bundle } from "./bundle.ts";
import { describeGuest, reaches } from "./describe_guest.ts";
import { runtimes } from "./guest.ts";

const program = await bundle("tests/contract/run_case.ts", "run_case.mjs");

describeGuest("MeiTransport of /dev/mei0", (guest) => {
  const cases = meiCases.map((meiCase, index) => [meiCase.title, meiCase, index] as const);

  it.each(cases)("%s", async (_, { profile, faults }, index) => {
    // The driver sends messages of its own, to other clients: they must not use up a fault.
    const { me } = createSimulator(profile, { faults: (faults ?? []).map((fault) => ({ client: AMTHI, ...fault })) });
    await using _link = await guest().firmware(me);
    await reaches(guest(), "ENABLED");
    const { stdout, stderr } = await guest().sh(`${runtimes.bun} ${program} /dev/mei0 ${index}`, { timeoutMs: 60_000 });
    expect({ outcome: stdout, stderr }).toEqual({ outcome: '{"ok":true}\n', stderr: "" });
  });
});
