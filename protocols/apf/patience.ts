/** How long it is quiet before a channel is closed when others wait for its slot, in ms. */
const PRESSED_IDLE_MS = 1000;
/** The same when bytes are left that the firmware does not take, and nobody is there to wait for it. */
const PRESSED_STALL_MS = 5000;

/** What a channel that ends waits for. */
export interface Waits {
  /** Our CLOSE is on its way, or will be. */
  readonly isClosing: boolean;
  /** All that was written was sent. */
  readonly isSent: boolean;
  /** Something came since the last byte went. */
  readonly isAnswered: boolean;
  /** Nobody is at the local end. */
  readonly isOrphan: boolean;
  /** Another connection waits for a slot. */
  readonly isPressed: boolean;
}

/** How long it may be quiet, in ms; `idleMs` without need, `closeMs` before the firmware's CLOSE is given up. */
export function patienceMs(
  { isClosing, isSent, isAnswered, isOrphan, isPressed }: Waits,
  { idleMs, closeMs }: { readonly idleMs: number; readonly closeMs: number },
): number {
  if (isClosing) return closeMs;
  if (!isPressed) return idleMs;
  if (isSent && (isAnswered || isOrphan)) return Math.min(PRESSED_IDLE_MS, idleMs);
  return isOrphan ? Math.min(PRESSED_STALL_MS, idleMs) : idleMs;
}
