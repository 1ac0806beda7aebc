import { log, managedElement, policyRule, policyRuleKeys, requestStateChange } from "./base.ts";
import {
  bool,
  datetime,
  list,
  octets,
  secret,
  sint64,
  text,
  uint16,
  uint32,
  uint64,
  uint8,
  wsmanClass,
} from "./declare.ts";

const iteration = { IterationIdentifier: text };

/** The log of events and the log of the auditor. */
export const classes = [
  wsmanClass("AMT_MessageLog", {
    keys: ["CreationClassName", "Name"],
    fields: {
      ...log,
      CreationClassName: text,
      Capabilities: list(uint16),
      CapabilitiesDescriptions: list(text),
      MaxLogSize: uint64,
      SizeOfHeader: uint64,
      HeaderFormat: text,
      MaxRecordSize: uint64,
      SizeOfRecordHeader: uint64,
      RecordHeaderFormat: text,
      OtherPolicyDescription: text,
      TimeWhenOutdated: datetime,
      PercentageNearFull: uint8,
      LastChange: uint16,
      TimeOfLastChange: datetime,
      RecordLastChanged: uint64,
      IsFrozen: bool,
      CharacterSet: uint16,
    },
    methods: {
      PositionToFirstRecord: { output: iteration },
      GetRecords: {
        input: { ...iteration, MaxReadRecords: uint32 },
        output: { ...iteration, NoMoreRecords: bool, RecordArray: list(octets) },
      },
      GetRecord: {
        input: { ...iteration, PositionToNext: bool },
        output: { ...iteration, RecordNumber: uint64, RecordData: list(uint8) },
      },
      PositionAtRecord: {
        input: { ...iteration, MoveAbsolute: bool, RecordNumber: sint64 },
        output: { ...iteration, RecordNumber: sint64 },
      },
      CancelIteration: { input: iteration },
      ClearLog: {},
      FreezeLog: { input: { Freeze: bool } },
      RequestStateChange: requestStateChange,
    },
    single: true,
  }),
  wsmanClass("AMT_EventLogEntry", {
    keys: ["LogCreationClassName", "LogName", "CreationClassName", "RecordID", "MessageTimestamp"],
    fields: {
      ...managedElement,
      RecordFormat: text,
      RecordData: text,
      Locale: text,
      PerceivedSeverity: uint16,
      LogCreationClassName: text,
      LogName: text,
      CreationClassName: text,
      RecordID: text,
      MessageTimestamp: datetime,
      DeviceAddress: uint8,
      EventSensorType: uint8,
      EventType: uint8,
      EventOffset: uint8,
      EventSourceType: uint8,
      EventSeverity: uint8,
      SensorNumber: uint8,
      Entity: uint8,
      EntityInstance: uint8,
      // Octets in hexadecimal; Intel's MOF has a list of uint8.
      EventData: text,
    },
  }),
  wsmanClass("AMT_AuditLog", {
    keys: ["Name"],
    fields: {
      ...log,
      PercentageFree: uint32,
      TimeOfLastRecord: datetime,
      AuditState: uint32,
      MaxAllowedAuditors: uint16,
      StoragePolicy: uint8,
      MinDaysToKeep: uint8,
    },
    readOnly: ["PercentageFree", "TimeOfLastRecord", "AuditState", "MaxAllowedAuditors"],
    methods: {
      ClearLog: {},
      RequestStateChange: requestStateChange,
      ReadRecords: {
        input: { StartIndex: uint32 },
        output: { TotalRecordCount: uint32, RecordsReturned: uint32, EventRecords: list(octets) },
      },
      SetAuditLock: {
        input: { LockTimeoutInSeconds: uint32, Flag: uint32, Handle: uint32 },
        output: { Handle: uint32 },
      },
      ExportAuditLogSignature: {
        input: { SigningMechanism: uint32 },
        output: {
          TotalRecordCount: uint32,
          StartLogTime: datetime,
          EndLogTime: datetime,
          GenerationTime: datetime,
          UUID: text,
          FQDN: text,
          FWVersion: text,
          AMTSVN: uint32,
          SignatureMechanism: uint32,
          Signature: octets,
          LengthOfCertificates: list(uint16),
          Certificates: octets,
        },
      },
      SetSigningKeyMaterial: {
        input: {
          SigningMechanismType: uint32,
          SigningKey: secret(octets),
          LengthOfCertificates: list(uint16),
          Certificates: octets,
        },
      },
    },
    single: true,
  }),
  wsmanClass("AMT_AuditPolicyRule", {
    keys: policyRuleKeys,
    fields: { ...policyRule, AuditApplicationEventID: list(uint32), PolicyType: list(uint32) },
    methods: {
      SetAuditPolicy: { input: { Enable: bool, AuditedAppID: uint16, EventID: uint16, PolicyType: uint32 } },
      SetAuditPolicyBulk: {
        input: { Enable: list(bool), AuditedAppID: list(uint16), EventID: list(uint16), PolicyType: list(uint32) },
      },
    },
    single: true,
  }),
];
