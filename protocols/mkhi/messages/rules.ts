import { type Codec, constant, named, sized, struct, u32le, u8 } from "../../../core/binary/mod.ts";
import { type MkhiMessage, noData } from "../message.ts";
import { PlatformType } from "../platform.ts";

type Nothing = Record<never, never>;

/** A property of the firmware: one group of commands reads and writes them all by number. */
interface Rule<T> {
  /** Bits 0 to 15 the rule, 16 to 23 the feature that it belongs to, which is 0 for those of the ME itself. */
  readonly id: number;
  readonly layout: Codec<T>;
}

const FWCAPS = 0x03;

/** Whether the host may update the firmware: not, freely, or with a password. */
export const FirmwareUpdateState = named(u32le, { disabled: 0, enabled: 1, password: 2 });
const firmwareUpdate = { id: 7, layout: FirmwareUpdateState };

/** Features that this platform can have, as a bitmap for `featureNames`. Rules as Intel LMS MKHICommand.h has them. */
export const GetCapableFeatures = getRule("GetCapableFeatures", { id: 0, layout: u32le });

/** Features that are switched on, as a bitmap for `featureNames`. */
export const GetEnabledFeatures = getRule("GetEnabledFeatures", { id: 32, layout: u32le });

/** Features that can be used now, as a bitmap for `featureNames`. */
export const GetAvailableFeatures = getRule("GetAvailableFeatures", { id: 39, layout: u32le });

/** What kind of machine and firmware image this is. */
export const GetPlatformType = getRule("GetPlatformType", { id: 29, layout: PlatformType });

export const GetFirmwareUpdateState = getRule("GetFirmwareUpdateState", firmwareUpdate);

/** Lets the host update the firmware, or forbids it. */
export const SetFirmwareUpdateState = setRule("SetFirmwareUpdateState", firmwareUpdate);

function getRule<T>(name: string, { id, layout }: Rule<T>): MkhiMessage<Nothing, T> {
  const rule = struct({ rule: constant(u32le, id) });
  return { name, group: FWCAPS, command: 0x02, request: rule, response: behind(rule, sized(u8, layout)) };
}

function setRule<T>(name: string, { id, layout }: Rule<T>): MkhiMessage<T, Nothing> {
  const rule = struct({ rule: constant(u32le, id) });
  return {
    name,
    group: FWCAPS,
    command: 0x03,
    changes: true,
    request: behind(rule, sized(u8, layout)),
    response: noData,
  };
}

function behind<T>(front: Codec<Nothing>, body: Codec<T>): Codec<T> {
  return {
    size: undefined,
    write(out, value) {
      front.write(out, {});
      body.write(out, value);
    },
    read(src) {
      front.read(src);
      return body.read(src);
    },
  };
}
