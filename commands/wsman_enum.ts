import { AmtError } from "../core/errors/mod.ts";
import {
  type EndpointReference,
  namespaces,
  readReference,
  type XmlElement,
  xmlElement,
} from "../protocols/wsman/mod.ts";
import { AMT_LIMIT_MS, amtFlags } from "./amt_flags.ts";
import { command } from "./command.ts";
import { openAmt } from "./open_amt.ts";
import { chooseClass, warningOf } from "./wsman_class.ts";
import type { WsmanEnumOutput } from "./wsman_enum.schema.ts";
import { answerFlags, classArgument } from "./wsman_flags.ts";
import { readShown } from "./wsman_read.ts";
import { asciiXml, instanceText, valueText } from "./wsman_text.ts";

export default command({
  brief: "List the instances of a class of AMT's web service",
  flags: {
    references: { kind: "switch", brief: "List references to them: the keys that --selector takes" },
    ...answerFlags,
    ...amtFlags,
  },
  arguments: [classArgument],
  examples: [
    "amtctl wsman enum CIM_SoftwareIdentity",
    "amtctl wsman enum AMT_EthernetPortSettings --references",
    "amtctl wsman enum CIM_PhysicalMemory --json | jq -r '.instances[].instance.Capacity'",
  ],
  timeLimit: () => AMT_LIMIT_MS,

  async run(context, flags, [name]): Promise<WsmanEnumOutput> {
    const chosen = await chooseClass(name);
    await using amt = await openAmt(context, flags);
    const { references } = flags;
    const elements = await warningOf(
      [amt.warnings, chosen.warnings],
      () => amt.wsman.enumerate(chosen.resourceUri, { references, signal: context.signal }),
    );
    const shown = references
      ? []
      : await Promise.all(elements.map((element) => readShown(element, chosen, flags.reveal)));
    return {
      target: amt.way,
      class: chosen.name,
      resourceUri: chosen.resourceUri,
      instances: references
        ? null
        : shown.map(({ className, instance, unknownFields }) => ({ class: className, instance, unknownFields })),
      references: references ? elements.map((element) => referenceIn(element, chosen.name)) : null,
      xml: flags.xml ? asciiXml(itemsOf(references ? elements : shown.map(({ element }) => element))) : null,
      unavailable: [],
      warnings: [...amt.warnings, ...chosen.warnings, ...shown.flatMap(({ warnings }) => warnings)],
    };
  },

  render({ class: name, instances, references, xml }) {
    if (xml !== null) return xml;
    if (references !== null) return references.map(valueText).join("\n") || `${name}: no instances`;
    return (instances ?? []).map(({ instance }) => instanceText(instance)).join("\n\n") || `${name}: no instances`;
  },
});

/** They come in as many answers as AMT likes, and are shown as if it had been one. */
function itemsOf(elements: readonly XmlElement[]): XmlElement {
  return xmlElement(namespaces.enumeration, "Items", elements);
}

function referenceIn(element: XmlElement, name: string): EndpointReference {
  const reference = readReference(element);
  if (reference !== undefined) return reference;
  throw new AmtError("firmware.protocol", `Enumerate ${name}: ${element.name.slice(0, 80)} where a reference belongs`);
}
