import { type Fd, O_CLOEXEC, O_NONBLOCK } from "../../ffi/libc.ts";

type Argument = number | Uint8Array;
type Call = (...args: Argument[]) => number;

const declared = {
  pipe2: ["ptr", "i32"],
  socketpair: ["i32", "i32", "i32", "ptr"],
  socket: ["i32", "i32", "i32"],
  bind: ["i32", "ptr", "u32"],
  listen: ["i32", "i32"],
  getsockname: ["i32", "ptr", "ptr"],
  connect: ["i32", "ptr", "u32"],
  accept4: ["i32", "ptr", "ptr", "i32"],
  setsockopt: ["i32", "i32", "i32", "ptr", "u32"],
  mkfifo: ["ptr", "u32"],
  fcntl: ["i32", "i32", "i32"],
  close: ["i32"],
} as const;

/** Calls that only the tests make, straight from libc; a failure throws. */
export const raw = await load();

/** Numbers of x86-64 and arm64 (asm-generic/socket.h, linux/socket.h, linux/in.h). */
const AF_UNIX = 1,
  AF_INET = 2,
  SOCK_STREAM = 1,
  SOCK_DGRAM = 2,
  SOCK_SEQPACKET = 5,
  SOL_SOCKET = 1,
  SO_RCVBUF = 8,
  SO_LINGER = 13;

/** The reading and the writing end. */
export function pipe(flags = O_NONBLOCK | O_CLOEXEC): [Fd, Fd] {
  return pair((fds) => raw.pipe2(fds, flags));
}

/** Two connected sockets that keep message boundaries, as a mei descriptor does. */
export function messagePair(): [Fd, Fd] {
  return pair((fds) => raw.socketpair(AF_UNIX, SOCK_SEQPACKET | O_NONBLOCK | O_CLOEXEC, 0, fds));
}

/** Two ends of a TCP connection over loopback; closing the first waits up to `seconds` until its peer has read all. */
export function lingeringPair(seconds: number): [Fd, Fd] {
  const listener = raw.socket(AF_INET, SOCK_STREAM | O_CLOEXEC, 0);
  raw.setsockopt(listener, SOL_SOCKET, SO_RCVBUF, int32s(4096), 4);
  const address = new Uint8Array(16);
  address.set([AF_INET, 0, 0, 0, 127, 0, 0, 1]);
  raw.bind(listener, address, 16);
  raw.listen(listener, 1);
  raw.getsockname(listener, address, int32s(16));
  const near = raw.socket(AF_INET, SOCK_STREAM | O_CLOEXEC, 0);
  raw.connect(near, address, 16);
  const far = raw.accept4(listener, new Uint8Array(16), int32s(16), O_NONBLOCK | O_CLOEXEC);
  raw.setsockopt(near, SOL_SOCKET, SO_LINGER, int32s(1, seconds), 8);
  raw.close(listener);
  raw.fcntl(near, 4, O_NONBLOCK);
  return [near as Fd, far as Fd];
}

/** A socket that receives datagrams at a path, or at an abstract name written with `@` in place of its zero. */
export function datagramReceiver(address: string): Fd {
  const fd = raw.socket(AF_UNIX, SOCK_DGRAM | O_NONBLOCK | O_CLOEXEC, 0) as Fd;
  const name = new TextEncoder().encode(address.startsWith("@") ? `\0${address.slice(1)}` : address);
  // struct sockaddr_un: the length says where a name ends, of an abstract one the only thing that does.
  raw.bind(fd, Uint8Array.of(AF_UNIX, 0, ...name), 2 + name.length);
  return fd;
}

export function makeFifo(path: string): void {
  raw.mkfifo(new TextEncoder().encode(`${path}\0`), 0o600);
}

export function int32s(...values: number[]): Uint8Array {
  return new Uint8Array(Int32Array.from(values).buffer);
}

function pair(make: (fds: Uint8Array) => number): [Fd, Fd] {
  const fds = new Int32Array(2);
  make(new Uint8Array(fds.buffer));
  return [fds[0] as Fd, fds[1] as Fd];
}

async function load(): Promise<Record<keyof typeof declared, Call>> {
  const entries = "Deno" in globalThis ? viaDeno() : await viaBun();
  return Object.fromEntries(
    Object.entries(entries).map(([name, call]) => [name, (...args: Argument[]) => {
      const result = call(...args);
      if (result < 0) throw new Error(`${name} answers ${result}`);
      return result;
    }]),
  ) as Record<keyof typeof declared, Call>;
}

function viaDeno(): Record<string, Call> {
  const library = Object.fromEntries(
    Object.entries(declared).map(([name, types]) => [name, {
      parameters: types.map((type) => type === "ptr" ? "buffer" as const : type),
      result: "i32" as const,
    }]),
  );
  return Deno.dlopen("libc.so.6", library).symbols as Record<string, Call>;
}

async function viaBun(): Promise<Record<string, Call>> {
  const { dlopen } = await import("bun:ffi");
  const library = Object.fromEntries(
    Object.entries(declared).map(([name, types]) => [name, { args: [...types], returns: "i32" as const }]),
  );
  return dlopen("libc.so.6", library).symbols as unknown as Record<string, Call>;
}
