import type { Host } from "../ffi/host.ts";

/** Programs that hold the LME client while they run, by the kernel's name of the process. */
const NAMES = /^(?:lms|microlms|meshcmd.*|meshagent.*)$/i;
/** Ports on which a local management service serves AMT to programs of this machine. */
const PORTS = [16992, 16993];
const LISTEN = "0A";

/** What shows that a local management service runs here, in words; `undefined` when nothing does. */
export function localManagementService(host: Host): string | undefined {
  for (const process of host.processes()) {
    if (NAMES.test(process.name)) return `process ${process.name} (${process.pid})`;
  }
  const port = PORTS.find((each) => listens(host, each));
  return port === undefined ? undefined : `something listens on port ${port}`;
}

/** Source of the format: Linux Documentation/networking/proc_net_tcp.rst. */
function listens(host: Host, port: number): boolean {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return ["/proc/net/tcp", "/proc/net/tcp6"].some((path) =>
    (host.readText(path) ?? "").split("\n").some((line) => {
      const [, local, , state] = line.trim().split(/\s+/);
      return local?.toUpperCase().endsWith(suffix) === true && state === LISTEN;
    })
  );
}
