import type { Codec } from "../../core/binary/mod.ts";
import { ApfMessage } from "../../protocols/apf/mod.ts";
import * as amthi from "../../protocols/amthi/mod.ts";
import * as hotham from "../../protocols/hotham/mod.ts";
import * as mchi from "../../protocols/mchi/mod.ts";
import * as mkhi from "../../protocols/mkhi/mod.ts";
import * as upid from "../../protocols/upid/mod.ts";
import * as watchdog from "../../protocols/watchdog/mod.ts";
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
  ["PlatformType", mkhi.PlatformType],
  ...Object.values<unknown>(mkhi).filter(isMessage<mkhi.MkhiNotice<unknown>>).flatMap((message) => [
    [`MkhiRequest<${message.name}>`, mkhi.mkhiRequest(message)] as const,
    ...("response" in message
      ? [[`MkhiResponse<${message.name}>`, mkhi.mkhiResponse(message as mkhi.MkhiMessage<unknown, unknown>)] as const]
      : []),
  ]),
  ...Object.values<unknown>(watchdog).filter(isMessage<watchdog.WatchdogMessage<unknown>>).map((message) =>
    [`WatchdogRequest<${message.name}>`, watchdog.watchdogRequest(message)] as const
  ),
  ["WatchdogHeader", watchdog.WatchdogHeader],
  ["StartResponse", watchdog.StartResponse],
  ["StateFlags", watchdog.StateFlags],
  ["BareStatus", watchdog.BareStatus],
  ["EchoedStatus", watchdog.EchoedStatus],
  ["ManageabilityInfo", watchdog.ManageabilityInfo],
  ["UpidHeader", upid.UpidHeader],
  ["PlatformId", upid.PlatformId],
  ...[upid.GetFeatureSupport, upid.GetFeatureState, upid.GetOsControl, upid.GetPlatformId].flatMap((message) => [
    [`UpidRequest<${message.name}>`, upid.upidRequest(message)] as const,
    [`UpidResponse<${message.name}>`, upid.upidResponse<unknown>(message)] as const,
  ]),
  // The answer to GetFlashLog is a header and whatever follows it.
  ["HothamHeader", hotham.HothamHeader],
  ["HothamRequest<GetFlashLogSize>", hotham.hothamRequest(hotham.GetFlashLogSize)],
  ["HothamRequest<GetFlashLog>", hotham.hothamRequest(hotham.GetFlashLog)],
  ["HothamResponse<GetFlashLogSize>", hotham.hothamResponse(hotham.GetFlashLogSize)],
  ["ReadFileExRequest", mchi.ReadFileExRequest],
  ["ReadFileExResponse", mchi.ReadFileExResponse],
  ["ApfMessage", ApfMessage],
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
