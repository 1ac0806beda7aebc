import { describe, expect, it } from "vitest";
import {
  decodeRegister,
  firmwareHealth,
  generationOf,
  generations,
  generationText,
  parseRegisterWord,
  registerWordText,
} from "../../protocols/mei/hfsts/mod.ts";
import { dumps } from "./hfsts_dumps.ts";
import { dictionary } from "./hfsts_words.ts";

function field(register: number, word: number, firmware: number, name: string) {
  return decodeRegister(register, word, generationOf(firmware)).find((each) => each.name === name);
}

/** Widths from bit 0 on, as fwupd's libfwupdplugin/fu-intel-me.rs declares them; `_` is reserved there. */
const fwupd: Readonly<Record<string, string>> = {
  "11 HFSTS1": "workingState:4 manufacturingMode:1 flashPartitionTableBad:1 operationState:3 initComplete:1 " +
    "bringUpLoadFailure:1 updateInProgress:1 errorCode:4 operationMode:4 resetCount:4 bootOptionsPresent:1 " +
    "bistFinished:1 bistState:1 bistResetRequested:1 powerSource:2 d3Supported:1 d0i3Supported:1",
  "11 HFSTS2": "nftpLoadFailure:1 clockProgramming:2 invokeMebx:1 cpuReplaced:1 _:1 fileSystemFailure:1 " +
    "warmResetRequested:1 cpuReplacedValid:1 lowPowerState:1 powerGated:1 partialUpdateNeeded:1 forcedSafeBoot:1 " +
    "_:2 listenerChange:1 progress:8 powerEvent:4 phase:4",
  "11 HFSTS3": "chunks:4 sku:3 encryptionKeyCheckFailed:1 pchConfigurationChanged:1 ibbVerified:1 " +
    "ibbVerificationDone:1 _:3 ibbSize:14 chunkCount:2 encryptionKeyOverridden:1 powerDownMitigation:1",
  "11 HFSTS4": "_:9 enforcementFlow:1 resumedFromSleep:1 _:1 tpmDisconnected:1 _:1 valid:1 bootGuardSelfTest:1 _:16",
  "11 HFSTS5": "acmActive:1 valid:1 resultCodeSource:1 bootGuardError:5 acmDone:1 timeoutCount:7 scrtm:1 " +
    "incrementAcm:4 incrementKeyManifest:4 incrementBootPolicy:4 _:2 startEnforcement:1",
  "11 HFSTS6": "acmForced:1 cpuDebugDisabled:1 bspInitDisabled:1 biosEnvironmentProtected:1 _:2 errorPolicy:2 " +
    "measuredBoot:1 verifiedBoot:1 acmVersion:4 keyManifestVersion:4 bootPolicyVersion:4 keyManifestId:4 " +
    "bootPolicyStatus:1 bootGuardError:1 bootGuardDisabled:1 fusesDisabled:1 fusesLocked:1 txtSupported:1",
  "18 HFSTS1": "workingState:4 flashDescriptorOpen:1 flashPartitionTableBad:1 operationState:3 initComplete:1 " +
    "bringUpLoadFailure:1 updateInProgress:1 errorCode:4 operationMode:4 resetCount:4 bootOptionsPresent:1 " +
    "enhancedDebugRequested:1 bistState:1 bistResetRequested:1 powerSource:2 d3Supported:1 d0i3Supported:1",
  "18 HFSTS2": "nftpLoadFailure:1 clockProgramming:2 invokeMebx:1 cpuReplaced:1 _:1 fileSystemFailure:1 " +
    "warmResetRequested:1 cpuReplacedValid:1 lowPowerState:1 powerGated:1 partialUpdateNeeded:1 _:2 " +
    "goingToDisabled:1 listenerChange:1 progress:8 powerEvent:4 phase:4",
  "18 HFSTS3": "_:4 sku:3 transactionalState:1 storageProxyPresent:1 _:2 rpmcStatus:4 rpmcDeviceStatus:3 " +
    "biosRpmcStatus:4 biosRpmcDeviceStatus:3 _:7",
  "18 HFSTS4": "_:2 flashLogExists:1 _:29",
  "18 HFSTS5": "acmActive:1 valid:1 resultCodeSource:1 bootGuardError:5 acmDone:1 timeoutCount:7 scrtm:1 " +
    "txtSupported:1 bootGuardProfile:3 cpuDebugDisabled:1 bspInitDisabled:1 bootPolicyExecuted:1 tokenApplied:1 " +
    "bootGuardStatus:4 _:2 startEnforcement:1",
  "18 HFSTS6": "_:21 manufacturingLock:1 _:8 fusesLocked:1 resumedFromSleep:1",
};

