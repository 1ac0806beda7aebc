import type { Clock } from "../../../core/clock.ts";
import type { AmtState } from "../../clients/amthi_state.ts";

/** IPS_OptInService.OptInState. */
const consentStates = { notStarted: 0, requested: 1, displayed: 2, received: 3, inSession: 4 } as const;

/** IPS_OptInService.OptInRequired. */
export const consentPolicies = { none: 0, kvm: 1, all: 0xffff_ffff } as const;

const returns = { done: 0, invalidState: 2, blocked: 3, wrongCode: 4 } as const;
const MOST_WRONG = 3;

/**
 * The user's consent: a code on the screen, which the user tells whoever asks. Three wrong codes block it for as long
 * as a code is shown; how long real firmware does is not known.
 */
export class Consent implements Disposable {
  /** Seconds that a code waits to be sent, and that a code or the consent given by it lasts. */
  codeTimeoutSeconds = 120;
  displayTimeoutSeconds = 300;
  readonly #amt: AmtState;
  readonly #clock: Clock;
  readonly #hasScreen: () => boolean;
  readonly #listeners = new Set<(code: string | undefined) => void>();
  #policy: number = consentPolicies.kvm;
  #state: number = consentStates.notStarted;
  #code: string | undefined;
  #wrong = 0;
  #alarm: AbortController | undefined;

  constructor(amt: AmtState, clock: Clock, hasScreen: () => boolean) {
    this.#amt = amt;
    this.#clock = clock;
    this.#hasScreen = hasScreen;
    if (amt.kvm.consentPending) this.#show();
  }

  get state(): number {
    return this.#state;
  }

  /** In client control mode all needs consent, and nobody can change that. */
  get policy(): number {
    return this.canChangePolicy ? this.#policy : consentPolicies.all;
  }

  get canChangePolicy(): boolean {
    return this.#amt.controlMode !== "client";
  }

  setPolicy(policy: number): void {
    this.#policy = policy;
  }

  /** What the screen shows the user: six digits, or nothing. */
  get screen(): string | undefined {
    return this.#code;
  }

  /** Calls `listener` whenever the screen shows another code, or none any more; the answer takes it off again. */
  onScreen(listener: (code: string | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Whether what needs consent, other than KVM, may be done now. */
  get isGiven(): boolean {
    const { received, inSession } = consentStates;
    return this.policy !== consentPolicies.all || this.#state === received || this.#state === inSession;
  }

  /** A ReturnValue, as of the methods below. */
  start(): number {
    if (this.#isBlocked) return returns.blocked;
    if (this.#state !== consentStates.notStarted || !this.#hasScreen()) return returns.invalidState;
    this.#show();
    this.#expire(Math.min(this.codeTimeoutSeconds, this.displayTimeoutSeconds));
    return returns.done;
  }

  send(code: number): number {
    if (this.#isBlocked) return returns.blocked;
    if (this.#state !== consentStates.displayed) return returns.invalidState;
    if (code === Number(this.#code)) {
      this.#wrong = 0;
      this.#become(consentStates.received);
      this.#expire(this.displayTimeoutSeconds);
      return returns.done;
    }
    if (++this.#wrong < MOST_WRONG) return returns.wrongCode;
    this.#become(consentStates.notStarted);
    this.#expire(this.displayTimeoutSeconds);
    return returns.blocked;
  }

  cancel(): number {
    if (this.#state === consentStates.notStarted) return returns.invalidState;
    this.#end();
    return returns.done;
  }

  /** What was consented to has begun. */
  use(): void {
    if (this.#state === consentStates.received) this.#become(consentStates.inSession);
  }

  [Symbol.dispose](): void {
    this.#alarm?.abort();
  }

  get #isBlocked(): boolean {
    return this.#wrong >= MOST_WRONG;
  }

  #show(): void {
    const [random] = crypto.getRandomValues(new Uint32Array(1));
    this.#become(consentStates.displayed, String(random! % 1_000_000).padStart(6, "0"));
  }

  #become(state: number, code?: string): void {
    this.#state = state;
    if (code !== this.#code) {
      this.#code = code;
      for (const listener of [...this.#listeners]) listener(code);
    }
    this.#amt.kvm = { ...this.#amt.kvm, consentPending: state === consentStates.displayed };
  }

  #end(): void {
    this.#alarm?.abort();
    this.#wrong = 0;
    this.#become(consentStates.notStarted);
  }

  #expire(seconds: number): void {
    this.#alarm?.abort();
    const alarm = new AbortController();
    this.#alarm = alarm;
    this.#clock.sleep(1000 * seconds, alarm.signal, "simulated consent").then(() => this.#end(), () => {});
  }
}
