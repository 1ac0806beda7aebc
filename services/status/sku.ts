/** Bits of `Sku`; those with `until` mean nothing from that release on. */
const features: readonly { bit: number; text: string; until?: number }[] = [
  { bit: 1, text: "iQST", until: 7 },
  { bit: 2, text: "ASF", until: 6 },
  { bit: 3, text: "AMT Pro" },
  { bit: 4, text: "Intel Standard Manageability" },
  { bit: 5, text: "TPM", until: 6 },
  { bit: 8, text: "Home IT", until: 6 },
  { bit: 10, text: "WOX", until: 6 },
  { bit: 13, text: "AT-p" },
  { bit: 14, text: "Corporate" },
  { bit: 15, text: "L3 Mgt Upgrade", until: 8 },
];

/** What the numbers 0 to 2 meant before there were bits. */
const before25 = [["AMT", "ASF", "iQST"], ["ASF", "iQST"], ["iQST"]];

/**
 * What `Sku` of GetCodeVersions says in words, for an AMT version such as `16.1.25`: a bit mask, and an enumeration up
 * to 2.2. Bits without a word are left out. Source: rpc-go's tests of its decoder.
 */
export function skuText(sku: number, amtVersion: string): string[] {
  const [major = 0, minor = 0] = amtVersion.split(".").map(Number);
  if (major === 2 && minor <= 2) return before25[sku] ?? [];
  return features
    .filter(({ bit, until = Infinity }) => (sku >>> bit) % 2 === 1 && major < until)
    .map(({ bit, text }) => bit === 3 && major < 5 ? "AMT" : text);
}
