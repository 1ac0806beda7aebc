/** What refers to an instance. */
export interface Reference {
  readonly className: string;
  readonly selectors: Selectors;
}

/** Names and values of keys. */
export interface Selectors {
  readonly [name: string]: string | Reference;
}

/** A point in time, `2026-01-01T00:00:00Z`, or a span, `P1DT0H0M`, in the wrapping that CIM gives them. */
export type Moment = { readonly Datetime: string } | { readonly Interval: string };

/** The value of a field; a list becomes elements that repeat, and what is undefined is left out. */
export type Value = string | number | boolean | Reference | Moment | readonly (string | number)[] | undefined;

export interface Fields {
  readonly [name: string]: Value;
}

/** What a method returns, in the order of its elements, its ReturnValue included if it has one. */
export interface Outputs extends Fields {}

export function isReference(value: unknown): value is Reference {
  return typeof value === "object" && value !== null && "className" in value;
}

/** Whether two keys are the same. */
export function isSameKey(one: string | Reference, other: string | Reference): boolean {
  if (typeof one === "string" || typeof other === "string") return one === other;
  const names = Object.keys(one.selectors);
  return one.className === other.className && names.length === Object.keys(other.selectors).length &&
    names.every((name) => {
      const theirs = other.selectors[name];
      return theirs !== undefined && isSameKey(one.selectors[name]!, theirs);
    });
}
