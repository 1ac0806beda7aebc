import { decode, encode, toHex } from "../../core/binary/mod.ts";
import {
  type Feature,
  featureBitmap,
  type FirmwareVersion,
  GetAvailableFeatures,
  GetBootState,
  GetCapableFeatures,
  GetEnabledFeatures,
  GetEndOfPostState,
  GetFirmwareUpdateState,
  GetFirmwareVersion,
  GetHmrfpoStatus,
  GetMeasuredBoot,
  GetPlatformType,
  MkhiHeader,
  type MkhiMessage,
  type MkhiNotice,
  mkhiRequest,
  mkhiResponse,
  mkhiResult,
  type PlatformType,
  SetOsVersion,
} from "../../protocols/mkhi/mod.ts";
import type { Answers } from "./answering.ts";

/** What the kernel host interface tells. */
export interface MkhiState {
  /** Of the running code, the recovery and the factory image. */
  readonly versions: readonly FirmwareVersion[];
  /** What the platform can have. */
  readonly capable: readonly Feature[];
  /** What of it is switched on. */
  readonly enabled: readonly Feature[];
  readonly platform: PlatformType;
  /** CSME firmware knows more commands than the ME before it; which ones is a guess. */
  readonly isCsme: boolean;
}

const HEADER_LENGTH = 4;

/** What the kernel host interface answers, at either of its addresses. */
export function mkhiAnswers(state: MkhiState): Answers {
  const answers = new Map([...common(state), ...(state.isCsme ? csme(state) : [])]);
  return (message) => respond(answers, message);
}

function respond(answers: ReadonlyMap<string, Uint8Array>, message: Uint8Array): Uint8Array | undefined {
  if (message.length < HEADER_LENGTH) return new Uint8Array(0);
  const header = decode(MkhiHeader, message.subarray(0, HEADER_LENGTH));
  // The Linux driver sends it and reads no answer.
  if (is(SetOsVersion, header)) return undefined;
  const answer = answers.get(toHex(message));
  if (answer !== undefined) return answer;
  // No field behaviour is known for a rule that the firmware does not have.
  const result = is(GetCapableFeatures, header) ? mkhiResult.notSupported : mkhiResult.invalidCommand;
  return encode(MkhiHeader, { ...header, command: header.command | 0x80, result });
}

type Answer = [request: string, answer: Uint8Array];

function common({ versions, capable, enabled, platform }: MkhiState): Answer[] {
  return [
    answer(GetFirmwareVersion, { versions: [...versions] }),
    answer(GetCapableFeatures, featureBitmap(capable)),
    answer(GetEnabledFeatures, featureBitmap(enabled)),
    answer(GetPlatformType, platform),
    answer(GetFirmwareUpdateState, "enabled"),
  ];
}

/** The host has booted, unmeasured as HFSTS6 of the profiles says, and may not write the firmware's flash. */
function csme({ enabled }: MkhiState): Answer[] {
  return [
    answer(GetAvailableFeatures, featureBitmap(enabled)),
    answer(GetBootState, { state: { endOfPost: 1, coreBiosDone: 1, unknown: 0 } }),
    answer(GetEndOfPostState, { state: 1 }),
    answer(GetMeasuredBoot, { enabled: "no" }),
    answer(GetHmrfpoStatus, { status: "disabled" }),
  ];
}

function answer<Response>(message: MkhiMessage<Record<never, never>, Response>, data: Response): Answer {
  const request = encode(mkhiRequest(message), {});
  return [toHex(request), encode(mkhiResponse(message), { result: mkhiResult.success, data })];
}

function is({ group, command }: Pick<MkhiNotice<unknown>, "group" | "command">, header: MkhiHeader): boolean {
  return header.group === group && header.command === command;
}
