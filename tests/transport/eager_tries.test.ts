import { describe, expect, it } from "vitest";
import { EagerTries, nextTurn } from "../../transport/eager_tries.ts";

function busy(): EagerTries {
  const tries = new EagerTries();
  for (let i = 0; i < 64; i++) tries.next();
  return tries;
}

describe("EagerTries", () => {
  it("has none for a descriptor that is asked a few things", () => {
    const tries = new EagerTries();
    expect(Array.from({ length: 64 }, () => tries.next())).toEqual(Array(64).fill(0));
    expect(tries.next()).toBe(5);
  });
  it("has some for each wait as long as they pay", () => {
    const tries = busy();
    for (let i = 0; i < 100; i++) {
      expect(tries.next()).toBe(5);
      tries.paid();
    }
  });
  it("leaves 16 waits to the poll after tries that were in vain", () => {
    const tries = busy();
    expect(Array.from({ length: 35 }, () => tries.next()).map((count, i) => count > 0 ? i : -1).filter((i) => i >= 0))
      .toEqual([0, 17, 34]);
  });
});

describe("nextTurn", () => {
  it("lets what is ready be done first", async () => {
    let isDone = false;
    setImmediate(() => isDone = true);
    await nextTurn();
    expect(isDone).toBe(true);
  });
});
