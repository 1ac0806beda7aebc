import { AmtError } from "../core/errors/mod.ts";
import type { Host } from "../ffi/host.ts";
import { command } from "./command.ts";
import type { Machine } from "./machine.ts";
import type { SetupPermissionsOutput } from "./setup_permissions.schema.ts";

/** Its members may use the nodes. */
export const group = "mei";
/** After the rules of the system (50), before those that an administrator numbers last. */
export const rulePath = "/etc/udev/rules.d/70-amtctl.rules";
const rule = `SUBSYSTEM=="mei", KERNEL=="mei*", GROUP="${group}", MODE="0660"`;
export const ruleText =
  `# Made by amtctl setup permissions: members of the group ${group} may use the Management Engine.\n${rule}\n`;

export default command({
  brief: "Let a group use the Management Engine without root, by a udev rule",
  description: "Members of the group can do all that the Management Engine lets this machine do, changes among it. " +
    "Without --apply nothing is written.",
  flags: {
    apply: { kind: "switch", brief: "Make the group and write the rule; as root. A different file is left as it is" },
  },
  arguments: [],
  examples: ["amtctl setup permissions", "sudo amtctl setup permissions --apply"],

  async run(context, { apply }): Promise<SetupPermissionsOutput> {
    const machine = await context.machine();
    const before = state(machine.host);
    if (!apply) return { ...before, applied: [], commands: missing(before), unavailable: [], warnings: [] };
    refuse(machine, before);
    const { applyPermissions } = await import("./setup_apply.ts");
    const { applied, warnings } = await applyPermissions(before, context.signal);
    const after = state(machine.host);
    return { ...after, applied, commands: [addUser], unavailable: [], warnings };
  },

  render({ rule: { path, text, state }, applied, commands }) {
    const done = applied.map((each) => `done: ${each}`);
    if (applied.length > 0) return [...done, "Then add who may use it:", ...commands.map(indented)].join("\n");
    const head = state === "same" ? `${path} is in place:` : `Write ${path}:`;
    return [head, ...text.trimEnd().split("\n").map(indented), "Run as root:", ...commands.map(indented)].join("\n");
  },
});

type State = Pick<SetupPermissionsOutput, "group" | "groupExists" | "rule">;

const addUser = `usermod --append --groups ${group} USER`;

function state(host: Host): State {
  const groups = host.readText("/etc/group") ?? "";
  const present = host.readText(rulePath);
  const isThere = present !== undefined || host.stat(rulePath) !== undefined;
  return {
    group,
    groupExists: groups.split("\n").some((line) => line.startsWith(`${group}:`)),
    rule: { path: rulePath, text: ruleText, state: !isThere ? "absent" : present === ruleText ? "same" : "different" },
  };
}

function missing({ groupExists }: State): string[] {
  return [
    ...(groupExists ? [] : [`groupadd --system ${group}`]),
    addUser,
    "udevadm control --reload",
    "udevadm trigger --subsystem-match=mei",
  ];
}

/** What is written goes to this machine, whatever `--device` says. */
function refuse(machine: Machine, { rule }: State): void {
  if (machine.simulated) {
    throw new AmtError("usage", "--apply: a simulated machine has no udev", { hint: "Leave out --device" });
  }
  if (machine.host.uid !== 0) {
    const message = `user ${machine.host.uid} may not write ${rule.path}`;
    throw new AmtError("mei.permission", message, { hint: "Run it with sudo" });
  }
  if (rule.state === "different") {
    throw new AmtError("io.write", `${rule.path} exists and is another rule`, {
      hint: "Compare it with what amtctl setup permissions prints, and move it away",
      details: { path: rule.path },
    });
  }
}

function indented(line: string): string {
  return `  ${line}`;
}
