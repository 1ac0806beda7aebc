import { describe, expect, it } from "vitest";
import { MKHI } from "../../../protocols/mei/known_clients.ts";
import { readStatus, type StatusSource } from "../../../services/status/read_status.ts";
import { alteredMachine, type Answers } from "./altered_mei.ts";

/** Requests and answers as facts of MKHI have them. */
const VERSIONS = "ff02";
const PLATFORM = "030200001d000000";
const ENABLED = "0302000020000000";
const MEASURED = "ff23";

const fields = ["firmwareVersions", "platform", "capabilities", "firmwareUpdate", "boot"] as const;

async function statusOf(answers: Answers, change: (source: StatusSource) => StatusSource = (source) => source) {
  const { source } = alteredMachine("activated", MKHI, answers);
  const { status, failures } = await readStatus(change(source), { fields });
  return { ...status, missing: [...failures.keys()] };
}

describe("readStatus of what MKHI tells", () => {
  it("keeps the versions of sysfs when the firmware names none", async () => {
    const { firmwareVersions, missing } = await statusOf({ [VERSIONS]: "ff820000" });
    expect(firmwareVersions).toEqual(["16.1.25.2049", "16.1.25.2049", "16.1.25.2035"]);
    expect(missing).toEqual([]);
  });
  it("tells that versions are missing when sysfs has none either", async () => {
    const withoutNode = (source: StatusSource) => ({ ...source, device: () => ({ name: "x", node: undefined }) });
    const { firmwareVersions, missing } = await statusOf({ [VERSIONS]: "ff820000" }, withoutNode);
    expect([firmwareVersions, missing]).toEqual([[], ["firmwareVersions"]]);
  });

  it.each([
    ["81140000", { type: "mobile", brand: { value: "amt", raw: 1, text: "AMT" } }, "corporate"],
    ["89240000", {
      type: "mobile, workstation",
      brand: { value: "standardManageability", raw: 2, text: "Standard Manageability" },
    }, "corporate"],
    ["82030000", { type: "desktop", brand: { value: "none", raw: 0, text: "none" } }, "consumer"],
    ["00790000", { type: "unknown", brand: { value: null, raw: 7, text: "unknown (7)" } }, null],
  ])("reads the platform type %s", async (word, expected, imageType) => {
    const { platform } = await statusOf({ [PLATFORM]: `038200001d00000004${word}` });
    expect(platform).toMatchObject({ ...expected, imageType: { value: imageType } });
  });

  it("tells what is enabled as missing, and the rest, when that rule alone is refused", async () => {
    const { capabilities, missing } = await statusOf({ [ENABLED]: "03820089" });
    expect(capabilities).toMatchObject({ amtCapable: true, amtEnabled: null, enabled: [] });
    expect(capabilities?.available).toContain("AMT");
    expect(missing).toEqual(["capabilities.amtEnabled", "capabilities.enabled"]);
  });

  it.each([["01", true, []], ["00", false, []], ["02", null, ["boot.measuredBoot"]]])(
    "reads the state %s of measured boot",
    async (byte, measured, missing) => {
      const found = await statusOf({ [MEASURED]: `ffa30000${byte}` });
      expect([found.boot.measuredBoot, found.missing]).toEqual([measured, missing]);
    },
  );
});
