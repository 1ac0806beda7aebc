import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { type ScriptForm, shell, sourceForms } from "./processes.ts";

/** Why no network of its own can be had, where the ports of a local management service are free. */
const why = whyNoNetwork();
const title = why === undefined ? "" : ` (skipped: ${why})`;

/** There is no device, so that whatever opens one fails. */
const get = "$PROGRAM --device /nonexistent/mei0 wsman get AMT_GeneralSettings -v";
/** Waits for a listener on port 16992 in the network's own table. */
const listens = "until grep -q ':4260 .* 0A ' /proc/net/tcp; do sleep 0.05; done";

/** Runs a line of sh after `service`, which listens on the port, on a loopback interface of its own. */
async function beside(form: ScriptForm, service: string, line: string) {
  const inside = `ip link set lo up; ${service} >/dev/null & ${listens}; ${line}; code=$?; kill $!; exit $code`;
  return await shell(form, `exec unshare --net sh -c "$LINE"`, {
    env: { LINE: inside, AMTCTL_PASSWORD: "P@ssw0rd" },
  });
}

describe.skipIf(why !== undefined).each(sourceForms)(`a local management service, on $name${title}`, (form) => {
  it("is gone through when it is root's, and no device is opened", async () => {
    const { code, out, err } = await beside(form, "$PROGRAM sim serve --listen 16992", get);
    expect([code, out]).toEqual([0, expect.stringMatching(/^HostName +laptop1$/m)]);
    expect(err).toContain("way: through the local management service to 127.0.0.1:16992\n");
  });
  it("is asked again while it ends connections, as it does when it restarts", async () => {
    const faults = "--fault hangUp:1 --fault hangUp:2 --fault hangUp:3";
    const { code, err } = await beside(form, `$PROGRAM sim serve --listen 16992 ${faults}`, get);
    expect([code, err]).toEqual([0, expect.stringContaining("it may be restarting, and is asked again\n")]);
  });
  it("gets no connection when a stranger pretends to be it", async () => {
    const listener = "setpriv --reuid 65534 --regid 65534 --clear-groups perl -MIO::Socket::INET -e '" +
      'my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 16992, Listen => 5) or die; ' +
      "$s->accept'";
    const { code, err } = await beside(form, listener, get);
    expect(code).toBe(3);
    expect(err).toContain("127.0.0.1:16992 belongs to user 65534");
    expect(err).toContain("(mei.absent)\n");
  });
});

function whyNoNetwork(): string | undefined {
  if (process.getuid?.() !== 0) return "needs root";
  const { status } = spawnSync("unshare", ["--net", "sh", "-c", "ip link set lo up && setpriv --version && perl -v"]);
  return status === 0 ? undefined : "needs unshare, ip, setpriv and perl, and the right to make a network";
}
