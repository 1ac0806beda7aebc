import { AmtError } from "../../core/errors/mod.ts";

/** The vocabularies of WS-Management that AMT speaks. */
export const namespaces = {
  soap: "http://www.w3.org/2003/05/soap-envelope",
  addressing: "http://schemas.xmlsoap.org/ws/2004/08/addressing",
  wsman: "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
  transfer: "http://schemas.xmlsoap.org/ws/2004/09/transfer",
  enumeration: "http://schemas.xmlsoap.org/ws/2004/09/enumeration",
  eventing: "http://schemas.xmlsoap.org/ws/2004/08/eventing",
  identity: "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd",
  trust: "http://schemas.xmlsoap.org/ws/2005/02/trust",
  security: "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
  policy: "http://schemas.xmlsoap.org/ws/2004/09/policy",
  /** Datetime and Interval. */
  cim: "http://schemas.dmtf.org/wbem/wscim/1/common",
  instance: "http://www.w3.org/2001/XMLSchema-instance",
} as const;

/** What stands before the name of a class in its ResourceURI. */
const classes: Readonly<Record<string, string>> = {
  AMT_: "http://intel.com/wbem/wscim/1/amt-schema/1/",
  IPS_: "http://intel.com/wbem/wscim/1/ips-schema/1/",
  CIM_: "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/",
};

/**
 * The ResourceURI of a class, which is the namespace of its fields too; a name that is a URI already is taken as it
 * is. Throws `usage` for a prefix that AMT does not have.
 */
export function resourceUri(className: string): string {
  if (className.includes("://")) return className;
  const base = classes[className.slice(0, 4)];
  if (base === undefined || !/^\w{5,}$/.test(className)) {
    throw new AmtError("usage", `Class ${JSON.stringify(className)}: not a name that begins with AMT_, IPS_ or CIM_`);
  }
  return base + className;
}

/** The name of a class from its ResourceURI; a plain name stays as it is. */
export function classOf(resourceUri: string): string {
  return resourceUri.slice(resourceUri.lastIndexOf("/") + 1);
}
