import { AmtError, type ErrorCode, type ErrorDetails } from "../core/errors/mod.ts";
import type { Errno } from "../ffi/errno.ts";
import type { SystemError } from "../ffi/libc.ts";

/** The calls of the mei driver that can fail in their own way. */
export type MeiCall = "open" | "connect" | "notifySet" | "notifyGet" | "read" | "write";

interface Meaning {
  readonly code: ErrorCode;
  readonly text: string;
  /** What to do next, where the catalog's hint is not right. */
  readonly hint?: string;
}

const reset: Meaning = { code: "mei.reset", text: "the firmware closed the connection or restarted" };
/** The firmware is down and the driver has not begun to reset the link yet: what it gave the hardware did not go. */
const goingDown = { EIO: reset, EOVERFLOW: reset } as const;
const notReady: Meaning = { code: "mei.notReady", text: "the Management Engine is not ready" };
const gone: Meaning = { code: "mei.clientNotOffered", text: "the firmware dropped this client" };
const memory: Meaning = {
  code: "unexpected",
  text: "the kernel has no memory left",
  hint: "Free some memory, then try again",
};
const noNotifications: Meaning = {
  code: "firmware.refused",
  text: "the firmware has no notifications (they came with HBM 2.0)",
  hint: "Go on without notifications",
};
const interrupted: Meaning = { code: "cancelled", text: "a signal interrupted it" };

/**
 * What each errno of the mei driver means, by call. Source: drivers/misc/mei/{main,client,hbm}.c of Linux 6.12.
 * ETIMEDOUT stands for a failure that came so late that its errno could not be had; the driver itself says EFAULT.
 */
export const meiErrno: Readonly<Record<MeiCall, Readonly<Partial<Record<Errno, Meaning>>>>> = {
  open: {
    ENOENT: { code: "mei.absent", text: "there is no such device" },
    ENXIO: { code: "mei.absent", text: "no driver is behind this node" },
    ENODEV: notReady,
    EMFILE: {
      code: "mei.busy",
      text: "it is open too often (the driver takes 255, and a process has a limit of its own)",
      hint: "Close programs that use it, or raise the limit of open files (ulimit -n)",
    },
    ENFILE: { code: "mei.busy", text: "the system has too many files open", hint: "Close programs" },
    ENOMEM: memory,
    EACCES: { code: "mei.permission", text: "this user may not open it" },
    EPERM: { code: "mei.permission", text: "this user may not open it" },
    EBUSY: { code: "mei.busy", text: "it is in use" },
  },
  connect: {
    ENOTTY: { code: "mei.clientNotOffered", text: "the firmware does not offer this client" },
    EBUSY: { code: "mei.busy", text: "the client takes no further connection" },
    EINVAL: { code: "firmware.refused", text: "the firmware refused the connection" },
    EFAULT: { code: "timeout", text: "the firmware did not answer the connect request" },
    ETIMEDOUT: { code: "timeout", text: "the firmware did not answer the connect request" },
    ENOENT: gone,
    ENOMEM: memory,
    ENODEV: notReady,
    EIO: notReady,
    EOVERFLOW: notReady,
    EOPNOTSUPP: { code: "firmware.refused", text: "the firmware has no tagged connections" },
    EINTR: interrupted,
  },
  notifySet: {
    EINVAL: { code: "usage", text: "notifications are set on or off" },
    EOPNOTSUPP: noNotifications,
    ENODEV: reset,
    ...goingDown,
    EFAULT: { code: "timeout", text: "the firmware did not answer the notification request" },
    ETIMEDOUT: { code: "timeout", text: "the firmware did not answer the notification request" },
  },
  notifyGet: { EOPNOTSUPP: noNotifications, ENODEV: reset, EINTR: interrupted },
  read: {
    ENODEV: reset,
    ENOTTY: gone,
    EINTR: interrupted,
    EMSGSIZE: { code: "firmware.protocol", text: "a message came that is longer than the client allows" },
    EPROTO: { code: "firmware.protocol", text: "a message came with a bad extended header" },
    EFAULT: { code: "firmware.protocol", text: "the message could not be received whole" },
    ...goingDown,
    ENOMEM: memory,
  },
  write: {
    ENODEV: reset,
    ...goingDown,
    ENOTTY: gone,
    EFBIG: { code: "usage", text: "the message is longer than the client allows" },
    EINTR: interrupted,
    ENOMEM: memory,
    EFAULT: { code: "unexpected", text: "the kernel could not read the message" },
  },
};

/** The catalog's error for a failed call; `subject` names the device or the client. */
export function meiError(call: MeiCall, error: SystemError, subject: string, details: ErrorDetails = {}): AmtError {
  const meaning = meiErrno[call][error.errno] ??
    { code: "unexpected" as const, text: `${error.call} ended with ${error.errno}` };
  return new AmtError(meaning.code, `${subject}: ${meaning.text}`, {
    details: { errno: error.errno, call, ...details },
    ...(meaning.hint === undefined ? {} : { hint: meaning.hint }),
    cause: error,
  });
}
