import { describe, expect, it } from "vitest";
import { rpcGo, rpcGo2 } from "../../../services/status/rpc_go.ts";
import { emptyInterface, emptyStatus, type Status } from "../../../services/status/status.ts";

const hash = { algorithm: { value: "SHA256" as const, raw: 2, text: "SHA256" }, active: true, default: true };

const status: Status = {
  ...emptyStatus("/dev/mei0"),
  amtVersion: "16.1.25",
  build: "2124",
  sku: { raw: 16392, text: ["AMT Pro", "Corporate"] },
  uuid: "4c4c4544-0042-3510-8054-b4c04f4d4e33",
  controlMode: { value: "client", raw: 1, text: "" },
  provisioningState: { value: "post", raw: 2, text: "" },
  operationalState: { value: "enabled", raw: 1, text: "" },
  dnsSuffix: { amt: "example.com", host: "example.com" },
  hostName: "box7",
  remoteAccess: {
    network: { value: "direct", raw: 0, text: "" },
    connection: { value: "notConnected", raw: 0, text: "" },
    trigger: { value: "user", raw: 0, text: "" },
    mpsHostName: "",
  },
  lan: [
    {
      ...emptyInterface("wired"),
      enabled: true,
      link: { value: "up", raw: 1, text: "" },
      dhcp: { enabled: true, mode: { value: "passive", raw: 2, text: "" } },
      ipAddress: "192.168.6.31",
      macAddress: "54:ee:75:49:b2:19",
      hostAddress: "192.168.6.31",
    },
    {
      ...emptyInterface("wireless"),
      enabled: false,
      // Of numbers that it does not know, rpc-go says the same.
      link: { value: null, raw: 7, text: "" },
      dhcp: { enabled: true, mode: { value: null, raw: 9, text: "" } },
    },
  ],
  upid: { oemPlatformIdType: { value: "notSet", raw: 0, text: "" }, oemId: "", csmeId: "0123ABCD" },
  certificateHashes: [
    { ...hash, name: "Go Daddy Class 2 CA", hash: "c3846bf2" },
    { ...hash, name: "VeriSign Class 3 Primary CA-G5", hash: "9acfab7e" },
  ],
};

describe("rpcGo", () => {
  it("has the fields and words of rpc amtinfo --json of version 3", () => {
    expect(rpcGo(status)).toEqual({
      amt: "16.1.25",
      buildNumber: "2124",
      sku: "16392",
      features: "AMT Pro Corporate",
      uuid: "4c4c4544-0042-3510-8054-b4c04f4d4e33",
      controlMode: "client control mode",
      provisioningState: "post-provisioning",
      operationalState: "enabled",
      dnsSuffix: "example.com",
      dnsSuffixOS: "example.com",
      hostnameOS: "box7",
      ras: {
        networkStatus: "direct (LAN)",
        remoteStatus: "not connected",
        remoteTrigger: "user initiated",
        mpsHostname: "",
      },
      wiredAdapter: {
        isEnable: true,
        linkStatus: "up",
        dhcpEnabled: true,
        dhcpMode: "passive",
        ipAddress: "192.168.6.31",
        osIpAddress: "192.168.6.31",
        macAddress: "54:ee:75:49:b2:19",
      },
      wirelessAdapter: {
        isEnable: false,
        linkStatus: "down",
        dhcpEnabled: true,
        dhcpMode: "passive",
        ipAddress: "0.0.0.0",
        osIpAddress: "0.0.0.0",
        macAddress: "00:00:00:00:00:00",
      },
      upid: { oemPlatformIdType: "Not Set (0)", oemId: "", csmeId: "0123ABCD" },
      certificateHashes: {
        "Go Daddy Class 2 CA": {
          Hash: "c3846bf2",
          Name: "Go Daddy Class 2 CA",
          Algorithm: "SHA256",
          IsActive: true,
          IsDefault: true,
        },
        "VeriSign Class 3 Primary CA-G5": {
          Hash: "9acfab7e",
          Name: "VeriSign Class 3 Primary CA-G5",
          Algorithm: "SHA256",
          IsActive: true,
          IsDefault: true,
        },
      },
      heciAvailable: true,
    });
  });

  it("leaves out what is empty or unknown", () => {
    expect(rpcGo(emptyStatus("/dev/mei0"))).toEqual({ heciAvailable: false });
    expect(rpcGo({ ...status, dnsSuffix: { amt: "", host: null } })).not.toHaveProperty("dnsSuffix");
    expect(rpcGo({ ...status, lan: [emptyInterface("wired")] })).not.toHaveProperty("wiredAdapter");
  });

  it.each(
    [
      [{ value: "none", raw: 0, text: "" }, "not activated"],
      [{ value: "admin", raw: 2, text: "" }, "admin control mode"],
      [{ value: null, raw: 9, text: "" }, "unknown control mode"],
    ] as const,
  )("has its word for control mode %j", (controlMode, word) => {
    expect(rpcGo({ ...status, controlMode })).toHaveProperty("controlMode", word);
  });
});

describe("rpcGo2", () => {
  it("has the words of version 2, and no field that it does not have", () => {
    const output = rpcGo2(status);
    expect(output).toMatchObject({
      controlMode: "activated in client control mode",
      ras: { networkStatus: "direct", remoteStatus: "not connected" },
      operationalState: "enabled",
      wiredAdapter: { isEnable: true },
    });
    for (const field of ["provisioningState", "upid", "heciAvailable"]) expect(output).not.toHaveProperty(field);
  });

  it("keeps what is empty as an empty text", () => {
    const output = rpcGo2(emptyStatus("/dev/mei0"));
    expect(output).toMatchObject({
      amt: "",
      buildNumber: "",
      uuid: "",
      controlMode: "",
      dnsSuffix: "",
      hostnameOS: "",
    });
    expect(output).not.toHaveProperty("certificateHashes");
    expect(output).not.toHaveProperty("operationalState");
  });

  it("has all keys of an adapter that could not be asked for", () => {
    const adapter = {
      isEnable: false,
      linkStatus: "",
      dhcpEnabled: false,
      dhcpMode: "",
      ipAddress: "",
      osIpAddress: "",
      macAddress: "",
    };
    for (const lan of [[], [emptyInterface("wired"), emptyInterface("wireless")]]) {
      expect(rpcGo2({ ...status, lan })).toMatchObject({ wiredAdapter: adapter, wirelessAdapter: adapter });
    }
  });
});
