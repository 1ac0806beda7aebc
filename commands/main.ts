import { currentRuntime } from "./context.ts";
import { program } from "./program.ts";
import { root } from "./root.ts";

const runtime = await currentRuntime();
runtime.exit(await program(runtime, root));
