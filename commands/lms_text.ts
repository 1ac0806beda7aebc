import type { LmsOutput } from "./lms.schema.ts";
import { tunnelEventText } from "./tunnel_events.ts";

/** An event of the service for a person. */
export function lmsEventText(event: LmsOutput): string {
  switch (event.event) {
    case "alert":
      return `AMT says: ${event.meaning ?? "something without a name"} (${event.messageId}-${event.argument})` +
        (event.message === "" ? "" : `: ${event.message}`);
    case "hostName":
      return `${event.name} leads to this machine${event.mapped ? "" : " no more"}`;
    case "problem":
      return `${event.reason} (${event.code}): ${event.hint}`;
    case "status":
      return statusText(event);
    default:
      return tunnelEventText(event);
  }
}

function statusText({ pid, ports, resets, sessions, link }: Extract<LmsOutput, { event: "status" }>): string {
  const head = [
    `amtctl lms, process ${pid ?? "unknown"}, ports ${ports.join(", ") || "none"}`,
    `link ${link === null ? "lost" : `up, ${link.messagesSent} messages sent, ${link.messagesReceived} received`}`,
    `links lost ${resets}, sessions ${sessions.length}`,
  ].join("; ");
  return [
    head,
    ...sessions.map((each) =>
      `  ${each.id} ${each.from} to ${each.port}, ${each.state}: ${each.bytesSent} bytes to AMT, ` +
      `${each.bytesReceived} from it; windows ${each.sendWindowBytes} and ${each.receiveWindowBytes}`
    ),
  ].join("\n");
}
