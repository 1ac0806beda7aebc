import { AmtError } from "../core/errors/mod.ts";
import { type Fd, type Libc, O_CLOEXEC, O_NONBLOCK, O_RDWR, POLLIN, POLLOUT, SystemError } from "../ffi/libc.ts";
import { Descriptor } from "../transport/descriptor.ts";
import { PASSWORD_WAYS, passwordOf } from "./password.ts";
import { printableLine } from "./printable.ts";

/** The terminal of this process's session, wherever its input and output go. */
const TERMINAL = "/dev/tty";
/** Source: Linux include/uapi/asm-generic/ioctls.h, termbits.h and fcntl.h, the same on x86-64 and arm64. */
const TCGETS = 0x5401;
const TCSETS = 0x5402;
/** Its argument is a number: 0, a null pointer, drops what came and was not read. */
const TCFLSH = 0x540b;
const O_NOCTTY = 0o400;
/** `struct termios`: four words of flags, the line's discipline, 19 control characters. */
const TERMIOS_LENGTH = 36;
const INPUT_FLAGS = 0;
const LOCAL_FLAGS = 12;
const SUSPEND = 17 + 10;
const ICRNL = 0o400;
const IUTF8 = 0o40000;
const ISIG = 1;
const ICANON = 2;
const ECHO = 0o10;
const ECHONL = 0o100;
/** What the kernel gives of one line, at most. */
const LONGEST_LINE = 4096;
const LINE_END = 0x0a;

/**
 * Asks for a secret on the terminal, which shows nothing of it. Its echo is back before this settles, and at once when
 * the signal fires; Ctrl-Z does not suspend meanwhile, since the shell would be left without echo. Rejects with `usage`
 * where there is no terminal, and for what is no password; with `cancelled` when the input ends without one; with
 * `io.read`, and as `abortError` says.
 */
export async function askSecret(question: string, signal: AbortSignal): Promise<string> {
  const { loadLibc } = await import("../ffi/load.ts");
  const libc = await loadLibc().catch((error) => {
    throw noTerminal(error);
  });
  try {
    return await askOnTerminal(question, libc, signal);
  } finally {
    libc.dispose();
  }
}

async function askOnTerminal(question: string, libc: Libc, signal: AbortSignal): Promise<string> {
  await using terminal = openTerminal(libc);
  const { fd, descriptor } = terminal;
  try {
    using _echo = withoutEcho(libc, fd, signal);
    const bytes = new TextEncoder().encode(printableLine(question));
    await descriptor.retry(() => libc.write(fd, bytes), POLLOUT, signal);
    return passwordOf(await readLine(libc, descriptor, signal), "the terminal");
  } catch (error) {
    if (error instanceof SystemError) throw new AmtError("io.read", `${TERMINAL}: ${error.errno}`, { cause: error });
    throw error;
  }
}

function openTerminal(libc: Libc) {
  try {
    const fd = libc.open(TERMINAL, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    const descriptor = new Descriptor(libc, fd, TERMINAL);
    return { fd, descriptor, [Symbol.asyncDispose]: () => descriptor.close() };
  } catch (cause) {
    if (!(cause instanceof SystemError)) throw cause;
    throw noTerminal(cause);
  }
}

function noTerminal(cause: unknown): AmtError {
  return new AmtError("usage", "no password is given, and there is no terminal to ask for it", {
    cause,
    hint: PASSWORD_WAYS,
  });
}

function withoutEcho(libc: Libc, fd: Fd, signal: AbortSignal): Disposable {
  const before = new Uint8Array(TERMIOS_LENGTH);
  libc.ioctl(fd, TCGETS, before);
  let isBack = false;
  const restore = () => {
    if (isBack) return;
    isBack = true;
    signal.removeEventListener("abort", restore);
    try {
      // What was typed behind the password is not for the shell.
      libc.ioctl(fd, TCFLSH, new Uint8Array(0));
      libc.ioctl(fd, TCSETS, before);
      // The line end that was typed was not shown either.
      libc.write(fd, Uint8Array.of(LINE_END));
    } catch (error) {
      // A terminal that is gone needs none of it; one that is stopped (Ctrl-S) takes no line end.
      if (!(error instanceof SystemError)) throw error;
    }
  };
  libc.ioctl(fd, TCSETS, quiet(before));
  libc.ioctl(fd, TCFLSH, new Uint8Array(0));
  signal.addEventListener("abort", restore, { once: true });
  if (signal.aborted) restore();
  return { [Symbol.dispose]: restore };
}

/** Lines with all that edits them, and no echo. */
function quiet(before: Uint8Array): Uint8Array {
  const made = before.slice();
  const view = new DataView(made.buffer);
  view.setUint32(INPUT_FLAGS, view.getUint32(INPUT_FLAGS, true) | ICRNL | IUTF8, true);
  view.setUint32(LOCAL_FLAGS, (view.getUint32(LOCAL_FLAGS, true) | ISIG | ICANON) & ~(ECHO | ECHONL), true);
  made[SUSPEND] = 0;
  return made;
}

/** A line without its end; what Ctrl-D ends counts as one unless it is empty. */
async function readLine(libc: Libc, descriptor: Descriptor, signal: AbortSignal): Promise<Uint8Array> {
  const line: number[] = [];
  const buffer = new Uint8Array(LONGEST_LINE);
  for (;;) {
    const count = await descriptor.retry(() => libc.read(descriptor.fd, buffer), POLLIN, signal);
    if (count === 0 && line.length === 0) throw new AmtError("cancelled", "no password was typed");
    line.push(...buffer.subarray(0, count));
    buffer.fill(0);
    if (count === 0) return Uint8Array.from(line);
    if (line.at(-1) === LINE_END) return Uint8Array.from(line.slice(0, -1));
    if (line.length > LONGEST_LINE) throw new AmtError("usage", "the password from the terminal has no end");
  }
}
