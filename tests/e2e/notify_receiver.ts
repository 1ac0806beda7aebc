// A supervisor's end of NOTIFY_SOCKET: prints "bound", and then each datagram as a line of JSON, until it is killed.
import process from "node:process";
import { loadLibc } from "../../ffi/load.ts";
import { datagramReceiver } from "../ffi/raw_calls.ts";

const PAUSE_MS = 10;

const receiver = datagramReceiver(process.argv[2]!);
const libc = await loadLibc();
process.stdout.write("bound\n");
setInterval(() => {
  const into = new Uint8Array(8192);
  try {
    for (;;) {
      const text = new TextDecoder().decode(into.subarray(0, libc.read(receiver, into)));
      process.stdout.write(`${JSON.stringify(text)}\n`);
    }
  } catch {
    // There is no more of it for now.
  }
}, PAUSE_MS);
