import { describe, expect, it } from "vitest";
import { AMTHI } from "../../../protocols/mei/known_clients.ts";
import { readStatus } from "../../../services/status/read_status.ts";
import { emptyInterface } from "../../../services/status/status.ts";
import { alteredMachine, type Answers } from "./altered_mei.ts";

/** Requests and answers as facts of the AMT host interface have them: header, then status, then data. */
const SETTINGS = "01010000480000040400000000000000";
const IPV6 = "01010000520000040400000000000000";
const refusal = (operation: string, status: string) => `01010000${operation}00800404000000${status}`;

/** Enabled, 192.0.2.10, DHCP mode 9, link 7. */
const STRANGE_SETTINGS = "0101000048008004" + "18000000" + "00000000" + "01000000" + "0a0200c0" + "01000000" + "0907" +
  "00005e005301";

async function lanOf(answers: Answers) {
  const { source } = alteredMachine("activated", AMTHI, answers);
  const { status, failures } = await readStatus(source, { fields: ["lan"] });
  return { ...status, missing: [...failures.keys()], failures };
}

describe("readStatus of lan", () => {
  it("keeps the numbers of a link and a DHCP mode that have no name", async () => {
    const { lan, missing } = await lanOf({ [SETTINGS]: STRANGE_SETTINGS });
    expect(lan[0]).toMatchObject({
      link: { value: null, raw: 7, text: "unknown (7)" },
      dhcp: { enabled: true, mode: { value: null, raw: 9, text: "unknown (9)" } },
      ipAddress: "192.0.2.10",
    });
    expect(missing).toEqual([]);
  });

  it.each([
    ["refused", refusal("48", "01000000")],
    ["malformed", "01010000490080040400000000000000"],
  ])("has both interfaces in their places when the answer about the wired one is %s", async (_, answer) => {
    const { lan, missing } = await lanOf({ [SETTINGS]: answer });
    expect(missing).toEqual(["lan.0"]);
    expect(lan[0]).toEqual(emptyInterface("wired"));
    expect(lan[1]).toMatchObject({ interface: "wireless", macAddress: "00:00:5e:00:53:02" });
  });

  it.each([
    ["IPv6 is off", refusal("52", "c4090000")],
    ["there is no such interface", refusal("52", "c5090000")],
    ["the command is unknown", ""],
  ])("takes it for no address of IPv6, and nothing missing, when %s", async (_, answer) => {
    const { lan, missing, warnings } = await lanOf({ [IPV6]: answer });
    expect(lan[0]).toMatchObject({ ipv6Addresses: [], ipv6Router: null, ipv6DnsServers: [] });
    expect([missing, warnings]).toEqual([[], []]);
  });

  const ipv6 = ["lan.0.ipv6Addresses", "lan.0.ipv6Router", "lan.0.ipv6DnsServers"];
  it("tells that IPv6 is missing when it is refused for another reason", async () => {
    const { missing, failures, warnings } = await lanOf({ [IPV6]: refusal("52", "10000000") });
    expect([missing, warnings]).toEqual([ipv6, []]);
    expect(failures.get("lan.0.ipv6Addresses")?.message).toMatch(/^NOT_PERMITTED/);
  });
  it("tells that IPv6 is missing, and warns, when its answer is malformed", async () => {
    const { lan, missing, warnings } = await lanOf({ [IPV6]: "010100005200800405000000000000000a" });
    expect(missing).toEqual(ipv6);
    expect(warnings).toEqual([`the firmware's answers do not fit: ${ipv6.join(", ")}`]);
    expect(lan[0]).toMatchObject({ ipAddress: "192.0.2.10", ipv6Addresses: [] });
  });
});
