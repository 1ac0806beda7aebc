/**
 * The bits of the feature bitmaps that mean something in firmware still met, lowest first. Source: Intel LMS
 * GetFWCapsCommand.h.
 */
const bits = {
  AMT: 2,
  PSR: 5,
  CLS: 6,
  PAVP: 12,
  RCA: 14,
  IPv6: 17,
  KVM: 18,
  MEDAL: 20,
  TLS: 21,
  CILA: 22,
} as const;

/** A feature of the firmware that a bitmap can name. */
export type Feature = keyof typeof bits;

/** The features of a bitmap, in the order of their bits; bits without a name are left out. */
export function featureNames(bitmap: number): Feature[] {
  return (Object.keys(bits) as Feature[]).filter((feature) => hasFeature(bitmap, feature));
}

/** Whether a bitmap has a feature. */
export function hasFeature(bitmap: number, feature: Feature): boolean {
  return (bitmap >>> bits[feature] & 1) === 1;
}

/** The bitmap of these features and no other. */
export function featureBitmap(features: readonly Feature[]): number {
  return features.reduce((bitmap, feature) => bitmap + 2 ** bits[feature], 0);
}
