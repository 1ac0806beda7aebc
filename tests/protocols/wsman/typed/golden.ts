import type { WsmanInstance } from "../../../../protocols/wsman/values.ts";
import { devices } from "./golden_devices.ts";
import { settings } from "./golden_settings.ts";

/** An instance as `[class, fields]`; what a method returned as `[class.method, fields]`. */
export type Expected = readonly [declaredAs: string, instance: WsmanInstance];

/** Recorded answers by their names, with the values that a person read in their XML; fields are in its order. */
export const golden: Readonly<Record<string, readonly Expected[]>> = { ...settings, ...devices };
