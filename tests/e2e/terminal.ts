import { spawn, spawnSync } from "node:child_process";

const [, major = "0", minor = "0"] = /(\d+)\.(\d+)/.exec(spawnSync("script", ["--version"]).stdout?.toString() ?? "") ??
  [];
/** Why no terminal can be had; `--echo` came with util-linux 2.36. */
export const whyNoTerminal = Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 36)
  ? undefined
  : "script of util-linux 2.36 is not installed";

/** A line of sh on a terminal of its own. */
export interface Session {
  /** All that it has shown. */
  readonly shown: string;
  /** Resolves when it shows this, behind what an earlier call waited for. */
  until(text: string): Promise<void>;
  type(text: string): void;
}

/** Runs a line of sh whose input, output and terminal is a pseudo-terminal that echoes. */
export function onTerminal(line: string): Session {
  const { PATH = "", HOME = "/root" } = process.env;
  const words = ["--quiet", "--echo", "always", "--command", line, "/dev/null"];
  const child = spawn("script", words, { env: { PATH, HOME, SHELL: "/bin/sh", TERM: "dumb" } });
  let shown = "";
  let seen = 0;
  let wake = () => {};
  child.stdout.on("data", (chunk: Uint8Array) => {
    shown += new TextDecoder().decode(chunk);
    wake();
  });
  child.stdin.on("error", () => {});
  child.on("close", () => wake());
  return {
    get shown() {
      return shown;
    },
    async until(text) {
      for (let at = shown.indexOf(text, seen);; at = shown.indexOf(text, seen)) {
        if (at >= 0) {
          seen = at + text.length;
          return;
        }
        if (child.exitCode !== null) throw new Error(`ended before it showed ${text}: ${shown}`);
        await new Promise<void>((resolve) => wake = resolve);
      }
    },
    type: (text) => void child.stdin.write(text),
  };
}
