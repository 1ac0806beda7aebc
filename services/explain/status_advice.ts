const advice: Readonly<Record<string, string>> = {
  INTERNAL_ERROR: "Try again; old firmware also says this of a command that it does not know",
  NOT_READY: "Wait half a minute after power-on or after a change, then try again",
  INVALID_AMT_MODE: "See amtctl status for the control mode and the provisioning state",
  INVALID_MESSAGE_LENGTH: "The firmware is older or newer than the command; see amtctl status for its version",
  NOT_PERMITTED: "The user lacks the realm, or this control mode or interface (local, remote) does not allow it",
  MAX_LIMIT_REACHED: "Remove an entry first",
  AUTHENTICATION_FAILED: "Check the user name and the password",
  INVALID_PROVISIONING_STATE: "See amtctl status for the provisioning state; AMT may be activated already, or not yet",
  UNSUPPORTED_OBJECT: "This release or SKU of the firmware does not have it",
  FLASH_WRITE_LIMIT_EXCEEDED: "Wait a minute or longer, then try again",
  RNG_GENERATION_IN_PROGRESS: "Try again in a minute",
  RNG_NOT_READY: "Try again in a minute",
  CERTIFICATE_NOT_READY: "Try again in a minute",
  DISABLED_BY_POLICY: "Look in the firmware setup (MEBx) for what allows it",
  UNSUPPORTED_BOOT_OPTION: "Read what this machine can boot from before you set it",
  INVALID_PASSWORD: "Take 8 to 32 characters, with upper and lower case, a digit and one of ! @ # $ % ^ & *",
  DATA_MISSING: "Something has to be set first, such as a certificate or a profile",
  EVENTLOG_FROZEN: "Unfreeze the event log first",
  UNSUPPORTED: "This release or SKU of the firmware does not have it",
  AUDIT_FAIL:
    "The audit log is full, or its auditor demands that it can be written: let the auditor export and clear it",
  BLOCKING_COMPONENT: "Ask the auditor to unlock it",
  USER_CONSENT_REQUIRED: "Get the code from the user at the machine's screen",
  EMPTY_RESPONSE: "See amtctl status for whether AMT is enabled",
};

/** What to do about an AMT status, by its name; `null` where nothing is known. */
export function statusAdvice(name: string): string | null {
  return Object.hasOwn(advice, name) ? advice[name]! : null;
}
