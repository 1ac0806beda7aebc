import type { Service } from "../simulator/lme/service.ts";
import { pattern } from "../simulator/pattern.ts";
import { rounded } from "./bench_plan.ts";

/** `down` is from the firmware, `up` to it. */
export type Direction = "down" | "up" | "both";

/** What some sessions carried at a time. */
export interface Load {
  readonly megabytesPerSecond: number;
  /** How far the slowest was behind the fastest when the first was done, as a part of their mean. */
  readonly spread: number;
}

/** Times of one byte there and back, in microseconds. */
export interface Latency {
  readonly p50Us: number;
  readonly p99Us: number;
}

interface Bytes {
  read(): Promise<Uint8Array | undefined>;
  write(bytes: Uint8Array): Promise<void>;
}

/** The other end of every session: 9 bytes say what is wanted, a letter and how many bytes. */
export const benchService: Service = async (stream) => {
  let head = new Uint8Array();
  while (head.length < 9) {
    const bytes = await stream.read();
    if (bytes === undefined) return;
    head = Uint8Array.from([...head, ...bytes]);
  }
  const kind = String.fromCharCode(head[0]!);
  const length = Number(new DataView(head.buffer).getBigUint64(1));
  if (kind === "e") return await echo(stream, head.subarray(9));
  const down = kind === "u" ? undefined : give(stream, length);
  if (kind !== "d") await takeAll(stream, length - (head.length - 9));
  await down;
  if (kind === "u") await stream.write(Uint8Array.of(1));
};

async function echo(stream: Bytes, first: Uint8Array): Promise<void> {
  await stream.write(first);
  for (let bytes = await stream.read(); bytes !== undefined; bytes = await stream.read()) await stream.write(bytes);
}

async function give(stream: Bytes, length: number): Promise<void> {
  for (const piece of pattern(length)) await stream.write(piece);
}

async function takeAll(stream: Bytes, length: number): Promise<void> {
  for (let left = length; left > 0;) {
    const bytes = await stream.read();
    if (bytes === undefined) throw new Error(`the session ended ${left} bytes early`);
    left -= bytes.length;
  }
}

/** Carries so many bytes in each of some sessions at a time, and each way where both are meant. */
export async function carry(port: number, direction: Direction, sessions: number, length: number): Promise<Load> {
  const carried = new Array<number>(sessions).fill(0);
  let atFirstEnd: number[] | undefined;
  const start = performance.now();
  await Promise.all(carried.map(async (_, index) => {
    await session(port, direction, length, (bytes) => carried[index]! += bytes);
    atFirstEnd ??= [...carried];
  }));
  const seconds = (performance.now() - start) / 1000;
  const counts = atFirstEnd ?? carried;
  const mean = counts.reduce((sum, each) => sum + each) / sessions;
  return {
    megabytesPerSecond: rounded(carried.reduce((sum, each) => sum + each) / 1e6 / seconds),
    spread: rounded((Math.max(...counts) - Math.min(...counts)) / mean),
  };
}

async function session(port: number, direction: Direction, length: number, count: (bytes: number) => void) {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  connection.setNoDelay(true);
  await writeAll(connection, head(direction[0]!, length));
  const sending = direction === "down" ? undefined : send(connection, length, count);
  const wanted = direction === "up" ? 1 : length;
  const buffer = new Uint8Array(256 * 1024);
  for (let got = 0; got < wanted;) {
    const bytes = await connection.read(buffer);
    if (bytes === null) throw new Error(`the session ended ${wanted - got} bytes early`);
    got += bytes;
    if (direction !== "up") count(bytes);
  }
  await sending;
}

async function send(connection: Deno.Conn, length: number, count: (bytes: number) => void): Promise<void> {
  for (const whole of pattern(length)) {
    for (let at = 0; at < whole.length;) {
      const bytes = await connection.write(whole.subarray(at, at + 64 * 1024));
      at += bytes;
      count(bytes);
    }
  }
}

/** One byte there and back, `rounds` times. */
export async function measureLatency(port: number, rounds: number): Promise<Latency> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  connection.setNoDelay(true);
  await writeAll(connection, head("e", 0));
  const byte = new Uint8Array(1);
  const times: number[] = [];
  for (let round = 0; round < rounds + 200; round++) {
    const start = performance.now();
    await connection.write(byte);
    if (await connection.read(byte) !== 1) throw new Error("the session ended");
    // The first ones are the runtime's, which compiles.
    if (round >= 200) times.push((performance.now() - start) * 1000);
  }
  times.sort((a, b) => a - b);
  return { p50Us: rounded(times[rounds >> 1]!), p99Us: rounded(times[Math.floor(rounds * 0.99)]!) };
}

/** Opens and closes sessions that carry one byte, a few at a time. */
export async function openAndClose(port: number, count: number): Promise<void> {
  let left = count;
  await Promise.all([1, 2, 3, 4].map(async () => {
    while (left-- > 0) {
      using connection = await Deno.connect({ hostname: "127.0.0.1", port });
      await writeAll(connection, head("d", 1));
      while (await connection.read(new Uint8Array(16)) !== null);
    }
  }));
}

/** Gives a TCP port the same service, for a relay to lead to. */
export function serveTcp(): { readonly port: number } & Disposable {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  const serve = async (connection: Deno.TcpConn) => {
    connection.setNoDelay(true);
    open.add(connection);
    const buffer = new Uint8Array(64 * 1024);
    const read = async () => {
      const count = await connection.read(buffer);
      return count === null ? undefined : buffer.slice(0, count);
    };
    await benchService({ read, write: (bytes) => writeAll(connection, bytes) }).catch(() => {});
    if (open.delete(connection)) connection.close();
  };
  void (async () => {
    for await (const connection of listener) void serve(connection);
  })();
  return {
    port: listener.addr.port,
    [Symbol.dispose]() {
      listener.close();
      for (const connection of open) connection.close();
      open.clear();
    },
  };
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at, at + 64 * 1024));
}

function head(kind: string, length: number): Uint8Array {
  const bytes = new Uint8Array(9);
  bytes[0] = kind.charCodeAt(0);
  new DataView(bytes.buffer).setBigUint64(1, BigInt(length));
  return bytes;
}
