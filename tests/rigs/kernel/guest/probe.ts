/**
 * Makes single system calls in the guest through `ffi/`, as lines of JSON on standard input ask for them, and answers
 * each with a line. Calls that can hold the kernel run beside the others.
 */
import process from "node:process";
import { createInterface } from "node:readline";
import { fromHex, toHex } from "../../../../core/binary/mod.ts";
import {
  type Fd,
  type Libc,
  O_CLOEXEC,
  O_NONBLOCK,
  O_RDWR,
  POLLIN,
  PollSet,
  SystemError,
} from "../../../../ffi/libc.ts";
import { loadLibc } from "../../../../ffi/load.ts";
import type { Answer, Call, Request } from "../probe_protocol.ts";

const libc = await loadLibc();
console.log("ready");
for await (const line of createInterface({ input: process.stdin })) {
  const { id, call } = JSON.parse(line) as Request;
  answer(id, call);
}
libc.dispose();

async function answer(id: number, call: Call): Promise<void> {
  const start = performance.now();
  let outcome: Omit<Answer, "id" | "ms">;
  try {
    outcome = await perform(libc, call);
  } catch (error) {
    outcome = error instanceof SystemError ? { errno: error.errno } : { errno: `thrown: ${error}` };
  }
  console.log(JSON.stringify({ id, ms: performance.now() - start, ...outcome } satisfies Answer));
}

async function perform(libc: Libc, call: Call): Promise<Omit<Answer, "id" | "ms">> {
  const fd = ("fd" in call ? call.fd : -1) as Fd;
  switch (call.name) {
    case "open":
      return { value: libc.open(call.path, O_RDWR | O_NONBLOCK | O_CLOEXEC) };
    case "ioctl": {
      const argument = fromHex(call.argument);
      const value = call.slow
        ? await libc.slowIoctl(fd, call.request, argument)
        : libc.ioctl(fd, call.request, argument);
      return { value, bytes: toHex(argument) };
    }
    case "write":
      return { value: libc.write(fd, fromHex(call.bytes)) };
    case "read": {
      const into = new Uint8Array(call.length);
      const value = libc.read(fd, into);
      return { value, bytes: toHex(into.subarray(0, value)) };
    }
    case "poll":
      return { value: await poll(libc, fd, call) };
    case "sync":
      return { value: Number(await libc.slowSync(fd)) };
    case "close":
      await libc.slowClose(fd);
      return { value: 0 };
  }
}

/** `revents`; 0 when nothing came in time. */
async function poll(libc: Libc, fd: Fd, { events, timeoutMs }: { events: number; timeoutMs: number }): Promise<number> {
  const alarm = libc.eventfd();
  const set = new PollSet(2);
  set.set(0, fd, events);
  set.set(1, alarm, POLLIN);
  const timer = setTimeout(() => libc.write(alarm, new Uint8Array(new BigUint64Array([1n]).buffer)), timeoutMs);
  await libc.poll(set);
  clearTimeout(timer);
  libc.close(alarm);
  return set.revents(0);
}
