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

/** What the platform is sold as, by the number in {@link PlatformType}. */
export const platformBrands = {
  none: 0,
  amt: 1,
  standardManageability: 2,
  level3Manageability: 3,
  remotePcAssist: 4,
  smallBusiness: 5,
} as const;

/** As firmware from ME 8 on counts; before, 1 was ignition firmware and 3 and 4 the sizes of images. */
export const imageTypes = { none: 0, slim: 2, consumer: 3, corporate: 4, test: 15 } as const;

const machines = ["mobile", "desktop", "server", "workstation"] as const;

/** The kinds of machine that a platform type names; firmware may name several, or none. */
export function machinesOf(platform: PlatformType): (typeof machines)[number][] {
  return machines.filter((machine) => platform[machine] === 1);
}
