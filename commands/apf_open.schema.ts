import { type Static, Type } from "typebox";

export const ApfOpenOutput = Type.Never({
  title: "amtctl apf open",
  description: "Standard output carries the channel's bytes, and no JSON",
});

export type ApfOpenOutput = Static<typeof ApfOpenOutput>;
