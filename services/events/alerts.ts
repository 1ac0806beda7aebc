import { AmtError } from "../../core/errors/mod.ts";
import type { ApfChannel } from "../../protocols/apf/mod.ts";
import { alertMeaning } from "./meanings.ts";

/** What the firmware tells the host of: a CIM_AlertIndication. */
export interface Alert {
  /** `iAMT0050` */
  messageId: string;
  /** The first of the message's arguments. */
  argument: string;
  message: string;
  /** What peers know of it; `null` for one that they do not name. */
  meaning: string | null;
}

/** Much more than any post; those seen have about 2 KiB. */
const LARGEST_POST = 64 * 1024;
const POST_MS = 15_000;
const HEAD_END = "\r\n\r\n";

/**
 * Reads the post that the firmware makes in a channel of its own, and closes the channel. Rejects with
 * `firmware.protocol` for what is no such post.
 */
export async function readAlert(channel: ApfChannel): Promise<Alert> {
  try {
    const post = await readPost(channel, AbortSignal.timeout(POST_MS));
    return parseAlert(post);
  } finally {
    await channel.close().catch(() => {});
  }
}

/** The alert in the body of a post. Throws `firmware.protocol`. */
export function parseAlert(post: string): Alert {
  // The head of the envelope has a MessageID of its own.
  const body = post.slice(Math.max(0, post.search(/<(?:[\w-]{1,32}:)?Body[\s>]/)));
  const messageId = property(body, "MessageID");
  if (messageId === undefined || !/^[\x21-\x7e]{1,64}$/.test(messageId)) {
    throw new AmtError("firmware.protocol", "the firmware posted an event without MessageID");
  }
  const argument = property(body, "MessageArguments") ?? "";
  return { messageId, argument, message: property(body, "Message") ?? "", meaning: alertMeaning(messageId, argument) };
}

async function readPost(channel: ApfChannel, signal: AbortSignal): Promise<string> {
  const decoder = new TextDecoder("latin1");
  let text = "";
  for (;;) {
    const bytes = await channel.read({ signal });
    if (bytes === undefined) return text;
    text += decoder.decode(bytes);
    if (text.length > LARGEST_POST) throw new AmtError("firmware.protocol", "the firmware posts an event without end");
    if (isWhole(text)) return text;
  }
}

/** Ends with as many bytes after the head as Content-Length says. */
function isWhole(text: string): boolean {
  const head = text.indexOf(HEAD_END);
  if (head < 0) return false;
  const length = /^content-length:\s*(\d{1,7})\s*$/im.exec(text.slice(0, head))?.[1];
  return length !== undefined && text.length - head - HEAD_END.length >= Number(length);
}

/** The text of the first element of this name, whatever its prefix. */
function property(xml: string, name: string): string | undefined {
  const text = new RegExp(`<(?:[\\w-]{1,32}:)?${name}(?:\\s[^<>]{0,256})?>([^<]{0,4096})<`).exec(xml)?.[1];
  return text?.replaceAll(/&(?:(lt|gt|amp|quot|apos)|#(\d{1,3}));/g, (_, entity: keyof typeof entities, number) => {
    return entity === undefined ? String.fromCharCode(Number(number)) : entities[entity];
  }).trim();
}

const entities = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };
