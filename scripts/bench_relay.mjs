/** A plain relay of TCP connections, the least that a tunnel can cost on its runtime: `bench_relay.mjs PORT`; prints its own port. */

import { connect, createServer } from "node:net";
import process from "node:process";

const to = Number(process.argv.at(-1));
const server = createServer({ allowHalfOpen: true }, (near) => {
  const far = connect({ port: to, host: "127.0.0.1", allowHalfOpen: true });
  for (const socket of [near, far]) socket.setNoDelay(true);
  near.pipe(far);
  far.pipe(near);
  near.on("error", () => far.destroy());
  far.on("error", () => near.destroy());
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.on("SIGTERM", () => process.exit(0));
