import { errnoNumbers } from "./errno.ts";

/**
 * Words at the start of the memory that a calling thread shares with the main thread, as indexes of an `Int32Array`;
 * bytes in and out of a call follow at {@link dataOffset}.
 */
export const word = { state: 0, call: 1, fd: 2, request: 3, length: 4, result: 5 } as const;

/** Values of `word.state`: the thread sleeps while it is `idle`, and ends when it finds `stop`. */
export const state = { idle: 0, run: 1, stop: 2 } as const;

/** Values of `word.call`. */
export const slowCalls = { poll: 0, ioctl: 1, close: 2, fsync: 3 } as const;

export const dataOffset = 32;

/** Bytes that a call may carry: more than an ioctl request number can express (14 bits of size). */
export const dataCapacity = 16_384;

const interrupted = -errnoNumbers.EINTR;

/**
 * The text of a calling thread's module. `prologue` is the runtime's part: it defines `poll`, `ioctl`, `close` and, where
 * it is called, `fsync`, which answer what C answers or errno as a negative number. The thread posts a message when it is
 * ready and after each call. `EINTR` repeats a call, except close, which has done its work by then, and fsync, which a
 * signal may be meant to end.
 *
 * It is text so that a bundle or a compiled program needs no second entry, and it waits in `Atomics.wait`, so that a
 * call starts without a turn of the thread's event loop.
 */
export function callThreadSource(prologue: string): string {
  return `${prologue}
    onmessage = ({ data: shared }) => {
      const words = new Int32Array(shared, 0, ${dataOffset / 4});
      const data = new Uint8Array(shared, ${dataOffset});
      const make = (call, bytes) => {
        if (call === ${slowCalls.poll}) return poll(bytes, bytes.length / 8, -1);
        if (call === ${slowCalls.close}) return close(words[${word.fd}]);
        if (call === ${slowCalls.fsync}) return fsync(words[${word.fd}]);
        return ioctl(words[${word.fd}], words[${word.request}] >>> 0, bytes.length === 0 ? null : bytes);
      };
      postMessage(0);
      for (;;) {
        Atomics.wait(words, ${word.state}, ${state.idle});
        const found = Atomics.load(words, ${word.state});
        if (found === ${state.stop}) return;
        if (found === ${state.idle}) continue;
        const call = words[${word.call}];
        const bytes = data.slice(0, words[${word.length}]);
        let result;
        do result = make(call, bytes);
        while (result === ${interrupted} && call !== ${slowCalls.close} && call !== ${slowCalls.fsync});
        data.set(bytes);
        words[${word.result}] = result === ${interrupted} && call === ${slowCalls.close} ? 0 : result;
        Atomics.compareExchange(words, ${word.state}, ${state.run}, ${state.idle});
        postMessage(0);
      }
    };`;
}
