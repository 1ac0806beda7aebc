import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, describe, expect, it } from "vitest";
import { runCheck, startChild } from "../../commands/child.ts";

const folder = mkdtempSync(`${tmpdir()}/amtctl-child-`);
afterAll(() => rmSync(folder, { recursive: true }));

const never = new AbortController().signal;

/** Whether a process is there and no zombie. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "latin1"));
  } catch {
    return false;
  }
}

/** The process id that a line of sh wrote. */
async function pidIn(file: string): Promise<number> {
  await expect.poll(() => existsSync(file) && readFileSync(file, "latin1").endsWith("\n"), { timeout: 5000 }).toBe(
    true,
  );
  return Number(readFileSync(file, "latin1"));
}

describe("startChild", () => {
  it.each<[string, string[], string | undefined]>([
    ["well", ["true"], undefined],
    ["with a code", ["sh", "-c", "exit 3"], "ended with 3"],
    ["with the code 1", ["false"], "ended with 1"],
    ["by a signal", ["sh", "-c", "kill -SEGV $$"], "was ended by SIGSEGV"],
  ])("tells of a command that ends %s", async (_, command, reason) => {
    expect(await (await startChild(command)).ended).toBe(reason);
  });
  it("passes words on as they are", async () => {
    const { ended } = await startChild(["sh", "-c", '[ "$1" = "a b" ] && [ "$2" = "*" ]', "sh", "a b", "*"]);
    expect(await ended).toBeUndefined();
  });
  it.each([["/nonexistent/program", "ENOENT"], [folder, "EACCES"]])(
    "rejects with usage for %s, which cannot be run",
    async (path, errno) => {
      await expect(startChild([path])).rejects.toMatchObject({ code: "usage", message: `${path}: ${errno}` });
    },
  );
  it("asks it to end", async () => {
    const child = await startChild(["sleep", "60"]);
    child.terminate();
    expect(await child.ended).toBe("was ended by SIGTERM");
    child.terminate();
  });
  it("does not wait for one that ignores that", async () => {
    const file = `${folder}/stubborn`;
    const child = await startChild(["sh", "-c", `trap '' TERM; echo $$ > ${file}; while :; do sleep 0.1; done`]);
    const pid = await pidIn(file);
    child.terminate();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(isAlive(pid)).toBe(true);
    process.kill(pid, "SIGKILL");
    await child.ended;
    await expect.poll(() => isAlive(pid)).toBe(false);
  });
});

describe("runCheck", () => {
  it.each<[string, string | undefined]>([
    ["true", undefined],
    ["test -d / && test ! -e /nonexistent", undefined],
    ["exit 7", "the check ended with 7"],
    ["nonexistent-program", "the check ended with 127"],
    ["kill -TERM $$", "the check was ended by SIGTERM"],
  ])("answers by the end of %j", async (line, reason) => {
    expect(await runCheck(line, 10_000, never)).toBe(reason);
  });
  it("has nothing on standard input to wait for", async () => {
    expect(await runCheck("cat", 10_000, never)).toBeUndefined();
  });
  it.each([["it takes too long", false], ["the signal fires", true]])("ends with all that it started when %s", async (
    _,
    isAborted,
  ) => {
    const file = `${folder}/started-${isAborted}`;
    const abort = new AbortController();
    const checked = runCheck(`sleep 60 & echo $! > ${file}; wait`, isAborted ? 60_000 : 500, abort.signal);
    const pid = await pidIn(file);
    expect(isAlive(pid)).toBe(true);
    if (isAborted) abort.abort();
    expect(await checked).toBe(isAborted ? "the check was ended by SIGKILL" : "the check took longer than 0.5 s");
    await expect.poll(() => isAlive(pid)).toBe(false);
  });
  it("does not begin to wait when the signal has fired before", async () => {
    const start = performance.now();
    expect(await runCheck("sleep 60", 60_000, AbortSignal.abort())).toBeDefined();
    expect(performance.now() - start).toBeLessThan(5000);
  });
  it("does not wait for what the check left in the background", async () => {
    const file = `${folder}/left`;
    const start = performance.now();
    expect(await runCheck(`sleep 60 & echo $! > ${file}`, 30_000, never)).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(5000);
    process.kill(await pidIn(file), "SIGKILL");
  });
});
