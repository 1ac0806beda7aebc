import { describe, expect, it } from "vitest";
import { abortError, AmtError, catalog, errorData, exitCodes } from "../../core/errors/mod.ts";
import { delay, unlessAborted } from "../../core/delay.ts";

describe("catalog", () => {
  it("has a hint and a documented exit code for every code", () => {
    for (const [code, entry] of Object.entries(catalog)) {
      expect(exitCodes[entry.exit], code).toBeDefined();
      expect(entry.hint, code).toMatch(/^[A-Z].*[^.]$/);
    }
  });
  it("uses every exit code but 0", () => {
    const used = new Set(Object.values(catalog).map(({ exit }) => String(exit)));
    expect(Object.keys(exitCodes).filter((code) => code !== "0" && !used.has(code))).toEqual([]);
  });
});

describe("AmtError", () => {
  it("takes hint and exit code from the catalog unless it knows better", () => {
    expect(new AmtError("mei.busy", "x")).toMatchObject({ exitCode: 5, hint: catalog["mei.busy"].hint, details: {} });
    expect(new AmtError("mei.busy", "x", { hint: "y" }).hint).toBe("y");
  });
  it("is data for --json without its cause", () => {
    const error = new AmtError("timeout", "AMTHI: no answer in time", {
      details: { errno: "EFAULT" },
      cause: new Error("c"),
    });
    expect(errorData(error)).toEqual({
      error: {
        code: "timeout",
        exitCode: 12,
        message: "AMTHI: no answer in time",
        hint: catalog.timeout.hint,
        details: { errno: "EFAULT" },
      },
    });
  });
});

describe("abortError", () => {
  it("tells a timeout from an interruption", async () => {
    const timed = AbortSignal.timeout(1);
    await new Promise((resolve) => timed.addEventListener("abort", resolve));
    expect(abortError(timed, "x").code).toBe("timeout");
    expect(abortError(AbortSignal.abort(), "x").code).toBe("cancelled");
  });
  it("passes on a reason that is an AmtError", () => {
    const reason = new AmtError("mei.reset", "gone");
    expect(abortError(AbortSignal.abort(reason), "x")).toBe(reason);
  });
});

describe("delay", () => {
  it("rejects when its signal fires", async () => {
    const controller = new AbortController();
    const wait = delay(60_000, controller.signal, "x");
    controller.abort();
    await expect(wait).rejects.toMatchObject({ code: "cancelled" });
    await expect(delay(0, controller.signal, "x")).rejects.toMatchObject({ code: "cancelled" });
  });
});

describe("unlessAborted", () => {
  it("hands abandoned work over once", async () => {
    const controller = new AbortController();
    let abandoned = 0;
    const wait = unlessAborted(new Promise(() => {}), controller.signal, "x", () => abandoned++);
    controller.abort();
    await expect(wait).rejects.toMatchObject({ code: "cancelled" });
    expect(abandoned).toBe(1);
  });
  it("passes on value and error of work that was in time", async () => {
    const { signal } = new AbortController();
    const never = () => expect.unreachable();
    await expect(unlessAborted(Promise.resolve(1), signal, "x", never)).resolves.toBe(1);
    await expect(unlessAborted(Promise.reject(new Error("e")), signal, "x", never)).rejects.toThrow("e");
  });
});
