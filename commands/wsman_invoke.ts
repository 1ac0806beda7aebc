import { AmtError } from "../core/errors/mod.ts";
import type { Fields } from "../protocols/wsman/classes/declare.ts";
import {
  checkReturn,
  toInstance,
  type WsmanInput,
  type WsmanInstance,
  type XmlElement,
  xmlText,
} from "../protocols/wsman/mod.ts";
import { returnValueOf } from "../protocols/wsman/returns.ts";
import { readOutput, writeInput } from "../protocols/wsman/typed.ts";
import { hideSecrets, hideSecretsInXml } from "../services/wsman/secrets.ts";
import { AMT_LIMIT_MS, amtFlags } from "./amt_flags.ts";
import { command } from "./command.ts";
import { asText } from "./flags.ts";
import { didYouMean } from "./nearest.ts";
import { openAmt } from "./open_amt.ts";
import { expectElement, type GivenBody, readBody } from "./wsman_body.ts";
import { chooseClass, type ChosenClass, spelled, warningOf } from "./wsman_class.ts";
import { answerFlags, bodyFlags, classArgument, selectorFlags } from "./wsman_flags.ts";
import type { WsmanInvokeOutput } from "./wsman_invoke.schema.ts";
import { readLeniently } from "./wsman_read.ts";
import { asciiXml, instanceText } from "./wsman_text.ts";
import {
  assignedFields,
  type Assignment,
  expectNoneHidden,
  jsonFields,
  openSecrets,
  parseAssignment,
  selectorsOf,
  unknownNames,
} from "./wsman_values.ts";

export default command({
  brief: "Call a method of a class of AMT's web service",
  description:
    "The exit code is 13 when the method returns something else than 0, and 14 when the user has to consent first.\n" +
    "--body takes the parameters as JSON, or as XML (METHOD_INPUT), which is sent as it stands.",
  flags: { ...selectorFlags, ...bodyFlags, ...answerFlags, ...amtFlags },
  arguments: [
    classArgument,
    { name: "METHOD", brief: "A method of the class, in any case", parse: asText },
    {
      name: "NAME=VALUE",
      brief: "A parameter; a list as JSON or repeated, what is nested as JSON, a reference as CLASS?KEY=VALUE",
      optional: true,
      rest: true,
      parse: parseAssignment,
    },
  ],
  examples: [
    "amtctl wsman invoke AMT_TimeSynchronizationService GetLowAccuracyTimeSynch",
    "amtctl wsman invoke CIM_BootService SetBootConfigRole Role=1 " +
    "'BootConfigSetting=CIM_BootConfigSetting?InstanceID=Intel(r) AMT: Boot Configuration 0'",
    "amtctl wsman invoke AMT_SetupAndConfigurationService SetMEBxPassword --body password.json",
  ],
  timeLimit: () => AMT_LIMIT_MS,

  async run(context, flags, [name, method, given]): Promise<WsmanInvokeOutput> {
    const chosen = await chooseClass(name);
    const selectors = selectorsOf(chosen, flags.selector);
    const body = flags.body === undefined ? undefined : await readBody(context, flags.body, flags);
    const call = callOf(chosen, method, { given, body });
    const { signal } = context;
    await using amt = await openAmt(context, flags, { readsInput: flags.body === "-" });
    const element = await warningOf(
      [amt.warnings, call.warnings],
      () => amt.wsman.invoke(chosen.resourceUri, call.method, call.input, { selectors, signal }),
    );
    const read = readLeniently(element, () => readOutput(chosen.declaration, call.method, element));
    const { ReturnValue: _, ...rest } = read.instance;
    const output = flags.reveal ? rest : hideSecrets(call.output, rest);
    const returnValue = checked(chosen.name, call.method, { element, output });
    return {
      target: amt.way,
      class: chosen.name,
      resourceUri: chosen.resourceUri,
      method: call.method,
      returnValue,
      returnValueName: returnValueOf(chosen.name, call.method, returnValue)?.name ?? null,
      output,
      unknownFields: [...read.unknown],
      xml: flags.xml ? asciiXml(flags.reveal ? element : hideSecretsInXml(call.output, element)) : null,
      unavailable: [],
      warnings: [...amt.warnings, ...call.warnings, ...read.warnings],
    };
  },

  render: ({ returnValue, returnValueName, output, xml }) =>
    xml ?? [
      `ReturnValue ${returnValue}${returnValueName === null ? "" : ` (${returnValueName})`}`,
      ...(Object.keys(output).length === 0 ? [] : [instanceText(output)]),
    ].join("\n"),
});

/** What is called with what, and what to warn of. */
interface Call {
  readonly method: string;
  readonly input: WsmanInput;
  /** What it returns, as far as it is known. */
  readonly output: Fields;
  readonly warnings: readonly string[];
}

interface CallParts {
  readonly given: readonly Assignment[];
  readonly body: GivenBody | undefined;
}

/** Throws `usage`. */
function callOf(chosen: ChosenClass, text: string, { given, body }: CallParts): Call {
  const { name, declaration } = chosen;
  const methods = declaration?.methods ?? {};
  const method = spelled(Object.keys(methods), text) ?? text;
  const declared = Object.hasOwn(methods, method) ? methods[method] : undefined;
  const output = declared?.output ?? {};
  const unknown = declaration === undefined || declared !== undefined
    ? []
    : [`${name} has no method ${method} that is known here${didYouMean(method, Object.keys(methods))}`];
  if (body?.kind === "xml") {
    if (given.length > 0) {
      throw new AmtError("usage", "NAME=VALUE beside a body in XML, which is sent as it stands", {
        hint: "Write the values into the file, or give JSON",
      });
    }
    expectElement(body.element, `${method}_INPUT`);
    expectNoneHidden(declared?.input ?? {}, toInstance(body.element));
    return { method, input: body.element.children, output, warnings: [...chosen.warnings, ...unknown] };
  }
  const fields = declared?.input ?? {};
  const json = body === undefined ? {} : jsonFields(fields, body.instance);
  const assigned = assignedFields(fields, given);
  const input: WsmanInstance = { ...json, ...assigned };
  expectNoneHidden(fields, input);
  return {
    method,
    input: writeInput(declaration, method, input),
    output,
    warnings: [
      ...chosen.warnings,
      ...unknown,
      ...unknownNames(`${name}.${method}`, declared?.input, Object.keys(input)),
      ...openSecrets(fields, assigned),
    ],
  };
}

/** The ReturnValue of a method that did what it was asked; what else it told stands in the details of the error. */
function checked(
  className: string,
  method: string,
  { element, output }: { readonly element: XmlElement; readonly output: WsmanInstance },
): number {
  try {
    checkReturn(className, method, element);
    return Number(xmlText(element, "ReturnValue"));
  } catch (error) {
    if (!(error instanceof AmtError)) throw error;
    const { code, message, hint, details } = error;
    throw new AmtError(code, message, { details: { ...details, output }, hint, cause: error });
  }
}
