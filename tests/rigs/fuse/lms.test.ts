import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { echo, type Service, source } from "../../../simulator/lme/service.ts";
import { createSimulator, type Simulator } from "../../../simulator/mod.ts";
import { pattern } from "../../../simulator/pattern.ts";
import { BROKEN, Client, freePort, sha256 } from "../../services/tunnel/client.ts";
import { describeRig, fromRoot, runtimes } from "./describe_rig.ts";
import { LmsProcess } from "./lms_process.ts";
import { type FuseRig, startFuseRig } from "./rig.ts";

const main = fromRoot("commands/main.ts");
const socket = "/run/amtctl-lms.sock";
/** How much each of seven sessions carries; 100 for the whole test. */
const megabytes = Number(process.env["AMTCTL_TUNNEL_MB"] ?? 20);
const length = megabytes * 1_000_000;
const whole = sha256(pattern(length));

/** Takes so many bytes, and answers with their SHA-256. */
const digesting: Service = async (stream) => {
  const hash = createHash("sha256");
  for (let got = 0; got < length;) {
    const bytes = await stream.read();
    if (bytes === undefined) return;
    got += bytes.length;
    hash.update(bytes);
  }
  await stream.write(new TextEncoder().encode(hash.digest("hex")));
};

function curl(...args: string[]): Promise<{ code: number; stdout: Uint8Array }> {
  return new Promise((resolve) => {
    const options = { encoding: "buffer", maxBuffer: 1 << 28 } as const;
    execFile("curl", ["-sS", "--max-time", "60", ...args], options, (error, stdout) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout });
    });
  });
}

const admin = ["--digest", "-u", "admin:P@ssw0rd"];
const page = (bytes: number) => `http://127.0.0.1:16992/bytes/${bytes}`;

interface Running extends AsyncDisposable {
  readonly simulator: Simulator;
  readonly rig: FuseRig;
  readonly lms: LmsProcess;
  /** A source of {@link length} bytes, what takes as many, an endless source, and an echo. */
  readonly ports: { readonly down: number; readonly up: number; readonly endless: number; readonly echo: number };
}

/** `amtctl lms` on the rig, with all ports served. */
async function serving(command: readonly string[], ...flags: string[]): Promise<Running> {
  const ports = { down: await freePort(), up: await freePort(), endless: await freePort(), echo: await freePort() };
  const simulator = createSimulator("activated", {
    lme: {
      credit: "bench",
      forwards: [16992, ...Object.values(ports)],
      services: { [ports.down]: source(length), [ports.up]: digesting, [ports.endless]: source(), [ports.echo]: echo },
    },
  });
  const rig = await startFuseRig(simulator.me);
  const lms = new LmsProcess(rig.startInNamespace([...command, main, "lms", "--ndjson", ...flags]));
  const dispose = async () => {
    await lms[Symbol.asyncDispose]();
    await rig[Symbol.asyncDispose]();
    simulator[Symbol.dispose]();
  };
  try {
    await lms.event("listening", 5);
  } catch (error) {
    await dispose();
    throw error;
  }
  return { simulator, rig, lms, ports, [Symbol.asyncDispose]: dispose };
}

/** Runs the program in a copy of /etc, and shows the hosts file while it runs and after its end. */
const mapping = `
d=$(mktemp -d) && cp -a /etc "$d" && mount --bind "$d/etc" /etc && rm -f /etc/hosts || exit 99
printf '127.0.0.1 localhost\\n# mine\\n' >/etc/hosts && chmod 640 /etc/hosts
"$@" --ndjson --map-hostname & pid=$!
read -r _
echo ---; cat /etc/hosts; stat -c '%a %u' /etc/hosts
kill -TERM $pid; wait $pid
code=$?
echo ---; echo $code; cat /etc/hosts; stat -c '%a %u' /etc/hosts
umount /etc; rm -rf "$d"`;

/** Runs the program in a network of its own, with 127.0.0.1 (SIOCSIFFLAGS, up) and without IPv6. */
const withoutIpv6 = `
echo 1 >/proc/sys/net/ipv6/conf/lo/disable_ipv6
perl -MSocket -e 'socket(S, AF_INET, SOCK_DGRAM, 0); $up = pack("a16s", "lo", 1); ioctl(S, 0x8914, $up) or die $!'
exec "$@"`;

