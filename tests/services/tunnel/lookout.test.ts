import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Lookout } from "../../../services/tunnel/lookout.ts";

describe("Lookout", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** Looks that take `costMs` each, at the times that are answered. */
  function looks(costMs: number, goesOn: () => boolean) {
    const times: number[] = [];
    const start = performance.now();
    const lookout = new Lookout(() => {
      times.push(performance.now() - start);
      vi.setSystemTime(Date.now() + costMs);
      vi.advanceTimersByTime(costMs);
      return goesOn();
    });
    return { times, lookout };
  }

  it("looks at once when it gets a hint, once for many, and not again without", () => {
    const { times, lookout } = looks(0, () => false);
    for (let i = 0; i < 3; i++) lookout.hint();
    vi.advanceTimersByTime(10_000);
    expect(times).toEqual([0]);
  });

  it("looks four times a second while there is reason to", () => {
    let left = 4;
    const { times, lookout } = looks(0, () => --left > 0);
    lookout.hint();
    vi.advanceTimersByTime(10_000);
    expect(times).toEqual([0, 250, 500, 750]);
  });

  it("takes no more than a tenth of the time, however many hints there are", () => {
    const { times, lookout } = looks(20, () => false);
    for (let ms = 0; ms < 1000; ms += 10) {
      lookout.hint();
      vi.advanceTimersByTime(10);
    }
    expect(times.length).toBeGreaterThan(2);
    expect(times.length).toBeLessThanOrEqual(7);
    for (let i = 1; i < times.length; i++) expect(times[i]! - times[i - 1]!).toBeGreaterThanOrEqual(200);
  });

  it("leaves no timer when it is disposed of, and looks no more", () => {
    const { times, lookout } = looks(0, () => true);
    lookout.hint();
    lookout[Symbol.dispose]();
    lookout.hint();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(1000);
    expect(times).toEqual([]);
  });
});
