import { describe, expect, it } from "vitest";
import { localManagementService } from "../../services/local_management.ts";
import { treeHost } from "./tree_host.ts";

// Lines as Linux prints them in /proc/net/tcp and tcp6 (Documentation/networking/proc_net_tcp.rst): 16992 is 0x4260,
// 0A is LISTEN, 01 is ESTABLISHED.
const heading = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
const line = (local: string, state: string) =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 18204 1 0 100 0 0 10 0\n`;

describe("localManagementService", () => {
  it.each(["lms", "LMS", "meshcmd", "meshagent", "microlms"])("sees the process %s", (name) => {
    expect(localManagementService(treeHost({}, { processes: [{ pid: 7, name }] }))).toBe(`process ${name} (7)`);
  });
  it.each([
    ["tcp", "0100007F:4260", 16992],
    ["tcp6", "00000000000000000000000000000000:4261", 16993],
  ])("sees a listener in %s", (file, local, port) => {
    const host = treeHost({ [`/proc/net/${file}`]: heading + line(local, "0A") });
    expect(localManagementService(host)).toBe(`something listens on port ${port}`);
  });
  it("is undefined when other programs run, listen or are connected", () => {
    const text = heading + line("0100007F:0016", "0A") + line("0100007F:4260", "01");
    const processes = [{ pid: 1, name: "systemd" }, { pid: 2, name: "almsd" }];
    expect(localManagementService(treeHost({ "/proc/net/tcp": text }, { processes }))).toBeUndefined();
  });
});
