import { namespaces, resourceUri } from "../../../../protocols/wsman/namespaces.ts";
import { deleteRequest, invokeRequest, putRequest, type WsmanRequest } from "../../../../protocols/wsman/operations.ts";
import type { EndpointReference } from "../../../../protocols/wsman/references.ts";
import type { WsmanInput, WsmanInstance } from "../../../../protocols/wsman/values.ts";

/** The same request, as the package builds it and as we do. */
export interface OracleCase {
  /** What the package's call gets. */
  readonly args: readonly unknown[];
  /** What we build of the same. */
  readonly ours: (className: string) => WsmanRequest;
}

/** A Put, with selectors that the package takes out of the instance, or without. */
export const put = (instance: WsmanInstance, selectors?: Record<string, string>): OracleCase => ({
  args: [instance],
  ours: (className) => putRequest(className, instance, selectors),
});
/** A Delete by one selector. */
export const del = (name: string, value: string): OracleCase => ({
  args: [{ name, value }],
  ours: (className) => deleteRequest(className, { [name]: value }),
});
/** A method, whose arguments the package takes one by one. */
export const invoke = (
  method: string,
  args: readonly unknown[],
  input: WsmanInput = {},
  selectors?: Record<string, string>,
): OracleCase => ({ args, ours: (className) => invokeRequest(className, method, input, { selectors }) });
/** What many classes have to be switched on and off. */
export const stateChange = (state: number) => invoke("RequestStateChange", [state], { RequestedState: state });
/** A reference with the address that the package puts into it. */
export const refer = (
  address: string,
  className: string,
  selectors: EndpointReference["selectors"],
): EndpointReference => ({
  address,
  resourceUri: resourceUri(className),
  selectors,
});

/** The machine, as an argument of the power services. */
export const computer = refer(namespaces.addressing, "CIM_ComputerSystem", {
  CreationClassName: "CIM_ComputerSystem",
  Name: "ManagedSystem",
});
