/** Runs every check that needs no test, all of them even when one fails: `check.ts [NAME…]`. */

const checks: Readonly<Record<string, readonly string[]>> = {
  format: ["fmt", "--check", "--quiet"],
  lint: ["lint", "--quiet"],
  types: ["check", "--quiet", "."],
  layers: ["run", "-A", "scripts/check_layers.ts"],
  schemas: ["run", "-A", "scripts/generate_schemas.ts", "--check"],
  verification: ["run", "-A", "scripts/generate_verification.ts", "--check"],
};

const names = Deno.args.length > 0 ? Deno.args : Object.keys(checks);
const failed: string[] = [];
for (const name of names) {
  const args = checks[name];
  if (args === undefined) {
    console.error(`check: there is no ${name}, only ${Object.keys(checks).join(", ")}`);
    Deno.exit(2);
  }
  const { success } = await new Deno.Command(Deno.execPath(), { args: [...args], stdin: "null" }).spawn().status;
  if (!success) failed.push(name);
}
console.error(failed.length === 0 ? `check: ${names.join(", ")} pass` : `check: ${failed.join(", ")} failed`);
Deno.exit(failed.length === 0 ? 0 : 1);
