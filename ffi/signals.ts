/** Signals that ask a program to end: Ctrl-C, `kill` without a name, and the end of its terminal or session. */
export type InterruptSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

/**
 * Calls the listener at each signal in place of the process ending, until the function that it answers is called. The
 * end of a session is told once, though the kernel, the shell and systemd (SIGTERM with SIGHUP) may all tell of it.
 * Where SIGHUP is ignored when this is called, as `nohup` has it, it stays so. Listening alone does not keep the process
 * alive. On Deno it leaves `process` untouched, which costs 18 ms.
 */
export function onInterrupt(listener: (signal: InterruptSignal) => void): () => void {
  const seen = new Set<InterruptSignal>();
  const hear = (signal: InterruptSignal) => {
    const isSameEnd = seen.size > 0 && (signal === "SIGHUP" || (seen.has("SIGHUP") && !seen.has(signal)));
    seen.add(signal);
    if (!isSameEnd) listener(signal);
  };
  const isIgnored = isHangUpIgnored();
  const signals: readonly InterruptSignal[] = ["SIGINT", "SIGTERM", ...(isIgnored ? [] : ["SIGHUP"] as const)];
  const listeners = signals.map((signal) => [signal, () => hear(signal)] as const);
  if ("Deno" in globalThis) {
    // Deno 2.9 ends at a SIGHUP that it was started to ignore, unless somebody listens.
    if (isIgnored) listeners.push(["SIGHUP", () => {}]);
    for (const [signal, call] of listeners) Deno.addSignalListener(signal, call);
    return () => listeners.forEach(([signal, call]) => Deno.removeSignalListener(signal, call));
  }
  for (const [signal, call] of listeners) process.on(signal, call);
  return () => listeners.forEach(([signal, call]) => process.off(signal, call));
}

/** Bit 0 of SigIgn is signal 1: proc_pid_status(5). Node has taken every signal back by then. */
function isHangUpIgnored(): boolean {
  const path = "/proc/self/status";
  try {
    const status = "Deno" in globalThis
      ? Deno.readTextFileSync(path)
      : process.getBuiltinModule("node:fs").readFileSync(path, "utf8");
    return /^SigIgn:\s*[0-9a-f]*[13579bdf]$/m.test(status);
  } catch {
    return false;
  }
}
