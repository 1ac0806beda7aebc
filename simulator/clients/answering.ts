import type { Guid } from "../../core/guid.ts";
import { AMTHI, HOTHAM, MCHI, MKHI, MKHI_FIXED, UPID } from "../../protocols/mei/known_clients.ts";
import type { FirmwareClient } from "../firmware_client.ts";
import type { AmtState } from "./amthi_state.ts";
import type { MkhiState } from "./mkhi.ts";
import { clientProperties, type ClientSizes } from "./properties.ts";
import type { UpidState } from "./upid.ts";

/** What a client answers to one message; `undefined` for none. */
export type Answers = (message: Uint8Array) => Uint8Array | undefined;

/** AMT's host interface, with a state that is made for its first message. */
export function amthi(create: () => AmtState | Promise<AmtState>): FirmwareClient {
  return answering(AMTHI, { version: 1, length: 5120 }, async () => {
    const { amthiAnswers } = await import("./amthi.ts");
    return amthiAnswers(await create());
  });
}

/** The kernel host interface. */
export function mkhi(state: MkhiState): FirmwareClient {
  return mkhiAt(MKHI, {}, state);
}

/** The same at its fixed address, where the Linux driver asks for the versions that sysfs `fw_ver` shows. */
export function mkhiFixed(state: MkhiState): FirmwareClient {
  return mkhiAt(MKHI_FIXED, { fixed: 7 }, state);
}

/** The unique platform id; no field behaviour is known for the client's sizes. */
export function upid(state: UpidState): FirmwareClient {
  return answering(UPID, { version: 1, length: 4096 }, async () => (await import("./upid.ts")).upidAnswers(state));
}

/** The client of manufacturing and configuration; version and size are those of fwupd's capture. */
export function mchi(): FirmwareClient {
  return answering(MCHI, { version: 1, length: 4096 }, async () => (await import("./mchi.ts")).mchiAnswers);
}

/** The client of the flash log, with the sizes of a dump of an ME 11.8.50. */
export function hotham(log: string): FirmwareClient {
  return answering(HOTHAM, { version: 0, length: 8196 }, async () => (await import("./hotham.ts")).hothamAnswers(log));
}

function mkhiAt(client: Guid, at: { readonly fixed?: number }, state: MkhiState): FirmwareClient {
  const sizes = { version: 2, length: 2048, ...at };
  return answering(client, sizes, async () => (await import("./mkhi.ts")).mkhiAnswers(state));
}

/** Answers are loaded with the first message: who only lists the clients does not wait for them. */
function answering(client: Guid, sizes: ClientSizes, load: () => Promise<Answers>): FirmwareClient {
  let loading: Promise<Answers> | undefined;
  let answers: Answers | undefined;
  return {
    properties: clientProperties(client, sizes),
    open(link) {
      const reply = (message: Uint8Array) => {
        const answer = answers!(message);
        if (answer !== undefined) link.send(answer);
      };
      return {
        message(message) {
          if (answers !== undefined) return reply(message);
          loading ??= load();
          return loading.then((loaded) => {
            answers = loaded;
            reply(message);
          });
        },
      };
    },
  };
}
