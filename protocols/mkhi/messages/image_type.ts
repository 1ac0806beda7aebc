import { struct, u32le, type Wire } from "../../../core/binary/mod.ts";
import { type MkhiMessage, noData } from "../message.ts";

const ImageType = struct({ signing: u32le });

/** How the image is signed, as a number that the sources do not explain. Source: Intel LMS GetImageTypeCommand.h. */
export const GetImageType: MkhiMessage<Record<never, never>, Wire<typeof ImageType>> = {
  name: "GetImageType",
  group: 0xff,
  command: 0x18,
  request: noData,
  response: ImageType,
};
