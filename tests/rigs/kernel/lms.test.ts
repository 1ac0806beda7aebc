import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type Service, source } from "../../../simulator/lme/service.ts";
import { createSimulator } from "../../../simulator/mod.ts";
import { pattern } from "../../../simulator/pattern.ts";
import { Background } from "./background.ts";
import { bundle, bundleProgram } from "./bundle.ts";
import { describeGuest, reaches } from "./describe_guest.ts";
import { runtimes } from "./guest.ts";

const program = await bundleProgram();
const clients = await bundle("tests/rigs/kernel/guest/lms_clients.ts", "lms_clients.mjs");

const LENGTH = 1_000_000;
const ports = { down: 20_001, up: 20_002, endless: 20_003 };
const whole = (() => {
  const hash = createHash("sha256");
  for (const piece of pattern(LENGTH)) hash.update(piece);
  return hash.digest("hex");
})();

/** Takes so many bytes, and answers with their SHA-256. */
const digesting: Service = async (stream) => {
  const hash = createHash("sha256");
  for (let got = 0; got < LENGTH;) {
    const bytes = await stream.read();
    if (bytes === undefined) return;
    got += bytes.length;
    hash.update(bytes);
  }
  await stream.write(new TextEncoder().encode(hash.digest("hex")));
};

const services = { [ports.down]: source(LENGTH), [ports.up]: digesting, [ports.endless]: source() };
const lme = { credit: "bench", forwards: [16992, ...Object.values(ports)], services } as const;

describeGuest("amtctl lms", (guest) => {
  const use = (words: string) => `${runtimes.bun} ${clients} ${words}`;

  describe.each(Object.entries(runtimes))("on %s", (_, runtime) => {
    it("carries 1 MB in each of seven sessions beside HTTP, resets them when the firmware does, and goes on", async () => {
      using simulator = createSimulator("activated", { lme });
      const { me } = simulator;
      await using _link = await guest().firmware(me);
      await reaches(guest(), "ENABLED");
      await using service = await Background.start(guest(), `${runtime} ${program} lms --ndjson`);
      for (let i = 0; i < 4; i++) await service.event("listening");

      const carried = await guest().sh(use(`carry ${ports.down} ${ports.up} ${LENGTH}`), { timeoutMs: 60_000 });
      expect([carried.stderr, carried.exitCode]).toEqual(["", 0]);
      const { downs, ups, fetched } = JSON.parse(carried.stdout);
      expect(downs).toEqual(Array(4).fill(`end ${whole}`));
      expect(ups).toEqual(Array(3).fill(`end ${whole}`));
      expect(fetched).toBe(whole);

      const enduring = guest().start(use(`endure ${ports.endless} ${ports.down}`));
      await enduring.until(({ stdout }) => stdout.includes("flowing") || undefined, 30_000);
      me.reset();
      expect(await service.event("lost")).toMatchObject({ code: "mei.reset" });
      const { stdout } = await enduring.exited(30_000);
      const { ended, retriedMs } = JSON.parse(stdout.split("\n")[1]!);
      expect(ended).toEqual(Array(7).fill("ECONNRESET"));
      // The guest is emulated: some of it is the driver's, which resets the link.
      expect(retriedMs).toBeLessThan(10_000);
      expect(service.events.filter(({ event }) => event === "listening")).toHaveLength(4);

      await service.signal("TERM");
      expect((await service.exited()).exitCode).toBe(130);
      expect((await guest().sh("[ -e /run/amtctl-lms.sock ]")).exitCode).not.toBe(0);
      expect(me.lme!.protocolErrors).toEqual([]);
      await expect.poll(() => me.openConnections).toBe(0);
    });
  });
});
