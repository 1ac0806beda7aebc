import { type FirmwareHealth, firmwareHealth, type Generation, nodeGeneration } from "../../protocols/mei/hfsts/mod.ts";
import type { MeiNode } from "../../transport/sysfs.ts";
import type { Status } from "../status/status.ts";
import { attention, type Facts, type Found, note, ok, skipped, unknown } from "./check.ts";

/** What the status registers say of the firmware. */
export function checkHfsts({ device, status }: Facts): Found {
  if (device === undefined) return skipped("there is no node whose registers could be read");
  const words = device.node?.firmwareStatus ?? [];
  if (words.length === 0) return unknown("neither the hardware nor the kernel shows status registers");
  const health = firmwareHealth(words, generation(device.node, status));
  // What kind of firmware this is belongs to the check of AMT's client.
  const findings = health.findings.filter(({ field }) => field !== "sku");
  const [first, ...more] = findings;
  if (first === undefined) return ok(inShort(health));
  const text = findings.map(({ register, field, text }) => `HFSTS${register} ${field}: ${text}`).join("; ");
  const advice = { causes: more.map(({ field, advice }) => `${field}: ${advice}`), fix: first.advice };
  return first.severity === "attention" ? attention(text, advice) : note(text, advice);
}

/** Which layout the registers have; where sysfs does not tell the firmware's version, the firmware may have. */
export function generation(node: MeiNode | undefined, status: Status | undefined): Generation | undefined {
  const version = node?.firmwareVersions[0]?.version ?? status?.firmwareVersions[0] ?? status?.amtVersion;
  return nodeGeneration(node, version ?? undefined);
}

function inShort({ workingState, sku }: FirmwareHealth): string {
  const kind = sku === null ? "" : `, ${sku.text} firmware`;
  return `working state: ${workingState?.text ?? "not told"}${kind}`;
}
