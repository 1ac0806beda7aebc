import { callThreadSource } from "./call_thread_source.ts";
import { CallThreads } from "./call_threads.ts";
import { type Libc, SystemError } from "./libc.ts";
import { libcName, PosixLibc, type QuickCalls, type SlowCalls } from "./posix.ts";

/**
 * {@link Libc} on Bun. Bun has no asynchronous FFI, so a call that can hold the kernel is made on a thread of its own;
 * what happens one after another shares one thread. Rejects with the runtime's error when the library is missing.
 */
export async function bunLibc(library: string = libcName): Promise<Libc> {
  // Imported here because a bundler moves a static import to the top of the program, where Deno and Node refuse it.
  const { dlopen, toArrayBuffer } = await import("bun:ffi");
  const { symbols } = dlopen(library, {
    __errno_location: { args: [], returns: "ptr" },
    open: { args: ["ptr", "i32", "u32"], returns: "i32" },
    ioctl: { args: ["i32", "usize", "ptr"], returns: "i32" },
    read: { args: ["i32", "ptr", "usize"], returns: "i32" },
    write: { args: ["i32", "ptr", "usize"], returns: "i32" },
    close: { args: ["i32"], returns: "i32" },
    eventfd: { args: ["u32", "i32"], returns: "i32" },
    socket: { args: ["i32", "i32", "i32"], returns: "i32" },
    sendto: { args: ["i32", "ptr", "usize", "i32", "ptr", "u32"], returns: "i32" },
    syscall: { args: ["i32", "i32", "i32", "i32"], returns: "i32" },
  });
  const errno = new Int32Array(toArrayBuffer(symbols.__errno_location()!, 0, 4));
  const threads = new CallThreads(callThreadSource(prologue(library)), Infinity);
  return new PosixLibc(quickCalls(symbols, errno), slowCalls(threads));
}

/** Read, write and sendto answer 32 bits, which is enough for any buffer. */
interface BunSymbols {
  open(path: Uint8Array, flags: number, mode: number): number;
  ioctl(fd: number, request: number, argument: Uint8Array | null): number;
  read(fd: number, into: Uint8Array | null, length: number): number;
  write(fd: number, from: Uint8Array | null, length: number): number;
  close(fd: number): number;
  eventfd(initial: number, flags: number): number;
  socket(domain: number, type: number, protocol: number): number;
  sendto(
    fd: number,
    message: Uint8Array | null,
    length: number,
    flags: number,
    address: Uint8Array,
    addressLength: number,
  ): number;
  syscall(number: number, first: number, second: number, third: number): number;
}

function quickCalls(symbols: BunSymbols, errno: Int32Array): QuickCalls {
  return {
    open(path, flags) {
      const result = symbols.open(path, flags, 0);
      const number = errno[0]!;
      return result < 0 ? -number : result;
    },
    ioctl(fd, request, argument) {
      const result = symbols.ioctl(fd, request, argument.length === 0 ? null : argument);
      const number = errno[0]!;
      return result < 0 ? -number : result;
    },
    read(fd, into) {
      const result = symbols.read(fd, into.length === 0 ? null : into, into.length);
      const number = errno[0]!;
      return result < 0 ? -number : result;
    },
    write(fd, from) {
      const result = symbols.write(fd, from.length === 0 ? null : from, from.length);
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
      const bytes = message.length === 0 ? null : message;
      const result = symbols.sendto(fd, bytes, message.length, flags, address, address.length);
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

function slowCalls(threads: CallThreads): SlowCalls {
  return {
    poll: async ({ bytes }) => void await threads.call({ call: "poll", fd: -1, request: 0, bytes }),
    ioctl: (fd, request, bytes) => threads.call({ call: "ioctl", fd, request, bytes }),
    close: async (fd) => void await threads.call({ call: "close", fd, request: 0, bytes: new Uint8Array(0) }),
    sync: (fd) =>
      threads.call({ call: "fsync", fd, request: 0, bytes: new Uint8Array(0) }).then(() => true, (error) => {
        if (error instanceof SystemError) return false;
        throw error;
      }),
    dispose: () => threads.dispose(),
  };
}

function prologue(library: string): string {
  return `
    import { dlopen, toArrayBuffer } from "bun:ffi";
    const { symbols } = dlopen(${JSON.stringify(library)}, {
      poll: { args: ["ptr", "usize", "i32"], returns: "i32" },
      ioctl: { args: ["i32", "usize", "ptr"], returns: "i32" },
      close: { args: ["i32"], returns: "i32" },
      fsync: { args: ["i32"], returns: "i32" },
      __errno_location: { args: [], returns: "ptr" },
    });
    const errno = new Int32Array(toArrayBuffer(symbols.__errno_location(), 0, 4));
    const poll = (set, count, timeout) => {
      const result = symbols.poll(set, count, timeout);
      const number = errno[0];
      return result < 0 ? -number : result;
    };
    const ioctl = (fd, request, argument) => {
      const result = symbols.ioctl(fd, request, argument);
      const number = errno[0];
      return result < 0 ? -number : result;
    };
    const close = (fd) => {
      const result = symbols.close(fd);
      const number = errno[0];
      return result < 0 ? -number : result;
    };
    const fsync = (fd) => {
      const result = symbols.fsync(fd);
      const number = errno[0];
      return result < 0 ? -number : result;
    };`;
}
