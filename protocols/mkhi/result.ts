/** What the results mean. Source: Intel LMS MKHIErrorException.h; 0B, 0F and 18 are fwupd's reading (fu-heci.rs). */
const meanings: Readonly<Record<number, string>> = {
  0x01: "the firmware's state does not allow it",
  0x02: "the message was skipped",
  0x05: "the size is wrong",
  0x0b: "the firmware does not support it",
  0x0f: "it is not set",
  0x16: "the value is invalid",
  0x18: "it is not available",
  0x81: "it was not found",
  0x84: "the access is invalid",
  0x85: "the parameters are invalid",
  0x88: "the firmware is not ready",
  0x89: "the firmware does not support it",
  0x8c: "the address is invalid",
  0x8d: "the firmware does not know this command",
  0x99: "the firmware reports a failure",
  0x9e: "the firmware reports a failure",
  0xe4: "the resource is invalid",
  0xe5: "the resource is in use",
  0xe6: "there is no resource left",
  0xfe: "the firmware asks to try again",
  0xff: "the firmware reports a general error",
};

/** Results by which firmware says that it does not know a command or a rule. */
const unsupported: readonly number[] = [0x0b, 0x89, 0x8d];

/** A result in words with its number, fit for a person; no full stop. */
export function mkhiResultText(result: number): string {
  const number = `result ${result.toString(16).toUpperCase().padStart(2, "0")}`;
  const meaning = meanings[result];
  return meaning === undefined ? number : `${meaning} (${number})`;
}

/** Whether a result says that the firmware has no such command or rule. */
export function saysUnsupported(result: number): boolean {
  return unsupported.includes(result);
}
