import type { Incoming } from "./incoming.ts";
import type { AmtMachine } from "./machine.ts";
import type { Fields, Outputs, Reference } from "./value.ts";

/** A method's answer: its ReturnValue, or all that it returns. */
export type Returned = number | Outputs;

export type Method = (machine: AmtMachine, input: Incoming) => Returned | Promise<Returned>;

export interface Put {
  /** Fields that must not be sent, unlike the other read-only ones, which are passed over. */
  readonly refuses?: readonly string[];
  readonly requires?: readonly string[];
  /** Fields that can be sent and are not told. */
  readonly unseen?: readonly string[];
  /** Does it, or throws a `WsmanFault`. */
  apply(machine: AmtMachine, sent: Incoming, instance: Fields): void | Promise<void>;
}

/** A class as the web service has it. */
export interface WsmanClass {
  readonly name: string;
  /** Names by which instances are chosen; some of them are enough. */
  readonly keys: readonly string[];
  /** The first release of AMT that has it. */
  readonly since?: number;
  /** What local programs may do with it by their account. Default: nothing. */
  readonly local?: "read" | "all";
  /** Classes whose instances an enumeration tells, in this order, when not its own alone. */
  readonly includes?: readonly string[];
  instances(machine: AmtMachine): readonly Fields[] | Promise<readonly Fields[]>;
  readonly put?: Put;
  /** Makes an instance, and answers what refers to it. */
  create?(machine: AmtMachine, sent: Incoming): Reference | Promise<Reference>;
  delete?(machine: AmtMachine, instance: Fields): void | Promise<void>;
  readonly methods?: Readonly<Record<string, Method>>;
}

/** The keys and fields that all services have. */
export const serviceKeys = ["CreationClassName", "Name", "SystemCreationClassName", "SystemName"] as const;

/** Those fields of a service; `name` is its ElementName as well. */
export function serviceFields(className: string, name: string, systemName = "Intel(r) AMT"): Fields {
  return {
    CreationClassName: className,
    ElementName: name,
    Name: name,
    SystemCreationClassName: "CIM_ComputerSystem",
    SystemName: systemName,
  };
}

/** The fields of a service whose state cannot be changed: 5 not applicable, 12 not applicable. */
export const fixedState: Fields = { EnabledState: 5, RequestedState: 12 };

/** What refers to the machine's host. */
export const managedSystem: Reference = {
  className: "CIM_ComputerSystem",
  selectors: { CreationClassName: "CIM_ComputerSystem", Name: "ManagedSystem" },
};
