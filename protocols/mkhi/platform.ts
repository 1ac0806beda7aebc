import { bits, u32le, type Wire } from "../../core/binary/mod.ts";

/**
 * Rule 29: the kind of machine, one bit each, then the kind of firmware. Source: Intel LMS GetPlatformTypeCommand.h.
 */
export const PlatformType = bits(u32le, {
  mobile: 1,
  desktop: 1,
  server: 1,
  workstation: 1,
  unknown: 1,
  validation: 1,
  superSku: 1,
  productionSigned: 1,
  imageType: 4,
  brand: 4,
  cpu: 4,
  chipset: 4,
  cpuBrand: 4,
  networkFuses: 3,
  unknown2: 1,
});
export type PlatformType = Wire<typeof PlatformType>;

/** A platform type in words. */
export interface PlatformNames {
  /** `desktop`; several kinds stand with a comma between them. */
  readonly type: string;
  readonly brand: string;
  readonly imageType: string;
}

const machines = ["mobile", "desktop", "server", "workstation"] as const;

const brands: Readonly<Record<number, string>> = {
  0: "none",
  1: "AMT",
  2: "Standard Manageability",
  3: "Level 3 Manageability",
  4: "Remote PC Assist",
  5: "Small Business",
};

/** As firmware from ME 8 on counts; before, 1 was ignition firmware and 3 and 4 the sizes of images. */
const imageTypes: Readonly<Record<number, string>> = {
  0: "none",
  2: "slim",
  3: "consumer",
  4: "corporate",
  15: "test",
};

/** The words for a platform type; numbers without a name show as `unknown (7)`. */
export function platformNames(platform: PlatformType): PlatformNames {
  return {
    type: machines.filter((machine) => platform[machine] === 1).join(", ") || "unknown",
    brand: brands[platform.brand] ?? `unknown (${platform.brand})`,
    imageType: imageTypes[platform.imageType] ?? `unknown (${platform.imageType})`,
  };
}
