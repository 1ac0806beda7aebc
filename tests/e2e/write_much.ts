import { currentRuntime } from "../../commands/context.ts";
import { writeAll } from "../../commands/writer.ts";

/** Writes a given count of bytes to standard output, as the program writes, in pieces that differ. */
const runtime = await currentRuntime();
const bytes = Uint8Array.from({ length: Number(runtime.args[0]) }, (_, i) => i % 251);
await writeAll(runtime, "stdout", bytes.subarray(0, 1000));
await writeAll(runtime, "stdout", bytes.subarray(1000));
runtime.exit(0);
