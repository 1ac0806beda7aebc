/** A flag that is there or not. */
export interface Switch {
  readonly kind: "switch";
  readonly brief: string;
  readonly short?: string;
}

/** A flag that counts how often it stands there: `-vvv`. */
export interface Count {
  readonly kind: "count";
  readonly brief: string;
  readonly short?: string;
}

/** A flag with a value; `default` is text as a person would write it, and makes the value certain. */
export interface Value<T> {
  readonly kind: "value";
  readonly brief: string;
  readonly placeholder: string;
  readonly short?: string;
  readonly default?: string;
  /** Throws `AmtError` with code `usage`. */
  parse(text: string): T;
}

/** A flag with a value that may stand there several times; its values are a list, empty without it. */
export interface List<T> {
  readonly kind: "list";
  readonly brief: string;
  readonly placeholder: string;
  readonly short?: string;
  /** Throws `AmtError` with code `usage`. */
  parse(text: string): T;
}

/** A flag with one of few values. */
export interface Choice<V extends string> {
  readonly kind: "choice";
  readonly brief: string;
  readonly values: readonly V[];
  readonly short?: string;
  readonly default?: V;
}

export type Flag = Switch | Count | Value<unknown> | List<unknown> | Choice<string>;

/** Flags by name in camelCase; on the command line they are written in kebab-case. */
export type FlagSet = Readonly<Record<string, Flag>>;

/** What a declared flag becomes. */
export type FlagValue<F> = F extends Switch ? boolean
  : F extends Count ? number
  : F extends { kind: "choice"; values: readonly (infer V)[] } ? F extends { default: string } ? V : V | undefined
  : F extends { kind: "list"; parse(text: string): infer T } ? readonly T[]
  : F extends { kind: "value"; parse(text: string): infer T } ? F extends { default: string } ? T : T | undefined
  : never;

export type FlagValues<S extends FlagSet> = { readonly [K in keyof S]: FlagValue<S[K]> };

/** A word after the command's name. `rest` takes all that are left, as a list; it stands last. */
export interface Argument<T> {
  /** In capitals, as help shows it. */
  readonly name: string;
  readonly brief: string;
  readonly optional?: true;
  readonly rest?: true;
  /** Throws `AmtError` with code `usage`. */
  parse(text: string): T;
}

export type ArgumentList = readonly Argument<unknown>[];

export type ArgumentValue<A> = A extends Argument<infer T>
  ? A extends { rest: true } ? readonly T[] : A extends { optional: true } ? T | undefined : T
  : never;

export type ArgumentValues<L extends ArgumentList> = { readonly [I in keyof L]: ArgumentValue<L[I]> };

/** `busyBudget` as it is written on the command line: `busy-budget`. */
export function flagName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** A value that is taken as it stands. */
export function asText(text: string): string {
  return text;
}
