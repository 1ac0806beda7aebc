/**
 * Runs in a Deno of its own: `stalled_pipe.ts FIFO`. At the line `stall` it locks the pipe inside the kernel, so that
 * FIONREAD and close on it wait uninterruptibly, as CONNECT and close of a mei descriptor wait for the firmware; at
 * `release`, or after 10 s, it lets go. Says `ready`, `stalled`, `released`; or `unavailable` where
 * userfaultfd(2) is not to be had.
 *
 * How: write(2) copies from a page that is missing until userfaultfd supplies it, and holds the pipe's lock meanwhile.
 * Numbers: linux/userfaultfd.h, asm/unistd.h.
 */
const { symbols: c } = Deno.dlopen("libc.so.6", {
  syscall: { parameters: ["i64", "i64"], result: "i64" },
  ioctl: { parameters: ["i32", "usize", "buffer"], result: "i32" },
  mmap: { parameters: ["usize", "usize", "i32", "i32", "i32", "i64"], result: "pointer" },
  open: { parameters: ["buffer", "i32", "u32"], result: "i32" },
  write: { parameters: ["i32", "pointer", "usize"], result: "isize", nonblocking: true },
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32", nonblocking: true },
});
const pageSize = 4096n;
const fault = Number(c.syscall(Deno.build.arch === "x86_64" ? 323n : 282n, 0o2004000n));
const api = BigUint64Array.of(0xaan, 0n, 0n);
if (fault < 0 || c.ioctl(fault, 0xc018aa3fn, api) < 0) say("unavailable", 0);

const page = c.mmap(0n, pageSize, 3, 0x22, -1, 0n);
const address = Deno.UnsafePointer.value(page);
check(c.ioctl(fault, 0xc020aa00n, BigUint64Array.of(address, pageSize, 1n, 0n)), "register");
const fifo = c.open(new TextEncoder().encode(`${Deno.args[0]}\0`), 0o4002, 0);
check(fifo, "open");
say("ready");

for await (const line of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  if (line.trim() === "stall") {
    c.write(fifo, page, 8n);
    const set = new Uint8Array(8);
    new DataView(set.buffer).setInt32(0, fault, true);
    set[4] = 1;
    check(await c.poll(set, 1n, 10_000) - 1, "fault");
    say("stalled");
    setTimeout(release, 10_000);
  } else {
    release();
    say("released");
  }
}

/** The second time it does nothing: the timer is for a test whose own thread is held, which cannot say `release`. */
function release(): void {
  const source = new Uint8Array(new ArrayBuffer(Number(pageSize)));
  const from = Deno.UnsafePointer.value(Deno.UnsafePointer.of(source));
  c.ioctl(fault, 0xc028aa03n, BigUint64Array.of(address, from, pageSize, 0n, 0n));
}

function say(word: string, exit?: number): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${word}\n`));
  if (exit !== undefined) Deno.exit(exit);
}

function check(result: number, what: string): void {
  if (result < 0) say(`${what} answers ${result}`, 1);
}
