/** Prints the result of an errno storm as JSON. */
import { loadLibc } from "../../../ffi/load.ts";
import { errnoStorm } from "../errno_storm.ts";

const libc = await loadLibc();
console.log(JSON.stringify(await errnoStorm(libc, 30_000)));
libc.dispose();
