import { prefixed, rest, struct, u32be, type Wire } from "../../core/binary/mod.ts";
import { apfBoolean, apfText, choiceByName } from "./fields.ts";
import { ADDRESS_LIMIT, TEXT_LIMIT } from "./limits.ts";

const forward = struct({
  /** No peer looks at it: what is answered depends on the request alone. */
  wantReply: apfBoolean,
  /** On LME the firmware's own host name; `0.0.0.0` and `::` meant access from other hosts. */
  address: apfText(ADDRESS_LIMIT),
  port: u32be,
});

/** What a GLOBAL_REQUEST asks for, told apart by its name. Source: Intel LMS, MPS. */
export const GlobalRequest = choiceByName(apfText(TEXT_LIMIT), {
  tcpipForward: { name: "tcpip-forward", body: forward },
  cancelTcpipForward: { name: "cancel-tcpip-forward", body: forward },
  udpSendTo: {
    name: "udp-send-to@amt.intel.com",
    body: struct({
      wantReply: apfBoolean,
      address: apfText(ADDRESS_LIMIT),
      port: u32be,
      originatorAddress: apfText(ADDRESS_LIMIT),
      originatorPort: u32be,
      data: prefixed(u32be),
    }),
  },
}, struct({ wantReply: apfBoolean, body: rest }));
export type GlobalRequest = Wire<typeof GlobalRequest>;
