import { describe, expect, it } from "vitest";
import { openMachine } from "../../commands/machine.ts";
import setup, { rulePath, ruleText } from "../../commands/setup_permissions.ts";
import { catalog } from "../../core/errors/mod.ts";
import { treeHost } from "../services/tree_host.ts";
import { fakeContext, plain } from "./fakes.ts";

const absent = () => {
  throw new Error("no device");
};

describe("setup permissions", () => {
  it("prints the rule and the commands when nothing is there", async () => {
    const output = await setup.run(fakeContext({ host: treeHost({}) }), { apply: false }, []);
    expect(output).toMatchObject({ groupExists: false, rule: { state: "absent" }, applied: [] });
    expect(setup.render(output, plain, { apply: false })).toMatchInlineSnapshot(`
      "Write /etc/udev/rules.d/70-amtctl.rules:
        # Made by amtctl setup permissions: members of the group mei may use the Management Engine.
        SUBSYSTEM=="mei", KERNEL=="mei*", GROUP="mei", MODE="0660"
      Run as root:
        groupadd --system mei
        usermod --append --groups mei USER
        udevadm control --reload
        udevadm trigger --subsystem-match=mei"
    `);
  });
  it("leaves out the group when it exists, and sees that the rule is in place", async () => {
    const host = treeHost({ "/etc/group": "root:x:0:\nmei:x:990:\n", [rulePath]: ruleText });
    const output = await setup.run(fakeContext({ host }), { apply: false }, []);
    expect(output).toMatchObject({ groupExists: true, rule: { state: "same" } });
    expect(output.commands.join()).not.toContain("groupadd");
    expect(setup.render(output, plain, { apply: false })).toMatch(
      /^\/etc\/udev\/rules\.d\/70-amtctl\.rules is in place:\n/,
    );
  });
  it("--apply refuses a simulated machine", async () => {
    await using machine = await openMachine({ device: "sim" });
    await expect(setup.run(fakeContext(machine), { apply: true }, [])).rejects.toMatchObject({ code: "usage" });
  });
  it("--apply refuses a user who is not root", async () => {
    const run = setup.run(fakeContext({ host: treeHost({}, { uid: 1000 }), device: absent }), { apply: true }, []);
    await expect(run).rejects.toMatchObject({ code: "mei.permission", hint: "Run it with sudo" });
  });
  it("--apply refuses to replace another rule", async () => {
    const host = treeHost({ [rulePath]: "# mine\n" }, { uid: 0 });
    const run = setup.run(fakeContext({ host, device: absent }), { apply: true }, []);
    await expect(run).rejects.toMatchObject({ code: "io.write", details: { path: rulePath } });
  });
  it("is the command that the hint of mei.permission names", () => {
    expect(catalog["mei.permission"].hint).toContain("amtctl setup permissions");
  });
});
