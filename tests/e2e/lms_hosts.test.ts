import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { script, type ScriptForm, shell, sourceForms } from "./processes.ts";

const folder = mkdtempSync(join(tmpdir(), "amtctl-hosts-"));
afterAll(() => rmSync(folder, { recursive: true }));

const canMount = spawnSync("unshare", ["-m", "mount", "-t", "tmpfs", "none", "/mnt"]).status === 0;
const why = canMount ? "" : " (skipped: no mount namespace of its own)";
const OURS = "127.0.0.1\tlaptop1.example.com # amtctl lms\n";
const STALE = "127.0.0.1\tstale.example # amtctl lms\n";
const OTHERS = "127.0.0.1 localhost\n10.0.0.9 keepme # see # amtctl lms\n";
let runs = 0;

/**
 * Runs lines of sh where /etc holds these hosts alone and /run is empty, so that nothing of this machine is written.
 * `lms` starts the service, and answers its output in `out` and `err`; `await COMMAND` waits for it; `stop` ends it by
 * SIGTERM and prints its code.
 */
async function inNamespace(form: ScriptForm, hosts: string, lines: string) {
  const here = join(folder, String(++runs));
  mkdirSync(join(here, "etc"), { recursive: true });
  chmodSync(here, 0o755);
  writeFileSync(join(here, "etc/hosts"), hosts);
  const head = `
    cd ${here}
    mount --bind etc /etc && mount -t tmpfs none /run && mkdir /run/small || exit 99
    start() { $RUNTIME ${script("lms_host.ts")} --device sim "$@" & pid=$!; }
    lms() { start lms --ndjson "$@" > out 2> err; }
    await() { n=0; while ! "$@" > /dev/null 2>&1; do n=$((n + 1)); [ $n -gt 400 ] && exit 98; sleep 0.05; done; }
    stop() { kill -TERM $pid; wait $pid; echo "code $?"; }
  `;
  const { code, out, err } = await shell(form, `unshare -m sh -c "$LINES"`, { env: { LINES: head + lines } });
  expect([code, err]).toEqual([0, ""]);
  return out;
}

describe.skipIf(!canMount).each(sourceForms)(`the hosts file of lms, on $name${why}`, (form) => {
  it("has the name while it runs, and at its end what others wrote, though nobody reads its output", async () => {
    const out = await inNamespace(
      form,
      OTHERS + STALE,
      `mkfifo full; exec 3<>full; timeout 1 sh -c 'yes > full'
       start lms --map-hostname > full 2> err
       await grep laptop1 /etc/hosts; cat /etc/hosts; ls /run; stop; cat /etc/hosts; ls /run`,
    );
    expect(out).toBe(`${OTHERS}${OURS}amtctl-lms.sock\nsmall\ncode 130\n${OTHERS}small\n`);
  });

  it("is put in order by the next run after SIGKILL, also by one that does not write names", async () => {
    const out = await inNamespace(
      form,
      OTHERS,
      `lms --map-hostname; await grep laptop1 /etc/hosts; kill -KILL $pid; wait $pid 2> /dev/null; grep laptop1 /etc/hosts
       lms; await grep '"mapped":false' out; cat /etc/hosts; stop`,
    );
    expect(out).toBe(`${OURS}${OTHERS}code 130\n`);
  });

  it("is told of on standard error when the name cannot be taken out again", async () => {
    const out = await inNamespace(
      form,
      OTHERS,
      `lms --map-hostname; await grep laptop1 /etc/hosts; mount -o remount,ro,bind /etc; stop; grep warning err`,
    );
    expect(out).toMatch(
      /^code 130\n\{"warning":"AMT's host name still leads to this machine: \/etc\/hosts: EROFS"\}\n$/,
    );
  });

  it("is written where a link leads, and told of when it is mounted by itself", async () => {
    const linked = await inNamespace(
      form,
      OTHERS,
      `mv /etc/hosts /etc/real; ln -s real /etc/hosts
       lms --map-hostname; await grep laptop1 /etc/real; readlink /etc/hosts; stop`,
    );
    expect(linked).toBe("real\ncode 130\n");
    const mounted = await inNamespace(
      form,
      OTHERS,
      `cp /etc/hosts other; mount --bind other /etc/hosts
       lms --map-hostname; await grep problem out; grep problem out; stop`,
    );
    expect(JSON.parse(mounted.split("\n")[0]!)).toMatchObject({
      event: "problem",
      code: "io.write",
      reason: "/etc/hosts: it is mounted by itself, and cannot be replaced",
      hint: expect.stringContaining("container"),
    });
  });
});

describe.skipIf(!canMount).each(sourceForms)(`--trace on a full disk, on $name${why}`, (form) => {
  it.each([["", /^warning: the trace ends early: .*ENOSPC\n$/], [
    "--ndjson",
    /^\{"warning":"the trace ends early: .*ENOSPC"\}\n$/,
  ]])(
    "is told on standard error of a stream %s",
    async (flag, message) => {
      const out = await inNamespace(
        form,
        "",
        `mount -t tmpfs -o size=4k none /run/small
         $PROGRAM --device sim --trace /run/small/t tunnel --listen 0 ${flag} > out 2> err & pid=$!
         await grep -E 'addresses|leads' out; port=$(sed -nE 's/.*port"?[ :]*([0-9]+)(,"addresses| leads).*/\\1/p' out)
         for i in 1 2 3 4 5 6 7 8; do bash -c "exec 3<>/dev/tcp/127.0.0.1/$port; echo >&3"; done
         await grep trace err; cat err; stop`,
      );
      expect(out.replace("code 130\n", "")).toMatch(message);
    },
  );
});
