import { bytes, type Codec, constant, named, struct, u32le, u8, type Wire } from "../../../core/binary/mod.ts";
import { message } from "../message.ts";
import { amtBoolean, amtBooleanByte, textList } from "../types.ts";

/** Hash algorithms by which host and firmware name their certificates to each other. */
const HashAlgorithm = named(u8, { SHA256: 2, SHA384: 3 });

/** Room for the list of suffixes. */
const SUFFIXES = 320;
/** Bytes of the short form, with and without that room. */
const SHORT = [390, 390 - SUFFIXES];

/** DNS suffixes of this machine's network, 320 bytes in all; MeshCentral leaves the room out when it has none. */
const dnsSuffixes: Codec<string[]> = {
  size: undefined,
  write: (out, value) => textList(u32le, SUFFIXES).write(out, value),
  read(src) {
    if (src.left > 4) return textList(u32le, SUFFIXES).read(src);
    constant(u32le, 0).read(src);
    return [];
  },
};

const long = setup(amtBoolean);
const short = setup(amtBooleanByte);

/**
 * What a setup over the local TLS port starts with: the hash of the certificate that the host will show, in 64 bytes.
 * Peers disagree on `hostVpn`: MeshCentral has an AMT_BOOLEAN like everywhere else (`long`, 393 bytes), rpc-go one
 * byte (`short`, 390 bytes). Which firmware wants which is not known; INVALID_MESSAGE_LENGTH asks for the other.
 */
const HostBasedSetup: Codec<{ readonly form: "long" | "short" } & Wire<typeof long>> = {
  size: undefined,
  write: (out, { form, ...value }) => (form === "long" ? long : short).write(out, value),
  read(src) {
    const form = SHORT.includes(src.left) ? "short" : "long";
    return { form, ...(form === "long" ? long : short).read(src) };
  },
};

/**
 * Starts setup by a program on the host, over TLS at the local port, from CSME 14.0 on. The answer names the
 * certificate that AMT will show.
 */
export const StartConfigurationHBased = message("StartConfigurationHBased", 0x0400_008b, {
  request: HostBasedSetup,
  response: struct({ hashAlgorithm: HashAlgorithm, certificateHash: bytes(64) }),
  changes: true,
});

function setup(boolean: Codec<boolean>) {
  return struct({ hashAlgorithm: HashAlgorithm, certificateHash: bytes(64), hostVpn: boolean, dnsSuffixes });
}
