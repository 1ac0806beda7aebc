/** What AMT tells the host of by a CIM_AlertIndication. */
export interface AlertEvent {
  /** `iAMT` and four digits. */
  readonly messageId: string;
  /** The first of the MessageArguments, one or two digits. */
  readonly argument: string;
  /** For a person; may be empty. */
  readonly message: string;
}

const namespaces = [
  ["a", "http://www.w3.org/2003/05/soap-envelope"],
  ["b", "http://schemas.xmlsoap.org/ws/2004/08/addressing"],
  ["c", "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"],
  ["d", "http://schemas.xmlsoap.org/ws/2005/02/trust"],
  ["e", "http://schemas.xmlsoap.org/ws/2004/08/eventing"],
  ["f", "http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd"],
  ["g", "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_AlertIndication"],
  ["h", "http://schemas.dmtf.org/wbem/wscim/1/common"],
  ["xsi", "http://www.w3.org/2001/XMLSchema-instance"],
];

/**
 * The HTTP request that posts an event, the `count`th of this firmware. Its shape is that of the posts that Intel LMS
 * and MeshCommander read; which other properties an alert has, and their values, is not verified.
 */
export function alertPost({ messageId, argument, message }: AlertEvent, count: number): Uint8Array {
  const uuid = `uuid:00000000-8086-8086-8086-${count.toString(16).toUpperCase().padStart(12, "0")}`;
  const properties = {
    AlertType: "8",
    AlertingElementFormat: "2",
    AlertingManagedElement: "",
    EventID: "",
    IndicationFilterName: "Intel(r) AMT:AllEvents",
    IndicationIdentifier: `Intel(r):${count}`,
    Message: message,
    MessageArguments: argument,
    MessageID: messageId,
    OtherAlertType: "",
    OtherAlertingElementFormat: "",
    OtherSeverity: "",
    OwningEntity: "Intel(r) AMT",
    PerceivedSeverity: "2",
    ProbableCause: "0",
    ProbableCauseDescription: "",
    ProviderName: "Intel(r) AMT",
    SystemCreationClassName: "CIM_ComputerSystem",
    SystemName: "Intel(r) AMT",
  };
  const header = element("b:To", "http://localhost:0") +
    `<b:Action a:mustUnderstand="true">http://schemas.dmtf.org/wbem/wsman/1/wsman/Event</b:Action>` +
    element("b:MessageID", uuid);
  const alert = Object.entries(properties).map(([name, value]) => element(`g:${name}`, value)).join("");
  const declared = namespaces.map(([prefix, uri]) => ` xmlns:${prefix}="${uri}"`).join("");
  const body = new TextEncoder().encode(
    `<?xml version="1.0" encoding="UTF-8"?><a:Envelope${declared}><a:Header>${header}</a:Header>` +
      `<a:Body><g:CIM_AlertIndication>${alert}</g:CIM_AlertIndication></a:Body></a:Envelope>`,
  );
  const head = "POST / HTTP/1.1\r\nHost: localhost:0\r\nUser-Agent: Intel(R) AMT Agent\r\n" +
    `Connection: Keep-Alive\r\nContent-Length: ${body.length}\r\n\r\n`;
  return new Uint8Array([...new TextEncoder().encode(head), ...body]);
}

function element(name: string, value: string): string {
  const escaped = value.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<${name}>${escaped}</${name}>`;
}
