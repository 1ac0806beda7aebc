import { AmtError, type ErrorCode, type ErrorDetails } from "../core/errors/mod.ts";
import type { Errno } from "../ffi/errno.ts";
import type { SystemError } from "../ffi/libc.ts";

/** The calls of a watchdog that can fail in their own way; `identify` is GETSUPPORT, `read` the other questions. */
export type WatchdogCall = "open" | "identify" | "read" | "setTimeout" | "keepAlive" | "disable";

interface Meaning {
  readonly code: ErrorCode;
  readonly text: string;
  /** What to do next, where the catalog's hint is not right. */
  readonly hint?: string;
}

const loadDriver =
  "Load the driver (modprobe mei_wdt); while AMT is disabled in the firmware setup there is no watchdog of AMT's";
const absent: Meaning = { code: "mei.absent", text: "there is no such watchdog", hint: loadDriver };
const noWatchdog: Meaning = { code: "mei.absent", text: "this is no watchdog", hint: "See amtctl watchdog status" };
const permission: Meaning = {
  code: "mei.permission",
  text: "this user may not open it",
  hint: "Run it with sudo: a rule for the Management Engine's device does not cover watchdogs",
};
const gone: Meaning = {
  code: "mei.reset",
  text: "the watchdog went away: the firmware restarted, or does not want it any more",
  hint: "See amtctl watchdog status, and try again when it is back",
};
const late: Meaning = { code: "timeout", text: "the watchdog's driver failed after a long wait" };
const memory: Meaning = {
  code: "unexpected",
  text: "the kernel has no memory left",
  hint: "Free some memory, then try again",
};
const hardware: Meaning = {
  code: "firmware.refused",
  text: "the watchdog's hardware did not answer its driver",
  hint: "See what the driver says: dmesg",
};
const interrupted: Meaning = { code: "cancelled", text: "a signal interrupted it" };

/** Of whatever makes the driver speak to the firmware: `mei_cldev_send` answers ENOTTY for a client that was dropped. */
const speaking = {
  ENODEV: gone,
  ENXIO: gone,
  ENOTTY: gone,
  ETIMEDOUT: late,
  ENOMEM: memory,
  EIO: hardware,
  EINTR: interrupted,
} as const satisfies Partial<Record<Errno, Meaning>>;

/**
 * What each errno of a watchdog means, by call. Source: drivers/watchdog/{watchdog_dev,mei_wdt}.c and
 * drivers/misc/mei/{bus,client}.c of Linux 6.1 and 6.12. ETIMEDOUT stands for a failure that came so late that its errno
 * could not be had.
 */
const watchdogErrno: Readonly<Record<WatchdogCall, Readonly<Partial<Record<Errno, Meaning>>>>> = {
  open: {
    ENOENT: absent,
    ENXIO: { code: "mei.absent", text: "no driver is behind this node", hint: loadDriver },
    ENODEV: { code: "mei.absent", text: "no driver is behind this node", hint: loadDriver },
    EBUSY: {
      code: "mei.busy",
      text: "another program has it open, and a watchdog takes one",
      hint: "Stop the program that feeds it, or leave the feeding to it",
    },
    EMFILE: { code: "mei.busy", text: "this process has too many files open", hint: "Raise the limit (ulimit -n)" },
    ENFILE: { code: "mei.busy", text: "the system has too many files open", hint: "Close programs" },
    ENOMEM: memory,
    EIO: hardware,
    EACCES: permission,
    EPERM: permission,
  },
  identify: { ENOTTY: noWatchdog, EINVAL: noWatchdog, EOPNOTSUPP: noWatchdog, ENODEV: gone, ENXIO: gone },
  read: { ENODEV: gone, ENXIO: gone },
  setTimeout: {
    ...speaking,
    EINVAL: { code: "usage", text: "its driver does not take this timeout", hint: "Choose one that it takes" },
    EOPNOTSUPP: { code: "usage", text: "its timeout is fixed", hint: "Leave the timeout as it is" },
  },
  keepAlive: {
    ...speaking,
    EOPNOTSUPP: { code: "usage", text: "its driver takes no heartbeats", hint: "Choose another watchdog" },
  },
  disable: {
    ...speaking,
    EBUSY: {
      code: "amt.state",
      text: "nowayout is set, so nothing stops it",
      hint: "Go on feeding it: nowayout holds as long as this watchdog is there",
    },
  },
};

/** The catalog's error for a failed call; `subject` names the node. */
export function watchdogError(
  call: WatchdogCall,
  error: SystemError,
  subject: string,
  details: ErrorDetails = {},
): AmtError {
  const meaning = watchdogErrno[call][error.errno] ??
    { code: "unexpected" as const, text: `${error.call} ended with ${error.errno}` };
  return new AmtError(meaning.code, `${subject}: ${meaning.text}`, {
    details: { errno: error.errno, call, ...details },
    ...(meaning.hint === undefined ? {} : { hint: meaning.hint }),
    cause: error,
  });
}
