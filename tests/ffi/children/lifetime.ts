/**
 * `lifetime.ts disposed|undisposed`: makes each kind of call once and comes to its end.
 * `lifetime.ts waiting`: waits with nothing but a poll of standard input. `lifetime.ts interrupted FIFO`: has a call in
 * the kernel and waits for Ctrl-C.
 */
import { type Fd, O_NONBLOCK, O_RDWR, POLLIN, PollSet } from "../../../ffi/libc.ts";
import { loadLibc } from "../../../ffi/load.ts";
import { onInterrupt } from "../../../ffi/signals.ts";

const [mode, path = ""] = "Deno" in globalThis ? Deno.args : process.argv.slice(2);
const libc = await loadLibc();
const set = new PollSet(1);

if (mode === "waiting") {
  set.set(0, 0 as Fd, POLLIN);
  const polled = libc.poll(set);
  console.log("waiting");
  await polled;
  console.log("woken");
} else if (mode === "interrupted") {
  const fd = libc.open(path, O_RDWR | O_NONBLOCK);
  onInterrupt((signal) => {
    console.log(signal);
    "Deno" in globalThis ? Deno.exit(130) : process.exit(130);
  });
  console.log("opened");
  set.set(0, 0 as Fd, POLLIN);
  await libc.poll(set);
  const slow = libc.slowIoctl(fd, 0x541b, new Uint8Array(4));
  setTimeout(() => console.log("calling"), 50);
  await slow;
  console.log("returned");
} else {
  const wake = libc.eventfd();
  set.set(0, wake, POLLIN);
  const polled = libc.poll(set);
  libc.write(wake, new Uint8Array(BigUint64Array.of(1n).buffer));
  await polled;
  await libc.slowIoctl(wake, 0xc0104801, new Uint8Array(16)).catch((error) => console.log(error.errno));
  await libc.slowClose(wake);
  if (mode === "disposed") libc.dispose();
  onInterrupt(() => {});
  console.log("end");
}
