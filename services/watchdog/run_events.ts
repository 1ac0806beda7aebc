import type { Armed, Beat } from "./feeder.ts";

/** What happens while a watchdog is fed. `at` is the time of day, as ISO 8601 has it. */
export type WatchdogEvent =
  & { at: string }
  & (
    /** The watchdog is found, or found again; the first heartbeat follows. */
    | { event: "registered"; via: "kernel" | "mei"; path: string | null; timeoutSeconds: number }
    | ({ event: "heartbeat" } & Beat)
    /** The firmware wants no heartbeats; it is asked again at each interval. */
    | { event: "notRequired" }
    /** The check says that the machine is not well, or the command ended badly: heartbeats stop. */
    | { event: "unhealthy"; reason: string; armed: Armed; expiresInSeconds: number | null }
    | { event: "healthy" }
    /** So much time passed without a heartbeat that the firmware tells the console. */
    | { event: "expired" }
    /** The watchdog went away, with a reset of the ME for example; it is looked for. */
    | { event: "lost"; reason: string; code: string }
    /** The machine slept so long; a heartbeat follows at once. */
    | { event: "suspended"; seconds: number }
    | { event: "ended"; reason: string; armed: Armed }
  );

/** An event without its time. */
export type Told = WatchdogEvent extends infer E ? E extends { at: string } ? Omit<E, "at"> : never : never;