describe("decodeRegister", () => {
  it.each(dumps.map((dump) => [dump.source, dump] as const))("agrees with %s", (_source, { firmware, words, said }) => {
    const generation = generationOf(parseInt(firmware, 10));
    for (const [label, text] of Object.entries(said)) {
      const [register, names, meanings] = dictionary[label]!;
      const fields = decodeRegister(register, words[register - 1]!, generation);
      const expected = names.map((name) => ({ name, value: meanings[text] }));
      expect(fields.filter(({ name }) => names.includes(name)).map(({ name, value }) => ({ name, value }))).toEqual(
        expected,
      );
    }
  });

  it.each(Object.entries(fwupd))("has the fields of CSME %s where fwupd has them", (key, declared) => {
    const [major, register] = [Number(key.slice(0, 2)), Number(key.at(-1))];
    let low = 0;
    const expected = declared.split(" ").flatMap((each) => {
      const [name, width] = [each.split(":")[0]!, Number(each.split(":")[1])];
      low += width;
      return name === "_" ? [] : [{ name, bits: { low: low - width, high: low - 1 } }];
    });
    expect(low).toBe(32);
    const fields = decodeRegister(register, 0, generationOf(major));
    expect(fields.map(({ name, bits }) => ({ name, bits }))).toEqual(expected);
  });

  it("has no two fields of one generation over the same bit", () => {
    for (const generation of generations) {
      for (let register = 1; register <= 6; register++) {
        const bits = decodeRegister(register, 0, generation).flatMap(({ bits: { low, high } }) =>
          Array.from({ length: high - low + 1 }, (_, i) => low + i)
        );
        expect(new Set(bits).size).toBe(bits.length);
        expect(bits.every((bit) => bit >= 0 && bit < 32)).toBe(true);
      }
    }
  });

  it("gives every reading with its generations when none is named", () => {
    const bit4 = decodeRegister(1, 0xa4000255).filter(({ bits }) => bits.low === 4);
    expect(bit4.map(({ name, value, severity, generations }) => [name, value, severity, generations])).toEqual([
      ["manufacturingMode", true, "note", ["me", "csme11"]],
      ["flashDescriptorOpen", true, "note", ["csme16", "csme18"]],
    ]);
    expect(decodeRegister(1, 0x90000245).find(({ name }) => name === "workingState")?.generations).toEqual(generations);
  });

  it("reads bits 25 to 31 of HFSTS1 as the BIOS's messages on ME 6 to 10", () => {
    expect(field(1, 0x1e000245, 9, "biosAction")?.value).toBe("continue");
    expect(field(1, 0x1e000245, 9, "biosMessageAnswer")?.value).toBe("memoryReady");
    expect(field(1, 0x1e000245, 9, "powerSource")).toBeUndefined();
  });

  it("says what ME 6 to 10 is doing in words", () => {
    expect(field(2, 0x100a0000, 7, "progress")?.text).toBe("looks whether straps disable the ME");
    expect(field(2, 0x124d2142, 9, "progress")?.text).toBe("0x4d");
  });

  it("reads HFSTS6 of CSME 16 as coreboot does", () => {
    expect(field(6, 0x40200002, 16, "cpuDebugDisabled")?.value).toBe(true);
    expect(field(6, 0x40200002, 16, "manufacturingLock")?.value).toBe(true);
    expect(field(6, 0x40200002, 16, "fusesLocked")?.value).toBe(true);
    expect(field(6, 0x40200002, 16, "bootPolicyVersion")).toBeUndefined();
  });

  it("names only what public sources name of TXE", () => {
    expect(decodeRegister(1, 0x245, "txe").map(({ name }) => name)).toEqual([
      "workingState",
      "operationState",
      "initComplete",
      "errorCode",
      "operationMode",
      "resetCount",
    ]);
    expect([2, 3, 4, 5, 6].flatMap((register) => decodeRegister(register, 0, "txe"))).toEqual([]);
  });

  it("lets a value without a name through as its number", () => {
    expect(field(1, 0x0000000b, 12, "workingState")).toMatchObject({ value: 11, raw: 11, severity: "attention" });
  });

  it("gives advice with all that is not normal, and with nothing else", () => {
    for (let register = 1; register <= 6; register++) {
      for (let bit = 0; bit < 32; bit++) {
        for (const { severity, advice } of decodeRegister(register, 2 ** bit)) {
          expect(advice === null).toBe(severity === "normal");
        }
      }
    }
  });

  it("says that nobody answers when all bits are set", () => {
    expect(decodeRegister(1, 0xffffffff)).toMatchObject([{ name: "unreadable", severity: "attention" }]);
  });

  it.each([[0, 0], [7, 0], [1, -1], [1, 2 ** 32], [1, 0.5], [1, NaN]])(
    "throws on register %d, word %d",
    (register, word) => {
      expect(() => decodeRegister(register, word)).toThrow(RangeError);
    },
  );
});

