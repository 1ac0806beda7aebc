import { AMT_LIMIT_MS, amtFlags } from "./amt_flags.ts";
import { command } from "./command.ts";
import { openAmt } from "./open_amt.ts";
import { chooseClass, warningOf } from "./wsman_class.ts";
import { answerFlags, classArgument, selectorFlags } from "./wsman_flags.ts";
import type { WsmanGetOutput } from "./wsman_get.schema.ts";
import { readShown } from "./wsman_read.ts";
import { asciiXml, instanceText } from "./wsman_text.ts";
import { selectorsOf } from "./wsman_values.ts";

export default command({
  brief: "Read one instance of a class of AMT's web service",
  description: "A class with one instance needs no --selector. A class that is not known here is read too, as text.",
  flags: { ...selectorFlags, ...answerFlags, ...amtFlags },
  arguments: [classArgument],
  examples: [
    "amtctl wsman get AMT_GeneralSettings",
    "amtctl wsman get CIM_ComputerSystem --selector Name=ManagedSystem --host amt.example --json",
    "amtctl --device sim wsman get AMT_BootCapabilities --xml",
  ],
  timeLimit: () => AMT_LIMIT_MS,

  async run(context, flags, [name]): Promise<WsmanGetOutput> {
    const chosen = await chooseClass(name);
    const selectors = selectorsOf(chosen, flags.selector);
    await using amt = await openAmt(context, flags);
    const { signal } = context;
    const element = await warningOf(
      [amt.warnings, chosen.warnings],
      () => amt.wsman.get(chosen.resourceUri, { selectors, signal }),
    );
    const shown = await readShown(element, chosen, flags.reveal);
    return {
      target: amt.way,
      class: chosen.name,
      resourceUri: chosen.resourceUri,
      instance: shown.instance,
      unknownFields: shown.unknownFields,
      xml: flags.xml ? asciiXml(shown.element) : null,
      unavailable: [],
      warnings: [...amt.warnings, ...chosen.warnings, ...shown.warnings],
    };
  },

  render: ({ instance, xml }) => xml ?? instanceText(instance),
});
