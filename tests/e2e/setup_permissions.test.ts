import { spawnSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { forms, run } from "./processes.ts";

const mayMount = spawnSync("unshare", ["--mount", "--propagation", "private", "true"]).status === 0;
const reason = mayMount ? "" : " (needs root and mount namespaces)";
const rulePath = "/etc/udev/rules.d/70-amtctl.rules";
let scratch: string;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "amtctl-etc-"));
});
afterAll(() => rmdirSync(scratch));

/** Runs lines of sh with a copy of /etc, without the group and the rule, in place of it. */
function withOwnEtc(program: readonly string[], lines: string) {
  const inside = `set -e; mount -t tmpfs etc "$SCRATCH"; cp -a /etc/. "$SCRATCH"; mount --bind "$SCRATCH" /etc
    rm -f ${rulePath}; sed -i /^mei:/d /etc/group
    [ ! -e /etc/gshadow ] || sed -i /^mei:/d /etc/gshadow
    ${lines}`;
  const command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", inside];
  return run(command, { env: { SCRATCH: scratch, PROGRAM: program.join(" ") } });
}

describe.skipIf(!mayMount).each(forms)(`setup permissions --apply on $name${reason}`, ({ program }) => {
  it("makes the group and writes the rule, once", async () => {
    const { code, out } = await withOwnEtc(
      program,
      `$PROGRAM setup permissions --apply --json >/dev/null; $PROGRAM setup permissions --apply --json 2>/dev/null
       grep -c ^mei: /etc/group; stat -c %a ${rulePath}; ls /etc/udev/rules.d | grep -c amtctl; cat ${rulePath}`,
    );
    expect(code).toBe(0);
    const end = out.lastIndexOf("}") + 2;
    expect(JSON.parse(out.slice(0, end))).toMatchObject({ groupExists: true, rule: { path: rulePath, state: "same" } });
    expect(out.slice(end)).toMatch(/^1\n644\n1\n# .*\nSUBSYSTEM=="mei", KERNEL=="mei\*", GROUP="mei", MODE="0660"\n$/);
  });

  it("leaves another rule as it is, and ends with 1", async () => {
    const { code, out, err } = await withOwnEtc(
      program,
      `mkdir -p /etc/udev/rules.d; echo mine >${rulePath}; code=0; $PROGRAM setup permissions --apply || code=$?
       cat ${rulePath}; grep -c ^mei: /etc/group || true; exit $code`,
    );
    expect([code, out]).toEqual([1, "mine\n0\n"]);
    expect(err).toMatch(
      /^error: \/etc\/udev\/rules\.d\/70-amtctl\.rules exists and is another rule \(io\.write\)\nhint: /,
    );
  });

  it("tells a read-only /etc in one line", async () => {
    const { code, out, err } = await withOwnEtc(
      program,
      `groupadd --system mei; mount -o remount,bind,ro /etc; $PROGRAM setup permissions --apply`,
    );
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain(`error: ${rulePath}: EROFS (io.write)\n`);
  });
});
