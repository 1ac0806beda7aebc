/** Lets the process end although this timer has not fired. `timer` is what `setTimeout` gave on this runtime. */
export function unrefTimer(timer: unknown): void {
  if (typeof timer === "number") Deno.unrefTimer(timer);
  else (timer as { unref(): void }).unref();
}
