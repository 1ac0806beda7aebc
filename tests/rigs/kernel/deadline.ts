/** Rejects when `promise` has not settled within `ms`; `late` says what was waited for. */
export async function within<T>(promise: Promise<T>, ms: number, late: () => string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${late()}: nothing within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** A promise that somebody else settles. A rejection that nobody waits for is no error. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

/** As `Promise.withResolvers`, which Node has from version 22. */
export function deferred<T = void>(): Deferred<T> {
  let settle: Omit<Deferred<T>, "promise"> | undefined;
  const promise = new Promise<T>((resolve, reject) => settle = { resolve, reject });
  promise.catch(() => {});
  return { promise, ...settle! };
}