const descriptors = (pid: number) => readdirSync(`/proc/${pid}/fd`).length;

describeRig("amtctl lms on the FUSE /dev/mei0", () => {
  describe.each(Object.entries(runtimes))("on %s", (name, command) => {
    it(
      `curl --digest fetches while seven sessions carry ${megabytes} MB each, and all bytes are right`,
      { timeout: 600_000 },
      async () => {
        await using running = await serving(command);
        const { ports: { down, up }, simulator: { me }, lms } = running;
        const start = performance.now();
        const downs = await Promise.all([1, 2, 3, 4].map(() => Client.connect(down)));
        const ups = await Promise.all([1, 2, 3].map(() => Client.connect(up)));
        const sent = ups.map((client) => client.send(pattern(length)));
        await Promise.all(downs.map((client) => client.has(1)));
        const fetched = await curl(...admin, page(3_000_000));
        expect(fetched.code).toBe(0);
        expect(sha256([fetched.stdout])).toBe(sha256(pattern(3_000_000)));
        expect(me.lme!.slotsInUse).toBeGreaterThanOrEqual(7);
        await Promise.all(sent);
        for (const client of [...downs, ...ups]) expect(await client.ended).toBe("end");
        expect(downs.map(({ digest }) => digest)).toEqual(downs.map(() => whole));
        expect(ups.map(({ text }) => text)).toEqual(ups.map(() => whole));
        const seconds = (performance.now() - start) / 1000;
        console.log(`lms on ${name}: ${7 * megabytes} MB in ${seconds.toFixed(1)} s`);
        // One of curl's two connections is half closed now, and stays so until it was idle for long enough.
        const closed = await lms.event("closed", 8);
        expect(closed.map(({ reason }) => reason)).toEqual(closed.map(() => null));
        expect(me.lme!.protocolErrors).toEqual([]);
      },
    );

    it("a reset in the middle ends every session with an error, and a retry works within 5 s", async () => {
      await using running = await serving(command);
      const { ports: { endless }, simulator: { me }, lms, rig } = running;
      const clients = await Promise.all([1, 2, 3, 4, 5, 6, 7].map(() => Client.connect(endless)));
      await Promise.all(clients.map((client) => client.has(1_000_000)));
      const fetching = curl(...admin, page(500_000_000));
      await expect.poll(() => me.lme!.slotsInUse, { timeout: 10_000 }).toBe(8);
      const start = performance.now();
      me.reset();
      rig.server.setEnabled(false);
      rig.server.setEnabled(true);
      // 18: a part of the answer; 52 and 56: nothing, or a reset.
      expect([18, 52, 56]).toContain((await fetching).code);
      for (const client of clients) {
        expect(await client.ended).toMatch(BROKEN);
        const { received, digest } = client;
        expect(digest).toBe(sha256(pattern(received)));
      }
      const retried = await curl(...admin, "--retry", "50", "--retry-all-errors", "--retry-delay", "0", page(1000));
      expect([retried.code, sha256([retried.stdout])]).toEqual([0, sha256(pattern(1000))]);
      expect(performance.now() - start).toBeLessThan(5000);
      expect((await lms.event("lost")).map(({ code }) => code)).toEqual(["mei.reset"]);
      // The listeners stayed.
      expect(lms.named("listening")).toHaveLength(5);
    });

    it("1,000 opens and closes leak no slot and no descriptor", { timeout: 180_000 }, async () => {
      await using running = await serving(command);
      const { ports, simulator: { me }, lms } = running;
      const round = async () => {
        using client = await Client.connect(ports.echo);
        await client.send("hello");
        await client.has(5);
        client.reset();
      };
      for (let i = 0; i < 20; i++) await round();
      const before = descriptors(lms.process.pid!);
      for (let i = 0; i < 980; i++) await round();
      await lms.event("closed", 1000);
      await expect.poll(() => me.lme!.slotsInUse, { timeout: 10_000 }).toBe(0);
      await expect.poll(() => descriptors(lms.process.pid!) - before, { timeout: 10_000 }).toBeLessThanOrEqual(2);
    });

    it("SIGTERM ends it with 130, resets its connections and leaves nothing behind", async () => {
      await using running = await serving(command, "--events");
      const { ports, simulator: { me }, lms } = running;
      using client = await Client.connect(ports.echo);
      await client.send("hello");
      await client.has(5);
      expect(existsSync(socket)).toBe(true);
      const start = performance.now();
      lms.process.kill("SIGTERM");
      expect(await lms.exited).toBe(130);
      expect(performance.now() - start).toBeLessThan(3000);
      expect(await client.ended).toMatch(BROKEN);
      expect(existsSync(socket)).toBe(false);
      await expect.poll(() => me.openConnections).toBe(0);
      await expect(Client.connect(16992)).rejects.toThrow("ECONNREFUSED");
    });

    it("status tells of it to its owner, and to no other user", async () => {
      await using running = await serving(command);
      using client = await Client.connect(running.ports.echo);
      await client.send("hello");
      await client.has(5);
      const status = await running.rig.runInNamespace([...command, main, "lms", "status", "--json"]);
      expect([status.code, status.stderr]).toEqual([0, ""]);
      expect(JSON.parse(status.stdout)).toMatchObject({
        pid: running.lms.process.pid,
        ports: expect.arrayContaining([16992]),
        sessions: [{ port: running.ports.echo, bytesSent: 5, bytesReceived: 5 }],
      });
      const other = spawnSync("setpriv", [
        ...["--reuid=65534", "--regid=65534", "--clear-groups", "perl", "-MIO::Socket::UNIX", "-e"],
        `exit(IO::Socket::UNIX->new(Peer => "${socket}") ? 0 : $!{EACCES} ? 13 : 1)`,
      ]);
      expect(other.status).toBe(13);
    });

    it("a second one ends with 5 and names the first", async () => {
      await using running = await serving(command);
      const second = await running.rig.runInNamespace([...command, main, "lms", "--json"]);
      expect(second.code).toBe(5);
      const { error } = JSON.parse(second.stderr.trim().split("\n").at(-1)!);
      expect(error.message).toContain(`(process ${running.lms.process.pid})`);
    });

    it("posts of the firmware become events, with their meaning", async () => {
      await using running = await serving(command, "--events");
      const { simulator: { me }, lms } = running;
      expect(await me.lme!.postEvent({ messageId: "iAMT0055", argument: "4", message: "x" })).toBe("closed");
      const [alert] = await lms.event("alert");
      expect(alert).toMatchObject({ messageId: "iAMT0055", meaning: "the control mode changed", message: "x" });
    });

    it("--map-hostname leads AMT's name to this machine while it runs, and no name that is none", async () => {
      const { me } = createSimulator();
      await using rig = await startFuseRig(me);
      const told: string[] = [];
      const { stdout, stderr } = await rig.runInNamespace(["sh", "-c", mapping, "sh", ...command, main, "lms"], {
        onLine(line) {
          if (!line.startsWith("{")) return undefined;
          const { event } = JSON.parse(line);
          told.push(event);
          if (event === "hostName") {
            const address = "evil.example\n192.0.2.1 bank.example";
            void me.lme!.request({ kind: "tcpipForward", wantReply: true, address, port: 16994 });
          }
          return event === "problem" ? "look\n" : undefined;
        },
      });
      expect([stderr.includes('"cancelled"'), told.filter((event) => event === "hostName")]).toEqual([true, [
        "hostName",
      ]]);
      const own = "127.0.0.1 localhost\n# mine\n";
      const [before, during, after] = stdout.split("\n").filter((line) => !line.startsWith("{")).join("\n").split(
        "---\n",
      );
      expect(before).toBe("");
      expect(during).toBe(`${own}127.0.0.1\tlaptop1.example.com # amtctl lms\n640 0\n`);
      expect(after).toBe(`130\n${own}640 0\n`);
    });

    it("serves 127.0.0.1 alone where there is no ::1", async () => {
      await using rig = await startFuseRig(createSimulator().me);
      await using lms = new LmsProcess(
        rig.startInNamespace(["unshare", "--net", "sh", "-c", withoutIpv6, "sh", ...command, main, "lms", "--ndjson"]),
      );
      const listening = await lms.event("listening", 2);
      expect(listening.map(({ port, addresses }) => [port, addresses])).toEqual([
        [16992, ["127.0.0.1"]],
        [623, ["127.0.0.1"]],
      ]);
    });
  });
});
