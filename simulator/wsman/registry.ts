import { resourceUri } from "../../protocols/wsman/namespaces.ts";
import type { WsmanClass } from "./class.ts";

/** The classes that one release of AMT has. */
export class Registry {
  readonly #byUri: ReadonlyMap<string, WsmanClass>;

  /** `major`: the first number of the firmware's version. */
  constructor(classes: readonly WsmanClass[], major: number) {
    const known = classes.filter(({ since = 0 }) => since <= major);
    this.#byUri = new Map(known.map((each) => [resourceUri(each.name), each]));
  }

  byUri(uri: string): WsmanClass | undefined {
    return this.#byUri.get(uri);
  }

  byName(name: string): WsmanClass | undefined {
    return this.#byUri.get(resourceUri(name));
  }
}
