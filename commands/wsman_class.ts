import { AmtError } from "../core/errors/mod.ts";
import type { WsmanClassDeclaration } from "../protocols/wsman/classes/declare.ts";
import { classNames, findClass } from "../protocols/wsman/classes/mod.ts";
import { classOf, resourceUri } from "../protocols/wsman/mod.ts";
import { didYouMean, nearest } from "./nearest.ts";

/** A class as a person named it, found or not. */
export interface ChosenClass {
  readonly name: string;
  readonly resourceUri: string;
  /** `undefined` when it is not declared; firmware may have it all the same. */
  readonly declaration: WsmanClassDeclaration | undefined;
  readonly warnings: readonly string[];
}

/**
 * A class by its name in any case, or by its ResourceURI. What begins as AMT's classes do is taken even when it is not
 * declared. Rejects with `usage` for anything else, with the nearest names.
 */
export async function chooseClass(text: string): Promise<ChosenClass> {
  const declaration = await findClass(text);
  if (declaration !== undefined) {
    const uri = text.includes("://") ? text : resourceUri(declaration.name);
    return { name: declaration.name, resourceUri: uri, declaration, warnings: [] };
  }
  if (text.includes("://")) return { name: classOf(text), resourceUri: text, declaration, warnings: [] };
  const known = await classNames();
  if (!/^(?:amt|cim|ips)_\w+$/i.test(text)) {
    const near = nearest(text, known);
    throw new AmtError("usage", `${JSON.stringify(text)} is no class of AMT's`, {
      hint: near.length === 0 ? "See amtctl wsman classes" : `Did you mean ${near.join(" or ")}?`,
    });
  }
  const name = text.slice(0, 4).toUpperCase() + text.slice(4);
  const near = didYouMean(name, known);
  return {
    name,
    resourceUri: resourceUri(name),
    declaration,
    warnings: near === "" ? [] : [`no class ${name} is known here${near}`],
  };
}

/** The name of those that are declared which differs from this one in its case at most. */
export function spelled(names: readonly string[], given: string): string | undefined {
  if (names.includes(given)) return given;
  return names.find((name) => name.toLowerCase() === given.toLowerCase());
}

/** Does `work`; what to warn of stands in the hint when it fails, since an error has no warnings. */
export async function warningOf<T>(
  told: readonly (readonly string[])[],
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const warnings = told.flat();
    if (!(error instanceof AmtError) || warnings.length === 0) throw error;
    const { code, message, details } = error;
    throw new AmtError(code, message, { details, cause: error, hint: `${error.hint}; ${warnings.join("; ")}` });
  }
}
