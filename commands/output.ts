import { AmtError, errorData } from "../core/errors/mod.ts";
import type { Notes, Terminal } from "./command.ts";
import type { Runtime } from "./context.ts";
import { asciiJson, printable, printableLine } from "./printable.ts";
import { remarks } from "./remarks.ts";
import { writeAll } from "./writer.ts";

export interface OutputOptions {
  readonly format: "text" | "json" | "ndjson";
  readonly color: "auto" | "always" | "never";
  readonly progress: boolean;
  /** How many `-v`. */
  readonly verbose: number;
}

const STYLES = { bold: "\x1b[1m", red: "\x1b[31m", green: "\x1b[32m", yellow: "\x1b[33m" } as const;
const RESET = "\x1b[0m";
const CLEAR_LINE = "\r\x1b[K";

/** The only place that prints: answers to standard output, everything else to standard error, in ASCII. */
export class Output implements Notes {
  readonly #runtime: Runtime;
  readonly #options: OutputOptions;
  readonly #encoder = new TextEncoder();
  #pending: Promise<void> = Promise.resolve();
  #progressShown = false;

  constructor(runtime: Runtime, options: OutputOptions) {
    this.#runtime = runtime;
    this.#options = options;
  }

  get verbose(): number {
    return this.#options.verbose;
  }

  get isText(): boolean {
    return this.#options.format === "text";
  }

  /** How the stream may be styled. */
  terminal(stream: "stdout" | "stderr"): Terminal {
    const colored = this.#colored(stream);
    return { style: (name, text) => colored && text !== "" ? `${STYLES[name]}${text}${RESET}` : text };
  }

  /**
   * Prints an answer: as JSON, or as `render`'s text with what is missing and what to beware of on standard error.
   * `shown` is what JSON shows in its place.
   */
  async answer(
    value: object,
    render: (terminal: Terminal) => string | Uint8Array,
    shown: unknown = value,
  ): Promise<void> {
    if (!this.isText) {
      return await this.#stdout(asciiJson(shown, this.#options.format === "json" ? 2 : undefined));
    }
    const rendered = render(this.terminal("stdout"));
    if (typeof rendered !== "string") await this.bytes(rendered);
    else if (rendered !== "") await this.#text(rendered);
    for (const { style, label, text } of remarks(value)) this.#note(style, label, text);
    await this.#pending;
  }

  /** Prints one event of a stream: a line, or a line of JSON. */
  async event(value: object, render: (terminal: Terminal) => string): Promise<void> {
    await (this.isText ? this.#text(render(this.terminal("stdout"))) : this.#stdout(asciiJson(value)));
  }

  /** Bytes to standard output as they are. */
  async bytes(bytes: Uint8Array): Promise<void> {
    await writeAll(this.#runtime, "stdout", bytes);
  }

  detail(level: 1 | 2 | 3, text: string): void {
    if (this.isText && this.#options.verbose >= level) this.#stderr(printableLine(text));
  }

  warning(text: string): void {
    if (this.isText) this.#note("yellow", "warning", text);
    else this.#stderr(asciiJson({ warning: text }));
  }

  progress(text: string): void {
    if (!this.isText || !this.#options.progress || !this.#capable("stderr")) return;
    this.#write(`${CLEAR_LINE}${printableLine(text)}`);
    this.#progressShown = true;
  }

  /** Prints an error; its exit code is the program's. A standard error that is gone is no further error. */
  async error(error: AmtError): Promise<void> {
    if (!this.isText) {
      const stack = this.#stack(error);
      const data = errorData(error);
      if (stack !== undefined) data.error.details = { ...data.error.details, stack };
      this.#stderr(asciiJson(data));
    } else {
      this.#note("red", "error", `${error.message} (${error.code})`);
      this.#note("bold", "hint", error.hint);
      const stack = this.#stack(error);
      if (stack !== undefined) this.#stderr(printable(stack));
    }
    await this.#pending;
  }

  /** Resolves when all that went to standard error is written. */
  async settled(): Promise<void> {
    await this.#pending;
  }

  #stack(error: AmtError): string | undefined {
    if (this.#options.verbose < 2) return undefined;
    return (error.cause instanceof Error ? error.cause : error).stack;
  }

  #note(style: "red" | "yellow" | "bold", label: string, text: string): void {
    this.#stderr(`${this.terminal("stderr").style(style, `${label}:`)} ${printableLine(text)}`);
  }

  async #text(text: string): Promise<void> {
    await this.#stdout(printable(text, this.#colored("stdout")));
  }

  async #stdout(text: string): Promise<void> {
    this.#clearProgress();
    await writeAll(this.#runtime, "stdout", this.#encoder.encode(text + "\n"));
  }

  #stderr(line: string): void {
    this.#clearProgress();
    this.#write(`${line}\n`);
  }

  #clearProgress(): void {
    if (this.#progressShown) this.#write(CLEAR_LINE);
    this.#progressShown = false;
  }

  #write(text: string): void {
    const bytes = this.#encoder.encode(text);
    this.#pending = this.#pending.then(() => writeAll(this.#runtime, "stderr", bytes)).catch(() => {});
  }

  #colored(stream: "stdout" | "stderr"): boolean {
    const { color, format } = this.#options;
    if (color !== "auto" || format !== "text") return color === "always" && format === "text";
    return !this.#runtime.env("NO_COLOR") && this.#capable(stream);
  }

  /** Whether the stream is a terminal that knows escape sequences. */
  #capable(stream: "stdout" | "stderr"): boolean {
    return !["", "dumb", undefined].includes(this.#runtime.env("TERM")) && this.#runtime.isTerminal(stream);
  }
}
