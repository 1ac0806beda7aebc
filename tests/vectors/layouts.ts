import type { Codec } from "../../core/binary/mod.ts";
import * as amthi from "../../protocols/amthi/mod.ts";
import * as mkhi from "../../protocols/mkhi/mod.ts";
import * as hbm from "../../simulator/hbm/messages.ts";

// deno-lint-ignore no-explicit-any
type Layout = Codec<any>;

/** Every layout that bytes of another end go through, by the name that vectors use. */
export const layouts: ReadonlyMap<string, Layout> = new Map<string, Layout>([
  ["AmthiHeader", amthi.AmthiHeader],
  ...Object.values<unknown>(amthi).filter(isMessage<amthi.AmthiMessage<unknown, unknown>>).flatMap((message) => [
    [`AmthiRequest<${message.name}>`, amthi.amthiRequest(message)] as const,
    [`AmthiResponse<${message.name}>`, amthi.amthiResponse(message)] as const,
  ]),
  ["MkhiHeader", mkhi.MkhiHeader],
  ["FirmwareVersion", mkhi.FirmwareVersion],
  ...Object.values<unknown>(mkhi).filter(isMessage<mkhi.MkhiNotice<unknown>>).flatMap((message) => [
    [`MkhiRequest<${message.name}>`, mkhi.mkhiRequest(message)] as const,
    ...("response" in message
      ? [[`MkhiResponse<${message.name}>`, mkhi.mkhiResponse(message as mkhi.MkhiMessage<unknown, unknown>)] as const]
      : []),
  ]),
  ["FrameHeader", hbm.FrameHeader],
  ["Properties", hbm.Properties],
  ["HbmMessage", hbm.HbmMessage],
]);

/** The layout that a vector names; `HbmMessage<ConnectRequest>` is one of the messages of `HbmMessage`. */
export function layoutOf(name: string): Layout {
  const layout = layouts.get(name) ?? layouts.get(name.replace(/<.*>$/, ""));
  if (layout === undefined) throw new Error(`no layout is named ${name}`);
  return layout;
}

function isMessage<M>(value: unknown): value is M {
  return typeof value === "object" && value !== null && "command" in value && "name" in value && "request" in value;
}
