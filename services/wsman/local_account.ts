import { AmtError } from "../../core/errors/mod.ts";
import { AmthiClient, GetLocalSystemAccount } from "../../protocols/amthi/mod.ts";
import type { MeiTransport } from "../../transport/mei.ts";

/** An account of AMT's; `password` is a secret. */
export interface LocalAccount {
  readonly user: string;
  readonly password: string;
}

/**
 * Asks AMTHI for the account that AMT keeps for programs on its own machine. Rejects as `AmthiClient.call` does, with
 * `auth.refused` when the firmware does not tell it, with `firmware.protocol` when its answer cannot be read, and with
 * `timeout` when there is none.
 */
export async function localSystemAccount(mei: MeiTransport, signal: AbortSignal): Promise<LocalAccount> {
  await using amthi = new AmthiClient(mei);
  const outcome = await amthi.call(GetLocalSystemAccount, {}, { signal });
  if (outcome.ok) return { user: outcome.data.user, password: outcome.data.password };
  if (outcome.kind === "malformed" || outcome.kind === "silent") {
    const code = outcome.kind === "silent" ? "timeout" : "firmware.protocol";
    throw new AmtError(code, `GetLocalSystemAccount: ${outcome.reason}`);
  }
  throw new AmtError("auth.refused", `the local system account is not told: ${outcome.reason}`, {
    hint: "Use another user, such as admin: the local system account may be switched off",
  });
}
