import { AmtError } from "../core/errors/mod.ts";
import { type Guid, GuidError, parseGuid } from "../core/guid.ts";
import { knownClients } from "../protocols/mei/known_clients.ts";

/** What a person who meant a GUID would write first; names of clients begin otherwise or are shorter. */
const LOOKS_LIKE_GUID = /^[{0-9]|^.{16}/;

/** A GUID, or the name of a well-known client in either case. Throws `usage`; its `position` counts from 1. */
export function parseClient(text: string): Guid {
  const known = knownClients.find(({ name }) => name.toLowerCase() === text.toLowerCase());
  if (known !== undefined) return known.guid;
  if (!LOOKS_LIKE_GUID.test(text)) {
    const hint = `Write a GUID, or one of ${knownClients.map(({ name }) => name).join(", ")}`;
    throw new AmtError("usage", `no client is called "${text}"`, { hint });
  }
  try {
    return parseGuid(text);
  } catch (error) {
    if (!(error instanceof GuidError)) throw error;
    const position = error.position + 1;
    throw new AmtError("usage", `${error.message}, at character ${position}`, {
      details: { position },
      hint: "A GUID is written as 12f80028-b4b7-4b2d-aca8-46e0ff65814c",
    });
  }
}
