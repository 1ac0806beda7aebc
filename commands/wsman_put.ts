import { AmtError } from "../core/errors/mod.ts";
import { toInstance, type WsmanClient, type WsmanInstance, type WsmanValue } from "../protocols/wsman/mod.ts";
import {
  type ChangedInstance,
  changeInstance,
  type FieldChange,
  type InstancePlace,
  replaceInstance,
} from "../services/wsman/change_instance.ts";
import { fieldOf, hideSecrets, isSecret } from "../services/wsman/secrets.ts";
import { AMT_LIMIT_MS, amtFlags } from "./amt_flags.ts";
import { command } from "./command.ts";
import { openAmt } from "./open_amt.ts";
import { pairs } from "./table.ts";
import { expectElement, type GivenBody, readBody } from "./wsman_body.ts";
import { chooseClass, type ChosenClass, warningOf } from "./wsman_class.ts";
import { answerFlags, bodyFlags, classArgument, selectorFlags } from "./wsman_flags.ts";
import type { WsmanPutOutput } from "./wsman_put.schema.ts";
import { readShown } from "./wsman_read.ts";
import { asciiXml, valueText } from "./wsman_text.ts";
import {
  assignedFields,
  type Assignment,
  expectNoneHidden,
  hiddenNames,
  jsonFields,
  openSecrets,
  parseAssignment,
  selectorsOf,
  unknownNames,
} from "./wsman_values.ts";

export default command({
  brief: "Change fields of an instance of AMT's web service",
  description:
    "Reads the instance, changes the fields that are named, and puts all of it back but for what AMT refuses there.\n" +
    "Where nothing would change there is no Put. --body takes JSON with some of the fields or all, as wsman get --json\n" +
    "prints them, or the whole instance as XML, which is sent as it stands.",
  flags: { ...selectorFlags, ...bodyFlags, ...answerFlags, ...amtFlags },
  arguments: [
    classArgument,
    {
      name: "FIELD=VALUE",
      brief: "A field and what it is to be; a list as JSON or repeated, what is nested as JSON",
      optional: true,
      rest: true,
      parse: parseAssignment,
    },
  ],
  examples: [
    "amtctl wsman put AMT_GeneralSettings HostName=laptop2 PingResponseEnabled=false",
    "amtctl wsman put AMT_RedirectionService ListenerEnabled=true --host amt.example",
    "amtctl wsman put IPS_KVMRedirectionSettingData --body kvm.json",
  ],
  timeLimit: () => AMT_LIMIT_MS,

  async run(context, flags, [name, given]): Promise<WsmanPutOutput> {
    const chosen = await chooseClass(name);
    const selectors = selectorsOf(chosen, flags.selector);
    if (flags.body === undefined && given.length === 0) {
      throw new AmtError("usage", "nothing to change is given", { hint: "Give FIELD=VALUE, or --body" });
    }
    const body = flags.body === undefined ? undefined : await readBody(context, flags.body, flags);
    const change = changeOf(chosen, given, body);
    const { signal } = context;
    const place = { resourceUri: chosen.resourceUri, declaration: chosen.declaration, selectors, signal };
    await using amt = await openAmt(context, flags, { readsInput: flags.body === "-" });
    const done = await warningOf([amt.warnings, change.warnings], () => change.make(amt.wsman, place));
    const now = done.stored ?? done.before;
    const [known, shown] = [await readShown(now, chosen, true), await readShown(now, chosen, flags.reveal)];
    const visible = (instance: WsmanInstance) =>
      flags.reveal ? instance : hideSecrets(chosen.declaration?.fields ?? {}, instance);
    return {
      target: amt.way,
      class: chosen.name,
      resourceUri: chosen.resourceUri,
      sent: done.sent,
      changes: done.changes.map((each) => shownChange(each, visible)),
      instance: shown.instance,
      unknownFields: shown.unknownFields,
      xml: flags.xml && done.stored !== undefined ? asciiXml(shown.element) : null,
      unavailable: [],
      warnings: [
        ...amt.warnings,
        ...change.warnings,
        ...done.leftOut.map((field) => `${field} was left out: AMT takes no Put of it`),
        ...shown.warnings,
        ...(done.stored === undefined ? [] : differences(chosen, done, known.instance)),
      ],
    };
  },

  render({ class: name, sent, changes, xml }) {
    if (xml !== null) return xml;
    if (!sent) return `${name}: nothing to change`;
    if (changes.length === 0) return `${name}: sent, and nothing in it was new`;
    return pairs(changes.map(({ field, before, after }) => [field, `${sideText(before)} -> ${sideText(after)}`]));
  },
});

function sideText(value: unknown): string {
  return (value === null ? "" : valueText(value as WsmanValue)) || "-";
}

/** What is to be done, and what to warn of. */
interface Change {
  readonly warnings: readonly string[];
  make(client: WsmanClient, place: InstancePlace): Promise<ChangedInstance>;
}

/** Throws `usage`. */
function changeOf(chosen: ChosenClass, given: readonly Assignment[], body: GivenBody | undefined): Change {
  const fields = chosen.declaration?.fields ?? {};
  if (body?.kind === "xml") {
    const { element } = body;
    if (given.length > 0) {
      throw new AmtError("usage", "FIELD=VALUE beside a body in XML, which is sent as it stands", {
        hint: "Write the values into the file, or give JSON",
      });
    }
    expectElement(element, chosen.name);
    expectNoneHidden(fields, toInstance(element));
    return { warnings: chosen.warnings, make: (client, place) => replaceInstance(client, place, element) };
  }
  const json = body === undefined ? {} : jsonFields(fields, body.instance);
  // What was hidden when it was shown stays as it is.
  const hidden = hiddenNames(fields, json);
  const kept = Object.fromEntries(Object.entries(json).filter(([field]) => !hidden.includes(field)));
  const assigned = assignedFields(fields, given);
  const change = { ...kept, ...assigned };
  expectNoneHidden(fields, change);
  return {
    warnings: [
      ...chosen.warnings,
      ...unknownNames(chosen.name, chosen.declaration?.fields, Object.keys(change)),
      ...openSecrets(fields, assigned),
    ],
    make: (client, place) => changeInstance(client, place, change),
  };
}

function shownChange({ field, before, after }: FieldChange, visible: (instance: WsmanInstance) => WsmanInstance) {
  const shown = (value: WsmanValue) => visible({ [field]: value })[field];
  return { field, before: before === undefined ? null : shown(before), after: shown(after) };
}

/** What AMT says it has stored, where that is not what was sent; it tells no secrets. */
function differences({ declaration }: ChosenClass, { changes }: ChangedInstance, stored: WsmanInstance): string[] {
  return changes.flatMap(({ field, after }) => {
    const now = Object.hasOwn(stored, field) ? stored[field] : undefined;
    const isTold = now !== undefined && !isSecret(fieldOf(declaration?.fields ?? {}, field), field);
    if (!isTold || JSON.stringify(now) === JSON.stringify(after)) return [];
    return [`${field}: AMT has ${valueText(now)} after ${valueText(after)} was sent`];
  });
}
