import type { Guid } from "../../core/guid.ts";
import { knownClient } from "../../protocols/mei/known_clients.ts";
import type { ClientProperties } from "../firmware_client.ts";
import { HostTree } from "../host_tree.ts";
import { addresses } from "../hbm/addresses.ts";
import { addAmtWatchdog, addSoftdog } from "../watchdog_tree.ts";
import type { Machine } from "./machine.ts";

export const PCI = "0000:00:16.0";
/** Folder of the PCI function. */
export const FUNCTION = `/sys/devices/pci0000:00/${PCI}`;
/** What Linux 6.12 speaks. */
const DRIVER_HBM = { major: 2, minor: 2 };

/** Kernel drivers that hold a client as long as they are loaded, by the client's name. */
const drivers = new Map([["WD", "mei_wdt"], ["HDCP", "mei_hdcp"], ["PAVP", "mei_pxp"]]);

/**
 * The machine as Linux 6.12 shows it to the user `uid`. Formats are those of drivers/misc/mei/{main,bus,debugfs}.c,
 * missing line ends included.
 */
export function machineHost(machine: Machine, clients: readonly ClientProperties[], uid: number): HostTree {
  const tree = new HostTree(uid);
  pciFunction(tree, machine);
  node(tree, machine);
  addSoftdog(tree);
  for (const client of clients) if (isListed(client)) busDevice(tree, client);
  tree.folder("/sys/module/mei_me");
  tree.folder("/sys/kernel/debug", { mode: 0o700 }).file("/sys/kernel/debug/mei0/meclients", meclients(clients), {
    mode: 0o400,
  });
  tree.device("/dev/mei0", { mode: 0o600 });
  tree.file("/sys/kernel/security/lockdown", "[none] integrity confidentiality\n", { mode: 0o644 });
  return tree
    .process(1, "systemd", { files: ["/dev/null", "/dev/null", "/dev/null"] })
    .process(2, "kthreadd")
    .process(96, "watchdogd").file("/proc/96/cmdline", "")
    .process(871, "sshd", { files: ["/dev/null", "socket:[18204]", "socket:[18204]"] })
    .process(1324, "bash", { uid: 1000, files: ["/dev/pts/0", "/dev/pts/0", "/dev/pts/0"] });
}

function pciFunction(tree: HostTree, machine: Machine): void {
  tree
    .files(FUNCTION, {
      vendor: "0x8086\n",
      device: `0x${machine.pciDevice.toString(16).padStart(4, "0")}\n`,
      class: "0x078000\n",
    })
    .link(`${FUNCTION}/driver`, "../../../bus/pci/drivers/mei_me")
    .link(`/sys/bus/pci/drivers/mei_me/${PCI}`, `../../../../devices/pci0000:00/${PCI}`)
    .link(`/sys/bus/pci/devices/${PCI}`, `../../../devices/pci0000:00/${PCI}`);
}

function node(tree: HostTree, { hbmVersion, firmware, firmwareStatus, traceStatus }: Machine): void {
  const at = `${FUNCTION}/mei/mei0`;
  // Without the fixed MKHI client the driver has no versions, and prints zeros.
  const versions = hbmVersion.major >= 2 ? firmware : firmware.map(() => "0.0.0.0");
  tree
    .link("/sys/class/mei/mei0", `../../devices/pci0000:00/${PCI}/mei/mei0`)
    .link(`${at}/device`, `../../../${PCI}`)
    .link(`${at}/subsystem`, "../../../../../class/mei")
    .files(at, {
      dev: "235:0\n",
      dev_state: "ENABLED",
      fw_status: firmwareStatus.map((word) => `${hex(word, 8)}\n`).join(""),
      fw_ver: versions.map((version) => `0:${version}\n`).join(""),
      hbm_ver: `${hbmVersion.major}.${hbmVersion.minor}\n`,
      hbm_ver_drv: `${DRIVER_HBM.major}.${DRIVER_HBM.minor}\n`,
      kind: "mei\n",
    })
    .file(`${at}/tx_queue_limit`, "50\n", { mode: 0o644 });
  // Elsewhere the attribute stands there and cannot be read, which to a reader of text is the same.
  if (traceStatus !== undefined) tree.file(`${at}/trc`, `${hex(traceStatus, 8)}\n`);
}

/** The bus hides clients of several connections, but for those that kernel drivers use and those with tags. */
function isListed({ guid, maxConnections, vtag }: ClientProperties): boolean {
  return maxConnections <= 1 || vtag || driverOf(guid) !== undefined;
}

function busDevice(tree: HostTree, client: ClientProperties): void {
  const name = `${PCI}-${client.guid}`;
  const at = `${FUNCTION}/${name}`;
  const version = hex(client.protocolVersion, 2);
  const driver = driverOf(client.guid);
  tree
    .link(`/sys/bus/mei/devices/${name}`, `../../../devices/pci0000:00/${PCI}/${name}`)
    .link(`${at}/subsystem`, "../../../../bus/mei")
    .files(at, {
      name: "",
      uuid: client.guid,
      version,
      modalias: `mei::${client.guid}:${version}:`,
      max_conn: String(client.maxConnections),
      fixed: String(client.fixedAddress),
      vtag: client.vtag ? "1" : "0",
      max_len: String(client.maxMessageLength),
    });
  if (driver === undefined) return;
  for (const action of ["bind", "unbind"]) tree.file(`/sys/bus/mei/drivers/${driver}/${action}`, "", { mode: 0o200 });
  tree
    .link(`${at}/driver`, `../../../../bus/mei/drivers/${driver}`)
    .link(`/sys/bus/mei/drivers/${driver}/${name}`, `../../../../devices/pci0000:00/${PCI}/${name}`);
  if (driver === "mei_wdt") addAmtWatchdog(tree, at, client.protocolVersion);
}

/** The driver puts each client that it learns of in front of the others, and learns of them by rising address. */
function meclients(clients: readonly ClientProperties[]): string {
  const byAddress = [...addresses(clients)].sort(([a], [b]) => b - a);
  const rows = byAddress.map(([address, client], row) => {
    // One reference of the list, one of whoever prints it, one of the bus device, one of the driver's connection.
    const references = 2 + (isListed(client) ? 1 : 0) + (driverOf(client.guid) === undefined ? 0 : 1);
    return [
      pad(row, 2),
      pad(address, 2),
      pad(client.fixedAddress, 3),
      client.guid,
      pad(client.maxConnections, 3),
      pad(client.maxMessageLength, 7),
      pad(0, 2),
      pad(references, 4),
      pad(client.vtag ? 1 : 0, 2),
      "\n",
    ].join("|");
  });
  return "  |id|fix|         UUID                       |con|msg len|sb|refc|vt|\n" + rows.join("");
}

function driverOf(guid: Guid): string | undefined {
  return drivers.get(knownClient(guid)?.name ?? "");
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, "0");
}

function pad(value: number, width: number): string {
  return String(value).padStart(width);
}
