import { type Libc, SystemError } from "./libc.ts";

/** Tells the program's supervisor how it is; see sd_notify(3) for what it can be told. */
export interface Notifier {
  /**
   * Sends lines such as `READY=1`. Never waits and never throws. What the supervisor has no room for goes in front of
   * what is sent next.
   */
  send(state: string): void;
}

export interface NotifierOptions {
  /** Told why a state could not be sent; what is only late is not told. */
  readonly failed?: ((reason: string) => void) | undefined;
}

/** Bytes of states that wait; older ones are dropped beyond it. */
const MOST_WAITING = 4096;

/**
 * The supervisor at `address`, the value of NOTIFY_SOCKET; without one nothing is sent. Addresses are an absolute path
 * or `@` and an abstract name; systemd's vsock addresses, for virtual machines, are told as failed.
 */
export function notifier(
  libc: Pick<Libc, "sendDatagram">,
  address: string | undefined,
  { failed }: NotifierOptions = {},
): Notifier {
  if (address === undefined || address === "") return { send() {} };
  let waiting = "";
  return {
    send(state) {
      const text = waiting === "" ? state : `${waiting}\n${state}`;
      waiting = "";
      try {
        libc.sendDatagram(address, new TextEncoder().encode(text));
      } catch (error) {
        if (!(error instanceof SystemError)) return failed?.(`NOTIFY_SOCKET ${address}: ${error}`);
        if (error.errno === "EAGAIN") waiting = text.length > MOST_WAITING ? state : text;
        else failed?.(`NOTIFY_SOCKET ${address}: ${error.errno}`);
      }
    },
  };
}
