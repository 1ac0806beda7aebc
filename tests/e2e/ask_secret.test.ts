import { describe, expect, it } from "vitest";
import { run, script, sourceForms } from "./processes.ts";
import { onTerminal, whyNoTerminal } from "./terminal.ts";

const QUESTION = "Password for admin@amt.example\\x1b[2J: ";
/** Of the terminal, as it stands before and after. */
const STATE = "stty -a | grep -o -e '-\\?echo\\b' -e '-\\?icanon' -e 'susp = [^;]*'";

/** On a terminal: its state, the process and what it shows, its exit code, and the state again. */
function asking(runtime: readonly string[], flags = "") {
  const program = [...runtime, script("ask_secret.ts"), "ask", flags].join(" ");
  return onTerminal(`trap : INT; ${STATE}; sh -c 'echo pid $$; exec ${program}'; echo "exit $?"; ${STATE}; echo over`);
}

function states(shown: string): string[] {
  const lines = shown.split(/\r?\n/);
  return lines.filter((line) => /^(?:-?echo|-?icanon|susp = .*)$/.test(line));
}

const asBefore = ["susp = ^Z", "icanon", "echo"].sort();

const title = whyNoTerminal === undefined ? "" : ` (skipped: ${whyNoTerminal})`;
describe.skipIf(whyNoTerminal !== undefined).each(sourceForms)(`askSecret on $name${title}`, ({ runtime }) => {
  it("shows nothing of the answer, takes UTF-8 and corrections, and leaves the terminal as it was", async () => {
    const session = asking(runtime);
    await session.until(QUESTION);
    session.type("Pé\u007fx\u0015P@ssé\u007f€\n");
    await session.until("over");
    expect(session.shown).toContain("80 64 115 115 8364\r\nexit 0\r\n");
    expect(session.shown.slice(session.shown.indexOf(QUESTION) + QUESTION.length)).not.toContain("P@ss");
    expect(states(session.shown).slice(0, 3).sort()).toEqual(asBefore);
    expect(states(session.shown).slice(3).sort()).toEqual(asBefore);
  });

  it.each([
    ["Ctrl-C", "\u0003", "", "error: interrupted (cancelled)", 130],
    ["Ctrl-D", "\u0004", "", "error: no password was typed (cancelled)", 130],
    ["an empty line", "\n", "", "error: the password from the terminal is empty (usage)", 2],
    ["Ctrl-Z", "\u001a\n", "", "error: the password from the terminal has a control character (usage)", 2],
    ["--timeout", "half", "--timeout 300ms", "error: no answer within 300ms (timeout)", 12],
  ])("brings the echo back at %s", async (_, typed, flags, error, code) => {
    const session = asking(runtime, flags);
    await session.until(QUESTION);
    session.type(typed);
    await session.until("over");
    expect(session.shown).toContain(`${error}\r\n`);
    expect(session.shown).toContain(`exit ${code}\r\n`);
    expect(session.shown).not.toContain("half");
    expect(states(session.shown).slice(3).sort()).toEqual(asBefore);
  });

  it("brings the echo back at SIGTERM", async () => {
    const session = asking(runtime);
    await session.until(QUESTION);
    process.kill(Number(/pid (\d+)/.exec(session.shown)![1]), "SIGTERM");
    await session.until("over");
    expect(session.shown).toContain("exit 130\r\n");
    expect(states(session.shown).slice(3).sort()).toEqual(asBefore);
  });

  it("rejects with usage, and names the ways, where there is no terminal", async () => {
    const { code, err } = await run(["setsid", ...runtime, script("ask_secret.ts"), "ask"]);
    expect(code).toBe(2);
    expect(err).toContain("error: no password is given, and there is no terminal to ask for it (usage)\n");
    expect(err).toContain("--password-file FILE");
  });
});
