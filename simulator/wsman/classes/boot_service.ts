import { fixedState, serviceFields, serviceKeys, type WsmanClass } from "../class.ts";
import type { Incoming } from "../incoming.ts";
import type { AmtMachine } from "../machine.ts";
import { bootRoles } from "../state/boot.ts";
import type { Fields } from "../value.ts";

const returns = { done: 0, unsupported: 1, invalidParameter: 5, consentNeeded: 2081 } as const;
const CONFIGURATION = "Intel(r) AMT: Boot Configuration 0";
/** The first release whose boot service has a state: 32768, and 1 for one-click recovery, 2 for remote erase. */
const RECOVERY = 16;
const LOWEST_STATE = 32768;
const HIGHEST_STATE = 32771;

/** Sources that a boot can be forced to, by what they end in, and how AMT writes them in its string. */
const sources: readonly (readonly [name: string, boot: string])[] = [
  ["Force Hard-drive Boot", "CIM:Hard-Disk:1"],
  ["Force PXE Boot", "CIM:Network:1"],
  ["Force CD/DVD Boot", "CIM:CD/DVD:1"],
];
const recoverySources: readonly (readonly [name: string, boot: string])[] = [
  ["Force OCR UEFI HTTPS Boot", "CIM:Network:1"],
  ["Force OCR UEFI Boot Option 1", "CIM:Hard-Disk:1"],
  ["Force OCR UEFI Boot Option 2", "CIM:Hard-Disk:1"],
];
/** What the firmware setup calls the options with a number. */
const optionNames = new Map([["1", "WinRe"], ["2", "Simulated PBA"]]);

export const bootService: WsmanClass = {
  name: "CIM_BootService",
  keys: serviceKeys,
  instances: ({ boot, major }) => [{
    ...serviceFields("CIM_BootService", "Intel(r) AMT Boot Service"),
    ...fixedState,
    EnabledState: major >= RECOVERY ? boot.enabledState : undefined,
    OperationalStatus: 0,
  }],
  methods: { SetBootConfigRole, RequestStateChange },
};

/** That consent is asked for here, and not by the power service, is an assumption. */
function SetBootConfigRole({ boot, consent }: AmtMachine, input: Incoming): number {
  const { className, selectors } = input.reference("BootConfigSetting");
  const role = input.number("Role");
  if (className !== "CIM_BootConfigSetting" || selectors["InstanceID"] !== CONFIGURATION) {
    return returns.invalidParameter;
  }
  if (!Object.values<number>(bootRoles).includes(role)) return returns.invalidParameter;
  if (!consent.isGiven) return returns.consentNeeded;
  consent.use();
  boot.role = role;
  return returns.done;
}

function RequestStateChange({ boot, major }: AmtMachine, input: Incoming): number {
  const state = input.number("RequestedState");
  if (major < RECOVERY) return returns.unsupported;
  if (state < LOWEST_STATE || state > HIGHEST_STATE) return returns.invalidParameter;
  boot.enabledState = state;
  return returns.done;
}

export const bootConfigSetting: WsmanClass = {
  name: "CIM_BootConfigSetting",
  keys: ["InstanceID"],
  instances: () => [{ ElementName: "Intel(r) AMT: Boot Configuration", InstanceID: CONFIGURATION }],
  methods: { ChangeBootOrder },
};

/** No source takes the one that was chosen back. */
function ChangeBootOrder(machine: AmtMachine, input: Incoming): number {
  const { boot, consent } = machine;
  const [chosen, ...more] = input.references("Source");
  if (chosen === undefined) {
    boot.source = undefined;
    return returns.done;
  }
  const names = sourceFields(machine).map(({ InstanceID }) => InstanceID);
  const name = chosen.selectors["InstanceID"];
  const isKnown = chosen.className === "CIM_BootSourceSetting" && typeof name === "string" && names.includes(name);
  if (!isKnown || more.length > 0) return returns.invalidParameter;
  if (!consent.isGiven) return returns.consentNeeded;
  boot.source = name;
  return returns.done;
}

export const bootSourceSetting: WsmanClass = {
  name: "CIM_BootSourceSetting",
  keys: ["InstanceID"],
  instances: sourceFields,
};

function sourceFields({ major }: AmtMachine): Fields[] {
  return [...sources, ...(major >= RECOVERY ? recoverySources : [])].map(([name, boot]) => ({
    BIOSBootString: optionNames.get(/Option (\d)$/.exec(name)?.[1] ?? ""),
    ElementName: "Intel(r) AMT: Boot Source",
    FailThroughSupported: 2,
    InstanceID: `Intel(r) AMT: ${name}`,
    StructuredBootString: boot,
  }));
}
