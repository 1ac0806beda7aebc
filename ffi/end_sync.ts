import type { Fd } from "./libc.ts";

/** A system call by its number; answers errno as a negative number. */
export type SystemCall = (number: number, first: number, second: number, third: number) => number;

/** By `process.arch`; from asm/unistd_64.h and asm-generic/unistd.h of Linux. */
const numbers: Readonly<Record<string, { readonly fsync: number; readonly tgkill: number }>> = {
  x64: { fsync: 74, tgkill: 234 },
  arm64: { fsync: 82, tgkill: 131 },
};

/** Means nothing to a process that does not listen to it. */
const SIGURG = 23;

const PAUSE_MS = 20;
const TRIES = 25;

/**
 * Ends fsync(2) of `fd`, which `sync` waits for, unless it comes to its end by itself at once: signals the threads that
 * are in it until `sync` has settled, or in vain for half a second. A signal interrupts a call only where somebody listens
 * to it, so that is done meanwhile.
 */
export async function endSync(fd: Fd, sync: Promise<unknown>, syscall: SystemCall): Promise<void> {
  let isOver = false;
  const over = sync.then(() => {}, () => {}).then(() => void (isOver = true));
  await unlessLate(over);
  if (isOver) return;
  const [{ readdirSync, readFileSync }, { default: process }] = await Promise.all([
    import("node:fs"),
    import("node:process"),
  ]);
  const known = numbers[process.arch];
  if (known === undefined) return;
  const sought = `${known.fsync} 0x${fd.toString(16)} `;
  /** The number of its call, and the arguments: proc_pid_syscall(5). */
  const callOf = (thread: string) => {
    try {
      return readFileSync(`/proc/self/task/${thread}/syscall`, "latin1");
    } catch {
      // The thread has ended, or this kernel does not tell.
      return "";
    }
  };
  const listener = () => {};
  process.on("SIGURG", listener);
  try {
    for (let tries = 0; tries < TRIES && !isOver; tries++) {
      for (const thread of readdirSync("/proc/self/task")) {
        if (callOf(thread).startsWith(sought)) syscall(known.tgkill, process.pid, Number(thread), SIGURG);
      }
      await unlessLate(over);
    }
  } finally {
    process.off("SIGURG", listener);
  }
}

async function unlessLate(over: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  await Promise.race([over, new Promise<void>((resolve) => void (timer = setTimeout(resolve, PAUSE_MS)))]);
  clearTimeout(timer);
}
