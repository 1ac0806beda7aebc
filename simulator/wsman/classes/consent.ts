import { serviceFields, serviceKeys, type WsmanClass } from "../class.ts";
import { WsmanFault } from "../fault.ts";
import type { Incoming } from "../incoming.ts";
import type { AmtMachine } from "../machine.ts";
import { consentPolicies } from "../state/consent.ts";

/** IPS_OptInService: the consent of whoever sits at the machine. Field names: a recorded answer in MPS's tests. */
export const optInService: WsmanClass = {
  name: "IPS_OptInService",
  since: 6,
  keys: serviceKeys,
  instances: ({ consent }) => [{
    ...serviceFields("IPS_OptInService", "Intel(r) AMT OptIn Service"),
    CanModifyOptInPolicy: consent.canChangePolicy ? 1 : 0,
    OptInCodeTimeout: consent.codeTimeoutSeconds,
    OptInDisplayTimeout: consent.displayTimeoutSeconds,
    OptInRequired: consent.policy,
    OptInState: consent.state,
  }],
  put: { apply },
  methods: {
    StartOptIn: ({ consent }) => consent.start(),
    SendOptInCode: ({ consent }, input) => consent.send(input.number("OptInCode")),
    CancelOptIn: ({ consent }) => consent.cancel(),
  },
};

function apply({ consent }: AmtMachine, sent: Incoming): void {
  const policy = sent.number("OptInRequired", consent.policy);
  const code = sent.number("OptInCodeTimeout", consent.codeTimeoutSeconds);
  const display = sent.number("OptInDisplayTimeout", consent.displayTimeoutSeconds);
  if (!Object.values<number>(consentPolicies).includes(policy) || code <= 0 || display <= 0) {
    throw new WsmanFault("InvalidRepresentation");
  }
  if (policy !== consent.policy && !consent.canChangePolicy) throw new WsmanFault("AccessDenied");
  if (consent.canChangePolicy) consent.setPolicy(policy);
  consent.codeTimeoutSeconds = code;
  consent.displayTimeoutSeconds = display;
}
