import { AMT_LIMIT_MS, amtFlags } from "./amt_flags.ts";
import { command } from "./command.ts";
import { openAmt } from "./open_amt.ts";
import { pairs } from "./table.ts";
import { warningOf } from "./wsman_class.ts";
import { answerFlags } from "./wsman_flags.ts";
import type { WsmanIdentifyOutput } from "./wsman_identify.schema.ts";
import { asciiXml } from "./wsman_text.ts";

export default command({
  brief: "Ask what answers as AMT's web service: its vendor and version",
  flags: { xml: answerFlags.xml, ...amtFlags },
  arguments: [],
  examples: ["amtctl wsman identify", "amtctl wsman identify --host amt.example:16993 --json"],
  timeLimit: () => AMT_LIMIT_MS,

  async run(context, flags): Promise<WsmanIdentifyOutput> {
    await using amt = await openAmt(context, flags);
    const identity = await warningOf([amt.warnings], () => amt.wsman.identify({ signal: context.signal }));
    return {
      target: amt.way,
      protocolVersion: identity.protocolVersion ?? null,
      productVendor: identity.productVendor ?? null,
      productVersion: identity.productVersion ?? null,
      xml: flags.xml ? asciiXml(identity.response) : null,
      unavailable: [],
      warnings: [...amt.warnings],
    };
  },

  render: ({ protocolVersion, productVendor, productVersion, xml }) =>
    xml ?? pairs([["vendor", productVendor], ["version", productVersion], ["protocol", protocolVersion]]),
});
