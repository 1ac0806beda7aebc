import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import type { Context } from "../../commands/command.ts";
import hfsts from "../../commands/hfsts.ts";
import { parseFirmware, parseWords } from "../../commands/hfsts_arguments.ts";
import { openMachine } from "../../commands/machine.ts";
import { parse } from "../../commands/runner.ts";
import type { Device } from "../../commands/machine.ts";
import { schemas } from "../../schemas/mod.ts";
import { meiNodes } from "../../transport/sysfs.ts";
import { treeHost } from "../services/tree_host.ts";
import { fakeContext, plain } from "./fakes.ts";

/** A context in which nobody may open a machine. */
const noMachine: Context = {
  ...fakeContext({}),
  machine: () => Promise.reject(new Error("the command opened a machine")),
};

function pasted(words: readonly string[], flags: { firmware?: string; all?: boolean } = {}) {
  return hfsts.run(noMachine, { firmware: undefined, all: false, ...flags }, [words.map(parseWords)]);
}

async function ofDevice(device: string, firmware?: string) {
  await using machine = await openMachine({ device });
  return await hfsts.run(fakeContext(machine), { firmware, all: false }, [[]]);
}

function ofTree(tree: Readonly<Record<string, string>>) {
  const node = meiNodes(treeHost(tree))[0];
  const device = (): Device => ({ name: "/dev/mei0", path: "/dev/mei0", node });
  return hfsts.run(fakeContext({ device }), { firmware: undefined, all: false }, [[]]);
}

