import { describe, expect, it } from "vitest";
import { forms, run } from "./processes.ts";

// FWU of the simulator never answers, so the command waits until it is told to end.
const waiting = ["--device", "sim", "send", "FWU", "00", "-vvv"];

describe.each(forms)("on $name", ({ program }) => {
  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "%s ends a command that waits with 130 and the error cancelled",
    async (signal) => {
      let sent = false;
      const { code, out, err } = await run([...program, ...waiting], {
        onError(text, kill) {
          if (!sent && text.includes("FWU < 1 bytes")) kill(signal);
          sent ||= text.includes("FWU < 1 bytes");
        },
      });
      expect([code, out]).toEqual([130, ""]);
      expect(err).toContain("error: interrupted (cancelled)\n");
    },
  );

  it("SIGHUP does not end a command that was started to ignore it, as nohup does", async () => {
    let sent = false;
    const { code, err } = await run(["nohup", ...program, ...waiting, "--timeout", "1500ms"], {
      onError(text, kill) {
        if (!sent && text.includes("FWU < 1 bytes")) kill("SIGHUP");
        sent ||= text.includes("FWU < 1 bytes");
      },
    });
    expect([sent, code]).toEqual([true, 15]);
    expect(err).toContain("no answer within 1500ms (indeterminate)\n");
  });

  it("--timeout ends it in time, with 15 since the message was sent", async () => {
    const start = performance.now();
    const { code, err } = await run([...program, ...waiting, "--timeout", "200ms"]);
    expect(code).toBe(15);
    expect(err).toContain("error: the message was sent, and then: no answer within 200ms (indeterminate)\n");
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it("waits for standard input no longer than --timeout", async () => {
    const command = [...program, "--device", "sim", "send", "FWU", "-", "--timeout", "200ms", "--json"];
    const { code, err } = await run(command, { input: { open: true } });
    expect(code).toBe(12);
    expect(JSON.parse(err).error.code).toBe("timeout");
  });
});
