import { describe, expect, it } from "vitest";
import { GuestProcess } from "./guest_process.ts";

describe("GuestProcess", () => {
  it("until looks no more once it has found something, though more comes at the same time", async () => {
    const process = new GuestProcess("true", { input() {}, end() {}, kill() {} });
    const looked: string[] = [];
    const found = process.until(({ stdout }) => (looked.push(stdout), stdout.length > 0 || undefined), 1000);
    for (const text of ["one", "two"]) process.output("stdout", new TextEncoder().encode(text));
    expect(await found).toBe(true);
    expect(looked).toEqual(["", "one"]);
    expect(process.stdout).toBe("onetwo");
  });
});
