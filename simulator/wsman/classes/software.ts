import type { WsmanClass } from "../class.ts";

/** CIM_SoftwareIdentity: the versions that AMTHI's GetCodeVersions tells, by the same names. */
export const softwareIdentity: WsmanClass = {
  name: "CIM_SoftwareIdentity",
  keys: ["InstanceID"],
  local: "read",
  instances: ({ state }) =>
    state.codeVersions.versions.map(({ name, version }) => ({
      InstanceID: name,
      IsEntity: true,
      VersionString: version,
    })),
};

/** CIM_BIOSElement: the version is that of AMTHI's GetCodeVersions. Field names: MPS's recorded hardware answers. */
export const biosElement: WsmanClass = {
  name: "CIM_BIOSElement",
  keys: ["Name", "SoftwareElementID", "SoftwareElementState", "TargetOperatingSystem", "Version"],
  instances: ({ state, major }) => [{
    ElementName: "Primary BIOS",
    Manufacturer: "Simulated BIOS Works",
    Name: "Primary BIOS",
    OperationalStatus: 0,
    PrimaryBIOS: true,
    ReleaseDate: { Datetime: major >= 12 ? "2025-03-03T00:00:00Z" : "2015-06-01T00:00:00Z" },
    SoftwareElementID: state.codeVersions.bios,
    SoftwareElementState: 2,
    TargetOperatingSystem: 66,
    Version: state.codeVersions.bios,
  }],
};
