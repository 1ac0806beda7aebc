import { listDevices } from "../services/devices.ts";
import { noDevice } from "../services/no_device.ts";
import { command } from "./command.ts";
import type { DevicesOutput } from "./devices.schema.ts";
import { pairs } from "./table.ts";

type Device = DevicesOutput["devices"][number];

export default command({
  brief: "Show the nodes of the mei driver: what they are, in which state, and who may open them",
  flags: {},
  arguments: [],
  examples: ["amtctl devices", "amtctl devices --json"],

  async run(context): Promise<DevicesOutput> {
    const { host } = await context.machine();
    const list = listDevices(host);
    if (list.devices.length === 0) throw noDevice(host);
    return list;
  },

  render: ({ devices }, terminal) =>
    devices.map((device) => `${terminal.style("bold", device.name)}\n${pairs(fields(device))}`).join("\n\n"),
});

function fields(device: Device): [string, string | null][] {
  const { pci, permissions } = device;
  return [
    ["  path", device.path + (device.default ? " (default)" : "")],
    ["  kind", device.kind],
    ["  state", device.state],
    ["  pci function", pci && `${pci.address} ${pci.vendorId ?? "?"}:${pci.deviceId ?? "?"} (${pci.driver ?? "-"})`],
    ["  firmware", device.firmwareVersions.map(({ role, version }) => `${role} ${version}`).join(", ")],
    ["  hbm version", device.hbmVersion && `${device.hbmVersion} (driver: up to ${device.hbmVersionDriver ?? "?"})`],
    ["  fw_status", device.firmwareStatus.join(" ")],
    ["  queue limit", device.txQueueLimit === null ? null : String(device.txQueueLimit)],
    ["  trc", device.trc],
    ["  permissions", permissions && permissionText(permissions)],
  ];
}

function permissionText({ mode, uid, gid, mayOpen }: NonNullable<Device["permissions"]>): string {
  const verdict = mayOpen === null
    ? "unknown whether this user may open it"
    : `this user may ${mayOpen ? "" : "not "}open it`;
  return `${mode} uid ${uid} gid ${gid}, ${verdict}`;
}
