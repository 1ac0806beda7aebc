import type { ApfMonitorOutput } from "./apf_monitor.schema.ts";
import type { ApfReplayOutput } from "./apf_replay.schema.ts";
import { droppedText } from "./tunnel_events.ts";

/** What happened, in one line for a person, without its time. `<` is to the firmware, `>` from it, as with `-vvv`. */
export function apfText(event: ApfMonitorOutput | ApfReplayOutput): string {
  switch (event.event) {
    case "message": {
      const fields = Object.entries(event.fields).map(([name, value]) => ` ${name}=${value}`);
      const problem = event.problem === null ? "" : `: ${event.problem}`;
      const name = nameOf(event.message, event.type);
      return `LME ${arrow(event.direction)} ${name}${fields.join("")} (${event.length} bytes)${problem}`;
    }
    case "other":
      return `${event.client ?? "driver"} ${arrow(event.direction)} ${event.length} bytes`;
    case "dropped":
      return droppedText(event.count);
    default:
      return `${event.client}: ${event.event}${event.detail === null ? "" : `, ${event.detail}`}`;
  }
}

/** `channelOpen` as the specification spells it: CHANNEL_OPEN. */
function nameOf(message: string, type: number | null): string {
  const name = message.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
  return message === "unknown" || message === "malformed" ? `${name} type=${type ?? "none"}` : name;
}

function arrow(direction: "toFirmware" | "fromFirmware"): string {
  return direction === "toFirmware" ? "<" : ">";
}
