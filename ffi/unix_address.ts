import { SystemError } from "./libc.ts";

/** Numbers of linux/socket.h on x86-64 and arm64; a type takes `O_NONBLOCK` and `O_CLOEXEC` as flags. */
export const AF_UNIX = 1;
export const SOCK_DGRAM = 2;
export const MSG_NOSIGNAL = 0x4000;

/** Bytes of `sun_path`, one of which is the zero that ends a path or begins an abstract name. */
const MOST = 108;

/**
 * `struct sockaddr_un` for an absolute path, or for an abstract name that is written with `@` in place of its zero, as
 * systemd writes it: family u16, then the name, no longer than it has to be. Throws {@link SystemError}: `EINVAL` for
 * another text, `ENAMETOOLONG` for more than 107 bytes. Source: unix(7).
 */
export function unixAddress(address: string): Uint8Array {
  const isAbstract = address.startsWith("@");
  if (!(isAbstract || address.startsWith("/")) || address.length < 2 || address.includes("\0")) {
    throw new SystemError("sendto", "EINVAL");
  }
  const name = new TextEncoder().encode(isAbstract ? `\0${address.slice(1)}` : `${address}\0`);
  if (name.length > MOST) throw new SystemError("sendto", "ENAMETOOLONG");
  const bytes = new Uint8Array(2 + name.length);
  new DataView(bytes.buffer).setUint16(0, AF_UNIX, true);
  bytes.set(name, 2);
  return bytes;
}
