import { expect } from "vitest";
import { SystemError } from "../../ffi/libc.ts";

/** The errno name of the {@link SystemError} that `action` ends with. */
export async function errnoOf(action: () => unknown): Promise<string> {
  try {
    await action();
  } catch (error) {
    expect(error).toBeInstanceOf(SystemError);
    return (error as SystemError).errno;
  }
  return "none";
}
