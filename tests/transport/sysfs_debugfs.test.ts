import { describe, expect, it } from "vitest";
import { debugfsClients, meiNodes } from "../../transport/sysfs.ts";
import { treeHost } from "../services/tree_host.ts";

// Headings and row formats of drivers/misc/mei/debugfs.c: with vt since Linux 5.9 (6.1 and 6.12 are alike), with
// refc since 3.19, before that without. The values are those of a public dump of an ME 11.8.50 without AMT.
const linux612 = `  |id|fix|         UUID                       |con|msg len|sb|refc|vt|
 0|32|  0|8e6a6715-9abc-4043-88ef-9e39c6f63e0f|  1|   2048| 0|   1| 0|
 1| 7|  7|55213584-9a29-4916-badf-0fb7ed682aeb|  0|   2048| 0|   2| 1|
`;
const linux44 = `  |id|fix|         UUID                       |con|msg len|sb|refc|
 0|41|  0|b638ab7e-94e2-4ea2-a552-d1c54b627f04|  2|   4096| 1|   1|
`;
const linux314 = `  |id|fix|         UUID                       |con|msg len|sb|
 0|40|  0|fbf6fcf1-96cf-4e2e-a6a6-1bab8cbe36b1|  3|  15360| 0|
`;

function clients(table: string | undefined) {
  const text = table === undefined ? {} : { "/sys/kernel/debug/mei0/meclients": table };
  const host = treeHost({ "/sys/class/mei/mei0/kind": "mei\n", ...text });
  return debugfsClients(host, meiNodes(host)[0]!);
}

describe("debugfsClients", () => {
  it("reads the table of Linux 6.1 and 6.12", () => {
    expect(clients(linux612)).toEqual([
      {
        guid: "8e6a6715-9abc-4043-88ef-9e39c6f63e0f",
        maxConnections: 1,
        fixedAddress: 0,
        maxMessageLength: 2048,
        vtag: false,
      },
      {
        guid: "55213584-9a29-4916-badf-0fb7ed682aeb",
        maxConnections: 0,
        fixedAddress: 7,
        maxMessageLength: 2048,
        vtag: true,
      },
    ]);
  });
  it.each([["4.4", linux44, 4096, 2], ["3.14", linux314, 15360, 3]])(
    "reads the table of Linux %s, which has no vt",
    (_version, table, maxMessageLength, maxConnections) => {
      expect(clients(table)).toMatchObject([{ maxMessageLength, maxConnections, vtag: undefined }]);
    },
  );
  it("is empty while the device is not enabled, when the kernel prints the heading alone", () => {
    expect(clients(linux612.split("\n")[0] + "\n")).toEqual([]);
  });
  it("is undefined when debugfs cannot be read", () => {
    expect(clients(undefined)).toBeUndefined();
  });
  it.each(["", "\0\0\0", "|".repeat(10_000), linux612.replaceAll("|", "!"), linux612.replaceAll("8e6a", "????")])(
    "takes no client from a malformed table %#",
    (table) => {
      expect(clients(table)!.filter(({ guid }) => guid.startsWith("8e6a"))).toEqual([]);
    },
  );
});
