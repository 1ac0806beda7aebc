/** What a method of AMT's web service returned. */
export interface ReturnValue {
  readonly name: string;
  /** For a person; no full stop. */
  readonly text: string;
}

/** Methods whose ReturnValue is a list of its own; all others return an AMT status (PT_STATUS) or what CIM says. */
export interface MethodReturns {
  /** The class that has the methods; without one it is every class that has them. */
  readonly className?: string;
  readonly methods: readonly string[];
  readonly values: Readonly<Record<number, ReturnValue>>;
}

const done: ReturnValue = { name: "COMPLETED", text: "done" };
const notSupported: ReturnValue = { name: "NOT_SUPPORTED", text: "this firmware does not support it" };
const internal: ReturnValue = { name: "INTERNAL_ERROR", text: "an error inside AMT" };

/** Of RequestPowerStateChange and RequestStateChange. Source: DMTF CIM schema, CIM_PowerManagementService. */
export const stateChange: MethodReturns = {
  methods: ["RequestPowerStateChange", "RequestStateChange"],
  values: {
    0: done,
    1: notSupported,
    2: { name: "UNKNOWN_ERROR", text: "an error that is not specified" },
    3: { name: "TIMEOUT", text: "it cannot be done in the time that was given" },
    4: { name: "FAILED", text: "it failed" },
    5: { name: "INVALID_PARAMETER", text: "a parameter is wrong" },
    6: { name: "IN_USE", text: "what it would change is in use" },
    4096: { name: "JOB_STARTED", text: "it was started, and is being done" },
    4097: { name: "INVALID_STATE_TRANSITION", text: "it is not possible in the present state" },
    4098: { name: "TIMEOUT_PARAMETER_NOT_SUPPORTED", text: "a time limit cannot be given here" },
    4099: { name: "BUSY", text: "another change is being made" },
  },
};

/** Of the activation from the host. Source: Intel AMT SDK as rpc-go and MeshCentral use it. */
const setup: MethodReturns = {
  className: "IPS_HostBasedSetupService",
  methods: ["Setup", "AdminSetup", "UpgradeClientToAdmin"],
  values: {
    0: done,
    1: internal,
    2: { name: "INVALID_STATE", text: "AMT is activated already, or an activation is under way" },
    3: { name: "INVALID_PARAMETER", text: "a parameter is wrong" },
    4: { name: "METHOD_DISABLED", text: "activation in client control mode is not allowed, or AMT is not in it" },
    5: { name: "AUTHENTICATION_FAILED", text: "the signature or the credentials are wrong" },
    6: { name: "FLASH_WRITE_LIMIT_EXCEEDED", text: "the flash was written too often in a short time" },
  },
};

const certificateChain: MethodReturns = {
  className: "IPS_HostBasedSetupService",
  methods: ["AddNextCertInChain"],
  values: {
    0: done,
    1: { name: "INVALID_PARAMETER", text: "a parameter is wrong" },
    2: internal,
    3: { name: "INVALID_STATE", text: "the chain is not at this point; begin again with the leaf" },
    4: { name: "CERTIFICATE_VERIFICATION_FAILED", text: "the certificate does not belong to the one before it" },
    5: { name: "CHAIN_TOO_LONG", text: "the chain has too many certificates" },
  },
};

/** Of the user's consent. Source: Intel AMT SDK as MeshCentral uses it. */
const optIn: MethodReturns = {
  className: "IPS_OptInService",
  methods: ["StartOptIn", "SendOptInCode", "CancelOptIn"],
  values: {
    0: done,
    1: internal,
    2: { name: "INVALID_STATE", text: "consent is not at this point" },
    3: { name: "BLOCKED", text: "too many wrong codes were given" },
    4: { name: "FAILED", text: "the code is wrong" },
  },
};

/** Of the event log. Source: Intel AMT SDK, AMT_MessageLog, as go-wsman-messages quotes it. */
const eventLogPosition: MethodReturns = {
  className: "AMT_MessageLog",
  methods: ["PositionToFirstRecord"],
  values: { 0: done, 1: notSupported, 2: { name: "NO_RECORD_EXISTS", text: "the log is empty" } },
};

const eventLogRecords: MethodReturns = {
  className: "AMT_MessageLog",
  methods: ["GetRecords"],
  values: {
    0: done,
    1: notSupported,
    2: { name: "INVALID_RECORD_POINTED", text: "no record is at this point" },
    3: { name: "NO_RECORD_EXISTS", text: "the log is empty" },
  },
};

/** Every list of its own; CIM's first, since most methods have it. */
export const methodReturns: readonly MethodReturns[] = [
  stateChange,
  setup,
  certificateChain,
  optIn,
  eventLogPosition,
  eventLogRecords,
];

/** The methods for a person: `IPS_OptInService.StartOptIn, SendOptInCode, CancelOptIn`. */
export function methodsText({ className, methods }: MethodReturns): string {
  return (className === undefined ? "" : `${className}.`) + methods.join(", ");
}

/** PT_STATUS values that the local interface does not have. Source: Intel AMT SDK, PT_STATUS. */
export const webOnlyStatuses: Readonly<Record<number, ReturnValue>> = {
  2081: { name: "USER_CONSENT_REQUIRED", text: "the user at the machine has to consent first" },
};
