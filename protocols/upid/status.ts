/** Statuses that are told apart; the others pass as numbers. */
export const upidStatus = { success: 0, notSupported: 1, invalidParameter: 2, invalidState: 7 } as const;

/** What the statuses mean. Source: Intel LMS UPIDErrorException.h up to 6, rpc-go pkg/upid for those above. */
const meanings: Readonly<Record<number, string>> = {
  1: "the firmware does not support it",
  2: "a parameter is invalid",
  3: "the firmware reports an internal error",
  4: "it is not allowed after the BIOS has ended",
  5: "it is not allowed after manufacturing has ended",
  6: "a counter is exhausted",
  7: "the firmware's state does not allow it, or the platform id is switched off",
  9: "it is not allowed after the core BIOS is done",
};

/** A status in words with its number, fit for a person; no full stop. */
export function upidStatusText(status: number): string {
  const meaning = meanings[status];
  return meaning === undefined ? `status ${status}` : `${meaning} (status ${status})`;
}