describe("hfsts", () => {
  it("decodes pasted words without opening a machine", async () => {
    const output = await pasted(["0x94000245,", "69000506,0x30", "HFSTS6=0x47C00BC9"], { firmware: "12.0.24" });
    expect(output).toMatchObject({
      source: "arguments",
      device: null,
      firmwareVersion: "12.0.24",
      generation: "csme11",
    });
    expect(output.registers.map(({ register, word }) => `${register}:${word}`)).toEqual([
      "1:94000245",
      "2:69000506",
      "3:00000030",
      "6:47C00BC9",
    ]);
    expect(output.health).toMatchObject({
      workingState: { value: "normal" },
      sku: { value: "corporate" },
      findings: [],
    });
  });
  it.each([
    ["as sysfs prints it", "94000245\n69000506\n00000030\n", "1:94000245 2:69000506 3:00000030"],
    ["as the kernel logs it", "94000245 69000506 00000030", "1:94000245 2:69000506 3:00000030"],
    ["with commas, spaces and tabs", "0x94000245,\t0x69000506 ,, HFSTS6=0x30,", "1:94000245 2:69000506 6:00000030"],
  ])("decodes a paste of several words in one argument %s", async (_, paste, expected) => {
    const { registers } = await pasted([paste]);
    expect(registers.map(({ register, word }) => `${register}:${word}`).join(" ")).toBe(expected);
  });
  it("decodes this machine's registers by its own firmware's version", async () => {
    const output = await ofDevice("sim:tls-only");
    expect(output).toMatchObject({
      source: "device",
      device: "sim:tls-only",
      generation: "csme18",
      unavailable: [],
      warnings: [],
    });
    expect(output.registers).toHaveLength(6);
    expect(output.registers[0]?.fields.map(({ name }) => name)).toContain("flashDescriptorOpen");
  });
  it("takes --firmware's version before the machine's own", async () => {
    expect(await ofDevice("sim:activated", "18")).toMatchObject({ firmwareVersion: "18", generation: "csme18" });
  });
  it("takes a firmware whose version the kernel cannot ask for ME by its host bus messages, and says so", async () => {
    const output = await ofDevice("sim:legacy");
    expect(output).toMatchObject({ firmwareVersion: null, generation: "me", unavailable: [] });
    expect(output.warnings).toEqual([expect.stringContaining("taken for ME 6-10")]);
    expect(output.health.findings).toEqual([]);
  });
  it("says why it cannot tell the generation, or the registers", async () => {
    const words = await ofTree({ "/sys/class/mei/mei0/fw_status": "90000245\n00F10506\n" });
    expect(words).toMatchObject({ generation: null, unavailable: [{ field: "generation" }] });
    expect(words.registers).toHaveLength(2);
    const nothing = await ofTree({ "/sys/class/mei/mei0/kind": "mei\n" });
    expect(nothing).toMatchObject({ registers: [], unavailable: [{ field: "registers" }] });
    expect(hfsts.render(nothing, plain, { firmware: undefined, all: false })).toBe(
      "/dev/mei0, firmware unknown, readings that depend on it are marked\nno registers",
    );
  });
  it("warns of a node whose registers are others", async () => {
    const output = await ofTree({
      "/sys/class/mei/mei0/kind": "gscfi\n",
      "/sys/class/mei/mei0/fw_status": "00000355\n",
      "/sys/class/mei/mei0/fw_ver": "0:16.1.32.2473\n",
    });
    expect(output.warnings).toEqual([expect.stringContaining("gscfi")]);
  });
  it.each([
    ["sim:activated", () => ofDevice("sim:activated")],
    ["words of an unknown firmware", () => pasted(["80022004", "304D0116", "0x20", "0x86000", "0x0", "40000004"])],
    ["unreadable words", () => pasted(["FFFFFFFF"])],
  ])("answers by its schema for %s", async (_name, run) => {
    const validate = new Ajv2020({ strict: true }).compile((await schemas.hfsts()).default);
    expect([validate(await run()), validate.errors]).toEqual([true, null]);
  });

  it("renders what matters and what is not normal, every reading of it where the firmware is unknown", async () => {
    const output = await pasted(["90000255", "0x40"]);
    expect(hfsts.render(output, plain, { firmware: undefined, all: false })).toMatchInlineSnapshot(`
      "given words, firmware unknown, readings that depend on it are marked
      1:90000255 2:00000040

      REGISTER  BITS   FIELD                RAW  MEANING
      HFSTS1    0-3    workingState           5  normal
      HFSTS1    4      manufacturingMode      1  not ended [ME 6 to CSME 15]
      HFSTS1    4      flashDescriptorOpen    1  yes: the BIOS may write it [CSME 16+]
      HFSTS1    6-8    operationState         1  M0 with UMA: the host is on
      HFSTS1    9      initComplete           1  yes
      HFSTS1    11     updateInProgress       0  no [ME 6+]
      HFSTS1    12-15  errorCode              0  none
      HFSTS1    16-19  operationMode          0  normal
      HFSTS2    6      fileSystemFailure      1  yes [ME 6+]

      attention: HFSTS2 fileSystemFailure: yes [ME 6+]
        The ME's file system, which holds AMT's settings, is damaged. Install the ME firmware of the machine's maker again; AMT may have to be set up anew
      note: HFSTS1 manufacturingMode: not ended [ME 6 to CSME 15]
        The maker has not closed manufacturing: whoever is root can change settings of the ME and its flash. AMT works all the same
      note: HFSTS1 flashDescriptorOpen: yes: the BIOS may write it [CSME 16+]
        The flash descriptor is not locked (SPI protection mode), as before the end of manufacturing. AMT works all the same"
    `);
  });
  it("renders every field with --all", async () => {
    const output = await pasted(["90000245"], { firmware: "16" });
    const fields = hfsts.render(output, plain, { firmware: "16", all: true });
    expect(fields).toMatchInlineSnapshot(`
      "given words, firmware 16 (CSME 16-17)
      1:90000245

      REGISTER  BITS   FIELD                   RAW  MEANING
      HFSTS1    0-3    workingState              5  normal
      HFSTS1    4      flashDescriptorOpen       0  no
      HFSTS1    5      flashPartitionTableBad    0  no
      HFSTS1    6-8    operationState            1  M0 with UMA: the host is on
      HFSTS1    9      initComplete              1  yes
      HFSTS1    10     bringUpLoadFailure        0  no
      HFSTS1    11     updateInProgress          0  no
      HFSTS1    12-15  errorCode                 0  none
      HFSTS1    16-19  operationMode             0  normal
      HFSTS1    20-23  resetCount                0  0
      HFSTS1    24     bootOptionsPresent        0  no
      HFSTS1    25     enhancedDebugRequested    0  no
      HFSTS1    26     bistState                 0  0
      HFSTS1    27     bistResetRequested        0  no
      HFSTS1    28-29  powerSource               1  AC
      HFSTS1    30     d3Supported               0  no
      HFSTS1    31     d0i3Supported             1  yes

      Nothing in these registers is out of the ordinary"
    `);
  });

  it.each([
    ["seven words", ["0x1", "0x1", "0x1", "0x1", "0x1", "0x1", "0x1"], /^7 words/],
    ["a register twice", ["0x1", "HFSTS1=0x1"], /HFSTS1 is given twice/],
  ])("refuses %s", async (_name, words, message) => {
    await expect(pasted(words)).rejects.toMatchObject({
      code: "usage",
      exitCode: 2,
      message: expect.stringMatching(message),
    });
  });
  it.each(["", " ", ",", "9400024", "940002450", "0x194000245", "FW", "HFSTS7=0x30", "99999999999999999999", "0x-1"])(
    "refuses %j as a word",
    async (word) => {
      await expect(parse(hfsts, ["hfsts"], ["--", word])).rejects.toMatchObject({
        code: "usage",
        message: expect.stringContaining("WORD: "),
        hint: expect.stringContaining("six words"),
      });
    },
  );
  it("shows how to write a word that was pasted with its line", async () => {
    await expect(parse(hfsts, ["hfsts"], ["FW Status Register3: 0x30"])).rejects.toMatchObject({
      code: "usage",
      hint: "Write the word alone: HFSTS3=0x30",
    });
  });
});

describe("parseFirmware", () => {
  it.each([["16", "16"], ["16.1.32.2473", "16.1.32.2473"], ["0:9.5.40.1892", "9.5.40.1892"]])(
    "reads %s",
    (text, version) => {
      expect(parseFirmware(text)).toBe(version);
    },
  );
  it.each(["", "0", "0.1", "abc", "16.", "16.1.2.3.4", "1e1", "-16", "100", "99999999999999999999", "16.123456"])(
    "refuses %j",
    (text) => {
      expect(() => parseFirmware(text)).toThrow(expect.objectContaining({ code: "usage" }));
    },
  );
});
