/**
 * Programs of the guest that use a local management service, on 127.0.0.1. `carry DOWN UP LENGTH`: four sessions take
 * LENGTH bytes each from port DOWN, three send as many to port UP, which answers with their SHA-256, while HTTP with
 * digest fetches LENGTH bytes from port 16992; prints what came of each. `endure ENDLESS DOWN`: seven sessions take bytes
 * until they end; prints `flowing` when all flow, then how they ended and after how many ms a new one worked.
 */
import { createHash } from "node:crypto";
import { connect, type Socket } from "node:net";
import process from "node:process";
import { pattern } from "../../../../simulator/pattern.ts";

interface Outcome {
  readonly how: string;
  readonly bytes: Uint8Array;
}

const [mode, ...numbers] = process.argv.slice(2);
const [first = 0, second = 0, length = 0] = numbers.map(Number);
await (mode === "carry" ? carry() : endure());
process.exit(0);

async function carry(): Promise<void> {
  const [downs, ups, fetched] = await Promise.all([
    Promise.all([1, 2, 3, 4].map(() => session(first))),
    Promise.all([1, 2, 3].map(() => session(second, pattern(length)))),
    fetch(`/bytes/${length}`),
  ]);
  print({
    downs: downs.map(({ how, bytes }) => `${how} ${sha256(bytes)}`),
    ups: ups.map(({ how, bytes }) => `${how} ${new TextDecoder().decode(bytes)}`),
    fetched: sha256(fetched),
  });
}

async function endure(): Promise<void> {
  const sessions = [1, 2, 3, 4, 5, 6, 7].map(() => {
    let flows = () => {};
    const flowing = new Promise<void>((resolve) => flows = resolve);
    return { flowing, ended: session(first, [], (bytes) => bytes > 50_000 && flows()) };
  });
  await Promise.all(sessions.map(({ flowing }) => flowing));
  console.log("flowing");
  const ended = await Promise.all(sessions.map(({ ended }) => ended));
  const start = performance.now();
  while ((await session(second)).how !== "end") await new Promise((resolve) => setTimeout(resolve, 50));
  print({ ended: ended.map(({ how }) => how), retriedMs: Math.round(performance.now() - start) });
}

/** One connection until its end: what came, and how it ended, `end` or an errno. */
function session(port: number, sent: Iterable<Uint8Array> = [], seen = (_bytes: number) => {}): Promise<Outcome> {
  const socket: Socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  socket.on("data", (piece: Uint8Array) => {
    pieces.push(piece);
    seen(bytes += piece.length);
  });
  for (const piece of sent) socket.write(piece);
  return new Promise<string>((resolve) => {
    socket.once("end", () => resolve("end"));
    socket.once("error", (error) => resolve((error as { code?: string }).code ?? error.message));
  }).then((how) => {
    socket.destroy();
    return { how, bytes: Buffer.concat(pieces) };
  });
}

/** The body of an answer, with the digest that a first answer asks for (RFC 7616). */
async function fetch(uri: string): Promise<Uint8Array> {
  const front = `GET ${uri} HTTP/1.1\r\nHost: localhost:16992\r\nConnection: close\r\n`;
  const ask = async (more: string) => (await session(16992, [new TextEncoder().encode(`${front}${more}\r\n`)])).bytes;
  const challenge = new TextDecoder("latin1").decode(await ask(""));
  const [, realm, nonce] = /realm="([^"]*)", nonce="([^"]*)"/.exec(challenge)!;
  const md5 = (text: string) => createHash("md5").update(text).digest("hex");
  const response = md5(`${md5(`admin:${realm}:P@ssw0rd`)}:${nonce}:00000001:abc:auth:${md5(`GET:${uri}`)}`);
  const answer = await ask(
    `Authorization: Digest username="admin", realm="${realm}", nonce="${nonce}", uri="${uri}", qop=auth, ` +
      `nc=00000001, cnonce="abc", response="${response}"\r\n`,
  );
  return answer.subarray(Buffer.from(answer).indexOf("\r\n\r\n") + 4);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function print(value: object): void {
  console.log(JSON.stringify(value));
}
