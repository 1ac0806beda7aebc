import { AmtError } from "../core/errors/mod.ts";
import type { WsmanInstance, XmlElement } from "../protocols/wsman/mod.ts";
import type { Context } from "./command.ts";
import { PASSWORD_WAYS, type PasswordFlags } from "./password.ts";
import { readFile } from "./read_file.ts";
import { readInput } from "./read_input.ts";
import { parseJson } from "./wsman_values.ts";

/** What a file holds that is to be sent. */
export type GivenBody =
  | { readonly kind: "json"; readonly instance: WsmanInstance }
  | { readonly kind: "xml"; readonly element: XmlElement };

/** More than AMT takes. */
const LARGEST = 1 << 20;

/**
 * Reads a body, JSON or XML, from a file, or from standard input for `-`. Rejects with `usage` for anything else, and
 * where the password is to come from standard input too.
 */
export async function readBody(
  context: Context,
  path: string,
  { passwordFile, passwordFd }: PasswordFlags,
): Promise<GivenBody> {
  if (path === "-" && (passwordFile === "-" || passwordFd === 0)) {
    throw new AmtError("usage", "standard input is the body, and cannot be the password too", { hint: PASSWORD_WAYS });
  }
  const name = path === "-" ? "standard input" : path;
  const bytes = path === "-"
    ? await readInput(context.input, LARGEST, context.signal)
    : await readFile(path, LARGEST, context.signal);
  const text = decoded(bytes, name);
  if (text.trimStart().startsWith("<")) return { kind: "xml", element: await xmlOf(bytes, name) };
  return { kind: "json", instance: jsonOf(text, name) };
}

/** The element that a body has to be. Throws `usage` for another. */
export function expectElement(element: XmlElement, name: string): void {
  if (element.name === name) return;
  throw new AmtError("usage", `--body: an element ${element.name.slice(0, 80)}, where ${name} belongs`);
}

function decoded(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AmtError("usage", `${name}: it is no text in UTF-8`, { cause });
  }
}

async function xmlOf(bytes: Uint8Array, name: string): Promise<XmlElement> {
  const { parseXml } = await import("../protocols/wsman/xml/parse.ts");
  try {
    return await parseXml(bytes);
  } catch (error) {
    if (!(error instanceof AmtError) || error.code !== "firmware.protocol") throw error;
    throw new AmtError("usage", `${name}: ${error.message}`, { details: error.details, cause: error });
  }
}

/** What `wsman get --json` prints is taken too: the instance in it. */
function jsonOf(text: string, name: string): WsmanInstance {
  const value = parsed(text, name);
  const isAnswer = isObject(value) && isObject(value["instance"]) && "target" in value && "resourceUri" in value;
  const instance = isAnswer ? value["instance"] : value;
  if (isObject(instance)) return instance as WsmanInstance;
  throw new AmtError("usage", `${name}: it holds no JSON object`, { hint: 'Write {"Field": "value"}' });
}

function parsed(text: string, name: string): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    if (cause instanceof AmtError) throw cause;
    // Runtimes quote the text around the place, which may hold a password.
    const [at = ""] = / at position \d+/.exec(String(cause)) ?? [];
    throw new AmtError("usage", `${name}: neither JSON nor XML${at}`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
