import {
  capabilities,
  dependencyKeys,
  deviceKeys,
  interfacePolicy,
  logicalDevice,
  managedElement,
  policyPart,
  scopedKeys,
  service,
} from "./base.ts";
import { bool, datetime, octets, reference, text, uint16, uint32, wsmanClass } from "./declare.ts";

const partKeys = [
  "CreationClassName",
  "PolicyRuleCreationClassName",
  "PolicyRuleName",
  "SystemCreationClassName",
  "SystemName",
];

/** Watchdogs over programs of the host, and what happens when one of them is missed. */
export const classes = [
  wsmanClass("AMT_AgentPresenceWatchdog", {
    keys: deviceKeys,
    fields: {
      ...logicalDevice,
      // The sixteen bytes of a GUID.
      DeviceID: octets,
      MonitoredEntity: uint16,
      MonitoredEntityDescription: text,
      TimeoutInterval: uint32,
      TimerResolution: uint32,
      TimeOfLastExpiration: datetime,
      MonitoredEntityOnLastExpiration: uint16,
      ActionOnExpiration: uint16,
      CurrentState: uint16,
      StartupInterval: uint16,
    },
    readOnly: ["CurrentState"],
    methods: {
      RegisterAgent: { output: { SessionSequenceNumber: uint32, TimeoutInterval: uint16 } },
      AssertPresence: { input: { SequenceNumber: uint32 } },
      AssertShutdown: { input: { SequenceNumber: uint32 } },
      AddAction: {
        input: { OldState: uint16, NewState: uint16, EventOnTransition: bool, ActionSd: uint16, ActionEac: bool },
      },
      DeleteAllActions: {},
    },
  }),
  wsmanClass("AMT_AgentPresenceWatchdogAction", {
    keys: [...partKeys, "PolicyActionName"],
    fields: {
      ...policyPart,
      PolicyActionName: text,
      DoActionLogging: bool,
      EventOnTransition: bool,
      ActionSd: uint16,
      ActionEac: bool,
    },
  }),
  wsmanClass("AMT_StateTransitionCondition", {
    keys: [...partKeys, "PolicyConditionName"],
    fields: { ...policyPart, PolicyConditionName: text, OldState: uint16, NewState: uint16, StateSpace: text },
  }),
  wsmanClass("AMT_AgentPresenceCapabilities", {
    keys: ["InstanceID"],
    fields: {
      ...capabilities,
      MaxTotalAgents: uint32,
      MaxTotalActions: uint32,
      MinGuaranteedActionListSize: uint32,
      MaxEacAgents: uint32,
    },
  }),
  wsmanClass("AMT_AgentPresenceInterfacePolicy", { keys: dependencyKeys, fields: interfacePolicy }),
  wsmanClass("AMT_AgentPresenceService", { keys: scopedKeys, fields: service, single: true }),
  wsmanClass("IPS_WatchDogAction", {
    keys: ["InstanceID"],
    fields: {
      ...managedElement,
      InstanceID: text,
      HeciWatchDogExpirationAction: uint32,
      AgentPresenceWatchDogExpirationAction: uint32,
      Timeout: uint32,
      ReArmReset: bool,
    },
    methods: {
      ApplyActionOnWatchDog: { input: { AgentPresenceWatchDog: reference, ActionEnable: bool } },
      CancelRebootAction: {},
    },
    single: true,
  }),
];
