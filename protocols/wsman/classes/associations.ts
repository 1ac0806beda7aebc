import { credentialContext, credentialContextKeys, dependency, dependencyKeys } from "./base.ts";
import { type Fields, reference, wsmanClass } from "./declare.ts";

const serviceAvailable: Fields = { ServiceProvided: reference, UserOfService: reference };
const capabilitiesOf: Fields = { ManagedElement: reference, Capabilities: reference };
const members: Fields = { Collection: reference, Member: reference };
const components: Fields = { GroupComponent: reference, PartComponent: reference };

/** What belongs to what, where no class of its own says more. */
export const classes = [
  wsmanClass("CIM_ConcreteDependency", { keys: dependencyKeys, fields: dependency }),
  wsmanClass("CIM_HostedService", { keys: dependencyKeys, fields: dependency }),
  wsmanClass("CIM_Realizes", { keys: dependencyKeys, fields: dependency }),
  wsmanClass("CIM_CredentialContext", { keys: credentialContextKeys, fields: credentialContext }),
  wsmanClass("CIM_ServiceAvailableToElement", { keys: Object.keys(serviceAvailable), fields: serviceAvailable }),
  wsmanClass("CIM_ElementCapabilities", { keys: Object.keys(capabilitiesOf), fields: capabilitiesOf }),
  wsmanClass("CIM_MemberOfCollection", { keys: Object.keys(members), fields: members }),
  wsmanClass("CIM_SystemDevice", { keys: Object.keys(components), fields: components }),
  wsmanClass("CIM_ConcreteComponent", { keys: Object.keys(components), fields: components }),
];
