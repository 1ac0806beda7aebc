import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runInChroot, whyNoChroot } from "./chroot.ts";

const missing = whyNoChroot();
const ascii = /^[\n\x20-\x7e]*$/;

describe.skipIf(missing !== undefined)(
  `the Bun executable on a bare read-only system${missing === undefined ? "" : ` (${missing})`}`,
  () => {
    it.each([
      ["--version"],
      ["clients"],
      ["clients --probe --json"],
      ["devices"],
      ["status --hashes --json"],
      ["status --get amtVersion"],
      ["hfsts"],
      ["explain 0x814"],
      ["send MKHI ff020000"],
      ["schema clients"],
      ["help"],
      ["help exit-codes"],
      ["watchdog status --json"],
      ["watchdog ping"],
      ["setup permissions"],
      ["wsman identify --user $$OsAdmin"],
      ["wsman get AMT_GeneralSettings --user $$OsAdmin --json"],
      ["wsman enum AMT_GeneralSettings --user $$OsAdmin --xml"],
      ["wsman put AMT_GeneralSettings HostName=laptop1 --user $$OsAdmin"],
      ["wsman classes AMT_GeneralSettings"],
    ])("%s works on the simulator, in ASCII", async (line) => {
      const { code, out, err } = await runInChroot(["--device", "sim", ...line.split(" ")]);
      expect([code, err]).toEqual([0, ""]);
      expect(out).not.toBe("");
      expect(out).toMatch(ascii);
    });

    it("sim serve listens until its time is over", async () => {
      const { code, out } = await runInChroot("sim serve --listen 0 --tls 0 --timeout 2s".split(" "));
      expect(code).toBe(12);
      expect(out).toMatch(/^simulated AMT "activated" on http:\/\/127\.0\.0\.1:\d+ and https:\/\/127\.0\.0\.1:\d+; /);
    });

    it("wsman invoke takes a password from standard input", async () => {
      const { code, err } = await runInChroot(
        "--device sim wsman invoke AMT_MessageLog FreezeLog Freeze=true --password-file -".split(" "),
      );
      // There is nothing on it.
      expect([code, err]).toEqual([2, expect.stringContaining("standard input")]);
    });

    it("an error of the command line is told in ASCII", async () => {
      const { code, out, err } = await runInChroot(["cleints"]);
      expect([code, out]).toEqual([2, ""]);
      expect(err).toMatch(/^error: .*\(usage\)\nhint: /);
      expect(err).toMatch(ascii);
    });

    it.skipIf(existsSync("/sys/class/mei/mei0"))
      .each(["clients", "clients --probe", "devices", "status", "is activated", "hfsts", "send MKHI ff020000"])(
        "%s ends with 3 on a machine without a Management Engine",
        async (line) => {
          const { code, out, err } = await runInChroot(line.split(" "));
          expect([code, out]).toEqual([3, ""]);
          expect(err).toMatch(/^error: no Management Engine device: .*\(mei\.absent\)\nhint: .+\n$/);
          expect(err).toMatch(ascii);
        },
      );

    it("a terminal of which nothing is known gets plain text", async () => {
      const { code, out } = await runInChroot(["--device", "sim", "clients"], { terminal: true });
      expect(code).toBe(0);
      expect(out).toMatch(/^NAME +GUID/);
      expect(out).toMatch(/^[\r\n\x20-\x7e]*$/);
    });

    it("without libc the loader names it in one line", async () => {
      const { code, out, err } = await runInChroot(["--version"], { lack: "libc" });
      expect([code, out]).toEqual([127, ""]);
      expect(err).toMatch(/^\/amtctl: error while loading shared libraries: libc\.so\.6: .+\n$/);
    });

    // Bun's engine needs /proc/self before any of this program runs, so the message cannot be ours.
    it("without /proc Bun itself aborts and prints nothing on stdout", async () => {
      const { signal, code, out, err } = await runInChroot(["--version"], { lack: "proc" });
      expect([signal ?? code, out]).toEqual(["SIGABRT", ""]);
      expect(err).toContain("panic(main thread): abort() called");
    });
  },
);
