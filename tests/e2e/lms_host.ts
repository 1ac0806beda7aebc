import type { AnyCommand, CommandGroup, Context } from "../../commands/command.ts";
import { currentRuntime } from "../../commands/context.ts";
import lms from "../../commands/lms.ts";
import { program } from "../../commands/program.ts";

/** `lms` as on real hardware, with simulated firmware: it writes the hosts file, and has the socket of this machine. */
const hosted = {
  ...lms,
  stream(context: Context, ...rest: readonly unknown[]) {
    const machine = async () => ({ ...await context.machine(), simulated: false });
    return Reflect.apply(lms.stream, lms, [Object.create(context, { machine: { value: machine } }), ...rest]);
  },
};

const root: CommandGroup = { brief: "", commands: { lms: () => Promise.resolve({ default: hosted as AnyCommand }) } };
const runtime = await currentRuntime();
runtime.exit(await program(runtime, root));
