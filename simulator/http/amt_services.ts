import type { Guid } from "../../core/guid.ts";
import type { Service } from "../lme/service.ts";
import { amtSite } from "./amt_site.ts";
import { type DigestAccount, DigestGuard } from "./digest.ts";
import { httpService } from "./server.ts";

/** What differs between machines. */
export interface AmtServerFacts {
  /** Of the firmware, `major.minor.hotfix.build`. */
  readonly version: string;
  readonly uuid: Guid;
  readonly accounts: readonly DigestAccount[];
}

/** Services by port: HTTP on 16992 and 623. Nobody listens on 16993 and 664, the ports with TLS. */
export function amtServices({ version, uuid, accounts }: AmtServerFacts): ReadonlyMap<number, Service> {
  const realm = `Digest:${uuid.replaceAll("-", "").toUpperCase()}`;
  const http = httpService({
    handler: amtSite,
    guard: new DigestGuard(realm, accounts),
    headers: { Server: `Intel(R) Active Management Technology ${version}`, "X-Frame-Options": "DENY" },
  });
  return new Map([[16992, http], [623, http]]);
}
