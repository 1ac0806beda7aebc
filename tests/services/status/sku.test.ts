import { describe, expect, it } from "vitest";
import { skuText } from "../../../services/status/sku.ts";

/** What rpc-go expects of its own decoder: TestDecodeAMT. An AMT version before 2.0 had no Sku. */
const peer: readonly [version: string, sku: number, text: string][] = [
  ["2.0.0", 0, "AMT + ASF + iQST"],
  ["2.1.0", 1, "ASF + iQST"],
  ["2.2.0", 2, "iQST"],
  ["3.0.0", 8, "AMT"],
  ["4.1.0", 2, "iQST"],
  ["4.0.0", 4, "ASF"],
  ["5.0.0", 288, "TPM Home IT"],
  ["5.0.0", 1088, "WOX"],
  ["5.0.0", 38, "iQST ASF TPM"],
  ["5.0.0", 4, "ASF"],
  ["6.0.0", 2, "iQST"],
  ["7.0.0", 36864, "L3 Mgt Upgrade"],
  ["8.0.0", 24584, "AMT Pro AT-p Corporate"],
  ["10.0.0", 8, "AMT Pro"],
  ["11.0.0", 16392, "AMT Pro Corporate"],
  ["15.0.42", 16392, "AMT Pro Corporate"],
  ["16.1.25", 16400, "Intel Standard Manageability Corporate"],
];

describe("skuText", () => {
  it.each(peer)("says of AMT %s with Sku %i what rpc-go says", (version, sku, text) => {
    expect(skuText(sku, version).join(text.includes("+") ? " + " : " ")).toBe(text);
  });
  it.each([["12.0.0", 6], ["", 0], ["x", 2 ** 31], ["2.2.0", 3]])(
    "says nothing when no bit of Sku means anything to AMT %s",
    (version, sku) => expect(skuText(sku, version)).toEqual([]),
  );
});
