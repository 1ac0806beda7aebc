import { createHash } from "node:crypto";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { type Service, source } from "../../../simulator/lme/service.ts";
import { createSimulator } from "../../../simulator/mod.ts";
import { pattern } from "../../../simulator/pattern.ts";
import { sha256 } from "../../services/tunnel/client.ts";
import { describeRig, fromRoot, runtimes } from "./describe_rig.ts";
import { startFuseRig } from "./rig.ts";

const main = fromRoot("commands/main.ts");
const LENGTH = 3_000_000;

/** Sends back so many bytes as they come, and closes. */
const sendBack: Service = async (stream) => {
  for (let got = 0; got < LENGTH;) {
    const bytes = await stream.read();
    if (bytes === undefined) return;
    got += bytes.length;
    await stream.write(bytes);
  }
};

/** `amtctl tunnel --stdio` with this behind the port. */
async function tunnel(command: readonly string[], service: Service, ...shell: string[]) {
  const { me } = createSimulator("activated", { lme: { credit: "bench", services: { 16992: service } } });
  const rig = await startFuseRig(me);
  const child = rig.startInNamespace([...shell, ...command, main, "tunnel", "--stdio"]);
  const hash = createHash("sha256");
  let length = 0;
  let stderr = "";
  child.stdout!.on("data", (bytes: Uint8Array) => {
    length += bytes.length;
    hash.update(bytes);
  });
  child.stderr!.on("data", (text) => stderr += text);
  child.stdin!.on("error", () => {});
  const ended = once(child, "close").then(([code]) => ({ code, length, digest: hash.digest("hex"), stderr }));
  return { me, child, ended, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
}

describeRig("amtctl tunnel --stdio on the FUSE /dev/mei0", () => {
  describe.each(Object.entries(runtimes))("on %s", (_name, command) => {
    it("carries bytes of every value both ways, whole after its input has ended", async () => {
      await using running = await tunnel(command, sendBack);
      for (const piece of pattern(LENGTH)) running.child.stdin!.write(piece);
      running.child.stdin!.end();
      expect(await running.ended).toEqual({ code: 0, length: LENGTH, digest: sha256(pattern(LENGTH)), stderr: "" });
      await expect.poll(() => running.me.openConnections).toBe(0);
    });

    it("ends when the firmware closes, though its input stays open", async () => {
      await using running = await tunnel(command, source(LENGTH));
      expect(await running.ended).toEqual({ code: 0, length: LENGTH, digest: sha256(pattern(LENGTH)), stderr: "" });
    });

    it("ends well when nobody reads what it writes any more", async () => {
      await using running = await tunnel(command, source(), "sh", "-c", '{ "$@"; echo $? >&2; } | head -c 1000', "sh");
      const { length, stderr } = await running.ended;
      expect([length, stderr]).toEqual([1000, "0\n"]);
      await expect.poll(() => running.me.openConnections).toBe(0);
    });

    it("ends with an error when the firmware restarts in the middle", async () => {
      await using running = await tunnel(command, source());
      await once(running.child.stdout!, "data");
      running.me.reset();
      const { code, stderr } = await running.ended;
      expect([code, stderr]).toEqual([7, expect.stringContaining("(mei.reset)")]);
    });
  });
});
