import type { Fields } from "./value.ts";

/** An instance on its way to whoever enumerates. */
export interface Item {
  readonly className: string;
  readonly fields: Fields;
  readonly keys: readonly string[];
}

/** An enumeration that is open. */
export interface Enumeration {
  readonly context: string;
  readonly resourceUri: string;
  /** References are asked for instead of instances. */
  readonly references: boolean;
  /** What is left. */
  readonly items: Item[];
}

/** The one enumeration that is open at a time: consoles report that a second one spoils the first. */
export class Enumerations {
  #open: Enumeration | undefined;
  #count = 0x14;

  open(resourceUri: string, items: readonly Item[], references: boolean): Enumeration {
    const number = new DataView(new ArrayBuffer(4));
    number.setUint32(0, this.#count++, true);
    const digits = number.getUint32(0).toString(16).toUpperCase().padStart(8, "0");
    const context = `${digits}-0000-0000-0000-000000000000`;
    return this.#open = { context, resourceUri, references, items: [...items] };
  }

  find(context: string, resourceUri: string): Enumeration | undefined {
    const open = this.#open;
    return open?.context === context && open.resourceUri === resourceUri ? open : undefined;
  }

  close(): void {
    this.#open = undefined;
  }
}