describe("firmwareHealth", () => {
  it("finds nothing on a machine in order", () => {
    const health = firmwareHealth([0x94000245, 0x69000506, 0x30, 0x4000, 0x1f01, 0x47c00bc9], "csme11");
    expect(health).toMatchObject({
      workingState: { value: "normal", raw: 5 },
      operationState: { value: "m0WithUma" },
      operationMode: { value: "normal" },
      errorCode: { value: "none" },
      initComplete: true,
      updateInProgress: false,
      manufacturingMode: false,
      flashDescriptorOpen: null,
      sku: { value: "corporate" },
      disabledBy: null,
      findings: [],
    });
  });

  it("tells an open flash descriptor from manufacturing mode by the generation", () => {
    expect(firmwareHealth([0xa4000255], "csme18")).toMatchObject({
      manufacturingMode: null,
      flashDescriptorOpen: true,
    });
    expect(firmwareHealth([0xa4000255], "csme11")).toMatchObject({
      manufacturingMode: true,
      flashDescriptorOpen: null,
    });
    expect(firmwareHealth([0xa4000255])).toMatchObject({ manufacturingMode: null, flashDescriptorOpen: null });
  });

  it.each(
    [
      ["a HAP machine of CSME 18", [0x80022054], "csme18", "hap"],
      ["a HAP machine of CSME 11", [0x80022004, 0x304d0116], "csme11", "hap"],
      ["a cleaned machine of ME 7", [0x20191, 0x100a0000], "me", "hap"],
      ["a jumper", [0x1e040185, 0x16520000], "me", "jumper"],
    ] as const,
  )("names one cause, not its consequences, on %s", (_name, words, generation, disabledBy) => {
    const health = firmwareHealth(words, generation);
    expect(health.disabledBy).toBe(disabledBy);
    expect(health.findings.filter(({ severity }) => severity === "attention").map(({ field }) => field)).toEqual([
      "operationMode",
    ]);
  });

  it("takes a unit that is debugged for one that runs", () => {
    expect(firmwareHealth([0x90020245], "csme16").disabledBy).toBeNull();
  });

  it("finds recovery, and puts it before what is only a note", () => {
    const { findings } = firmwareHealth([0x94000652, 0x00f10507, 0x20], "csme16");
    expect(findings.map(({ severity, register, field }) => `${severity} ${register} ${field}`)).toEqual([
      "attention 1 workingState",
      "attention 1 bringUpLoadFailure",
      "attention 2 nftpLoadFailure",
      "note 1 flashDescriptorOpen",
      "note 3 sku",
    ]);
  });

  it("passes over registers that are not known", () => {
    expect(firmwareHealth([])).toMatchObject({ workingState: null, initComplete: null, sku: null, findings: [] });
    expect(firmwareHealth([undefined, undefined, 0x20])).toMatchObject({
      workingState: null,
      sku: { value: "consumer" },
    });
  });

  it("knows nothing but that when all bits are set", () => {
    const health = firmwareHealth([0xffffffff, 0xffffffff]);
    expect(health.workingState).toBeNull();
    expect(health.findings.map(({ field }) => field)).toEqual(["unreadable", "unreadable"]);
  });
});

it("generationOf follows the first number of the version", () => {
  expect([0, 1, 5, 6, 10, 11, 15, 16, 17, 18, 21].map(generationOf)).toEqual([
    undefined,
    "txe",
    "txe",
    "me",
    "me",
    "csme11",
    "csme11",
    "csme16",
    "csme16",
    "csme18",
    "csme18",
  ]);
  expect([-1, 1.5, NaN].map(generationOf)).toEqual([undefined, undefined, undefined]);
});

it("generationText takes neighbours together", () => {
  expect(generations.map((each) => generationText(each))).toEqual([
    "TXE 1-5",
    "ME 6-10",
    "CSME 11-15",
    "CSME 16-17",
    "CSME 18+",
  ]);
  expect(generationText("csme11", "me")).toBe("ME 6 to CSME 15");
  expect(generationText("csme11", "csme16")).toBe("CSME 11-17");
  expect(generationText("txe", "csme11", "csme16", "csme18")).toBe("TXE 1-5, CSME 11+");
});

describe("parseRegisterWord", () => {
  it.each([
    ["0x94000245", undefined, 0x94000245],
    ["94000245", undefined, 0x94000245],
    ["0X30", undefined, 0x30],
    ["HFSTS3=0x30", 3, 0x30],
    ["hfsts6:40200002", 6, 0x40200002],
    ["3:0x30", 3, 0x30],
  ])("reads %s", (text, register, word) => {
    expect(parseRegisterWord(text)).toEqual({ register, word });
  });
  it.each([
    "",
    "0x",
    "30",
    "940002450",
    "0x194000245",
    "HFSTS7=0x30",
    "0:0x30",
    "HFSTS3=",
    "FW",
    "9400024g",
    " 94000245",
  ])(
    "takes %j for none",
    (text) => {
      expect(parseRegisterWord(text)).toBeUndefined();
    },
  );
  it("reads what registerWordText writes", () => {
    expect(registerWordText(0x30)).toBe("00000030");
    expect(parseRegisterWord(registerWordText(0xf10506))?.word).toBe(0xf10506);
  });
});
