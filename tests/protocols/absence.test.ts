import { describe, expect, it } from "vitest";
import { AmtError } from "../../core/errors/mod.ts";
import { explainAbsence } from "../../protocols/mei/absence.ts";
import { AMTHI, LME, MKHI, WATCHDOG } from "../../protocols/mei/known_clients.ts";
import { nodeGeneration } from "../../protocols/mei/hfsts/mod.ts";
import { type MeiNode, meiNodes } from "../../transport/sysfs.ts";
import { treeHost } from "../services/tree_host.ts";

// HFSTS1 and 2 of a running ME 16.1; the SKU is in bits 4 to 6 of HFSTS3: fwupd, coreboot, Linux hw-me.c.
const RUNS = "90000245\n00F10506\n";

/** The node that sysfs shows with this third register and this version. */
function node(third: string, version?: string, more: Readonly<Record<string, string>> = {}): MeiNode {
  const at = "/sys/class/mei/mei0";
  return meiNodes(treeHost({
    [`${at}/fw_status`]: `${RUNS}${third}\n`,
    ...(version === undefined ? {} : { [`${at}/fw_ver`]: `0:${version}\n` }),
    ...more,
  }))[0]!;
}

const notOffered = new AmtError("mei.clientNotOffered", "not offered", { details: { errno: "ENOTTY" } });
const codeFor = (third: string, version?: string) =>
  (explainAbsence(notOffered, AMTHI, node(third, version)) as AmtError).code;

describe("explainAbsence", () => {
  it.each([
    ["consumer", "00000020", "amt.absent"],
    ["corporate", "00000030", "amt.disabled"],
    ["lite", "00000050", "amt.absent"],
    ["server (SPS)", "00000060", "amt.absent"],
    ["ignition, or not told", "00000000", "amt.disabled"],
    ["unreadable", "FFFFFFFF", "amt.disabled"],
  ])("takes %s firmware for what it is when its version is known", (_, third, code) => {
    expect(codeFor(third, "16.1.25.2049")).toBe(code);
  });
  it("takes nothing in the registers of ME 6 to 10 for a kind of firmware", () => {
    for (const third of ["00000020", "00000050", "00000060"]) {
      expect(codeFor(third, "9.5.40.1892")).toBe("amt.disabled");
    }
  });
  it("takes only consumer firmware for itself when its version is not known", () => {
    expect(["00000020", "00000050", "00000060"].map((third) => codeFor(third))).toEqual([
      "amt.absent",
      "amt.disabled",
      "amt.disabled",
    ]);
  });
  it("says what kind of firmware it is, and keeps the error behind it", () => {
    const error = explainAbsence(notOffered, WATCHDOG, node("00000050", "16.1.25.2049"));
    expect(error).toMatchObject({
      message: "WD: lite firmware does not offer this client",
      details: { errno: "ENOTTY", client: WATCHDOG, firmwareSku: 5 },
      cause: notOffered,
    });
  });
  it("leaves the error as it is when sysfs does not know the node, or has no registers of it", () => {
    expect(explainAbsence(notOffered, AMTHI, undefined)).toBe(notOffered);
    const bare = meiNodes(treeHost({ "/sys/class/mei/mei0/kind": "mei\n" }))[0];
    expect(explainAbsence(notOffered, LME, bare)).toBe(notOffered);
  });
  it("leaves every other error, and that of a client which is not AMT's", () => {
    const busy = new AmtError("mei.busy", "busy");
    expect(explainAbsence(busy, AMTHI, node("00000020"))).toBe(busy);
    expect(explainAbsence(notOffered, MKHI, node("00000020"))).toBe(notOffered);
    expect(explainAbsence("odd", AMTHI, node("00000020"))).toBe("odd");
  });
});

describe("nodeGeneration", () => {
  it("goes by the version in sysfs, and by a better one before it", () => {
    expect(nodeGeneration(node("00000030", "16.1.25.2049"))).toBe("csme16");
    expect(nodeGeneration(node("00000030", "16.1.25.2049"), "11.8")).toBe("csme11");
    expect(nodeGeneration(node("00000030"), "18")).toBe("csme18");
  });
  it("takes a node of mei_me with host bus messages 1 for ME, when no version is known", () => {
    const { firmwareVersions, hbmVersion, pci } = node("00000000", undefined, {
      "/sys/class/mei/mei0/hbm_ver": "1.1\n",
    });
    const driven = { address: "0000:00:16.0", driver: "mei_me", vendorId: 0x8086, deviceId: 0x8c3a };
    expect(nodeGeneration({ firmwareVersions, hbmVersion, pci: driven })).toBe("me");
    expect(nodeGeneration({ firmwareVersions, hbmVersion: "2.0", pci: driven })).toBeUndefined();
    expect(nodeGeneration({ firmwareVersions, hbmVersion, pci })).toBeUndefined();
    expect(nodeGeneration(undefined)).toBeUndefined();
  });
});
