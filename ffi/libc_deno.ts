import { callThreadSource } from "./call_thread_source.ts";
import { CallThreads } from "./call_threads.ts";
import { DenoSlowCalls } from "./deno_slow_calls.ts";
import type { Libc } from "./libc.ts";
import { libcName, PosixLibc, type QuickCalls } from "./posix.ts";

/** {@link Libc} on Deno. Throws the runtime's error when the library is missing or FFI is not allowed. */
export function denoLibc(library: string = libcName): Libc {
  const { symbols } = Deno.dlopen(library, declared);
  const errno = new Int32Array(Deno.UnsafePointerView.getArrayBuffer(symbols.__errno_location()!, 4));
  const threads = new CallThreads(callThreadSource(prologue(library)), idleMs);
  const pollNow = (set: Bytes, count: bigint) => {
    const result = symbols.pollNow(set, count, 0);
    const number = errno[0]!;
    return result < 0 ? -number : result;
  };
  return new PosixLibc(quickCalls(symbols, errno), new DenoSlowCalls({ ...symbols, pollNow }, threads));
}

type Bytes = Uint8Array<ArrayBuffer>;

/** A Worker of Deno keeps the process alive while it lives, so an idle one waits only for the next try of a ramp. */
const idleMs = 250;

/** Read, write and sendto answer 32 bits: enough for any buffer, and no BigInt is made between the call and errno. */
const declared = {
  __errno_location: { parameters: [], result: "pointer" },
  open: { parameters: ["buffer", "i32", "u32"], result: "i32" },
  ioctl: { parameters: ["i32", "usize", "buffer"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  write: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  eventfd: { parameters: ["u32", "i32"], result: "i32" },
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  sendto: { parameters: ["i32", "buffer", "usize", "i32", "buffer", "u32"], result: "i32" },
  syscall: { parameters: ["i32", "i32", "i32", "i32"], result: "i32" },
  pollNow: { name: "poll", parameters: ["buffer", "usize", "i32"], result: "i32" },
  pollAsync: { name: "poll", parameters: ["buffer", "usize", "i32"], result: "i32", nonblocking: true },
  ioctlAsync: { name: "ioctl", parameters: ["i32", "usize", "buffer"], result: "i32", nonblocking: true },
  closeAsync: { name: "close", parameters: ["i32"], result: "i32", nonblocking: true },
  fsyncAsync: { name: "fsync", parameters: ["i32"], result: "i32", nonblocking: true },
} as const satisfies Deno.ForeignLibraryInterface;

type DenoSymbols = Deno.StaticForeignLibraryInterface<typeof declared>;

function quickCalls(symbols: DenoSymbols, errno: Int32Array): QuickCalls {
  return {
    open(path, flags) {
      const result = symbols.open(path as Bytes, flags, 0);
      const number = errno[0]!;
      return result < 0 ? -number : result;
    },
    ioctl(fd, request, argument) {
      const result = symbols.ioctl(fd, BigInt(request), orNull(argument));
      const number = errno[0]!;
      return result < 0 ? -number : result;
    },
    read(fd, into) {
      const result = symbols.read(fd, orNull(into), BigInt(into.length));
      const number = errno[0]!;
      return result < 0 ? -number : result;
    },
    write(fd, from) {
      const result = symbols.write(fd, orNull(from), BigInt(from.length));
      const number = errno[0]!;
      return result < 0 ? -number : result;
    },
    close(fd) {
      const result = symbols.close(fd);
      const number = errno[0]!;
      return result < 0 ? -number : result;
    },
    eventfd(initial, flags) {
      const result = symbols.eventfd(initial, flags);
      const number = errno[0]!;
      return result < 0 ? -number : result;
    },
    socket(domain, type, protocol) {
      const result = symbols.socket(domain, type, protocol);
      const number = errno[0]!;
      return result < 0 ? -number : result;
    },
    sendto(fd, message, flags, address) {
      const result = symbols.sendto(
        fd,
        orNull(message),
        BigInt(message.length),
        flags,
        address as Bytes,
        address.length,
      );
      const number = errno[0]!;
      return result < 0 ? -number : result;
    },
    syscall(call, first, second, third) {
      const result = symbols.syscall(call, first, second, third);
      const number = errno[0]!;
      return result < 0 ? -number : result;
    },
  };
}

function orNull(bytes: Uint8Array): Bytes | null {
  return bytes.length === 0 ? null : bytes as Bytes;
}

function prologue(library: string): string {
  return `
    const { symbols } = Deno.dlopen(${JSON.stringify(library)}, {
      poll: { parameters: ["buffer", "usize", "i32"], result: "i32" },
      ioctl: { parameters: ["i32", "usize", "buffer"], result: "i32" },
      close: { parameters: ["i32"], result: "i32" },
      __errno_location: { parameters: [], result: "pointer" },
    });
    const errno = new Int32Array(Deno.UnsafePointerView.getArrayBuffer(symbols.__errno_location(), 4));
    const poll = (set, count, timeout) => {
      const result = symbols.poll(set, BigInt(count), timeout);
      const number = errno[0];
      return result < 0 ? -number : result;
    };
    const ioctl = (fd, request, argument) => {
      const result = symbols.ioctl(fd, BigInt(request), argument);
      const number = errno[0];
      return result < 0 ? -number : result;
    };
    const close = (fd) => {
      const result = symbols.close(fd);
      const number = errno[0];
      return result < 0 ? -number : result;
    };`;
}
