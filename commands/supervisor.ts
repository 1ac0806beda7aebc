import type { Context } from "./command.ts";

/** Tells systemd, or whoever started this program, how it is; see sd_notify(3). */
export interface Supervisor extends Disposable {
  notify(state: string): void;
}

/** The supervisor that NOTIFY_SOCKET names; without one nothing is told, and nothing is loaded. */
export async function openSupervisor(context: Context): Promise<Supervisor> {
  const address = context.env("NOTIFY_SOCKET");
  if (!address) return { notify() {}, [Symbol.dispose]() {} };
  const [{ loadLibc }, { notifier }] = await Promise.all([import("../ffi/load.ts"), import("../ffi/notify.ts")]);
  const libc = await loadLibc();
  const { send } = notifier(libc, address, { failed: (reason) => context.notes.detail(1, reason) });
  return { notify: send, [Symbol.dispose]: () => libc.dispose() };
}
