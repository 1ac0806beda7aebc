import type { Clock } from "../../core/clock.ts";
import type { Service } from "../lme/service.ts";
import type { TlsIdentity } from "../tls/identity.ts";
import type { WebFaults } from "../web_faults.ts";
import type { AmtMachine } from "../wsman/machine.ts";
import { amtSite } from "./amt_site.ts";
import { DigestGuard, type Qop } from "./digest.ts";
import { type HttpHandler, httpService } from "./server.ts";

/** What is around the services. */
export interface AmtServerOptions {
  readonly qop?: Qop | undefined;
  readonly clock: Clock;
  readonly faults: WebFaults;
  /** For the ports with TLS; called with the first connection. */
  readonly identity: () => Promise<TlsIdentity>;
}

/** AMT's web server, plain and with TLS: the same site, the same state. */
export interface AmtServer {
  readonly plain: Service;
  readonly secured: Service;
}

export function amtServer(machine: AmtMachine, options: AmtServerOptions): AmtServer {
  const { origin, realm, accounts, major } = machine;
  const { qop, faults, identity } = options;
  const plain = httpService({
    handler: site(machine, options),
    guard: new DigestGuard(realm, () => accounts.all, qop),
    headers: { Server: `Intel(R) Active Management Technology ${origin.version}`, "X-Frame-Options": "DENY" },
    refuses: () => faults.refuses(),
  });
  let securing: Promise<Service> | undefined;
  const secured: Service = async (stream) => {
    securing ??= import("../tls/secure_service.ts").then(async ({ secureService }) =>
      secureService(plain, { identity: await identity(), major })
    );
    await (await securing)(stream);
  };
  return { plain, secured };
}

/** WS-Management is loaded with the first request for it. */
function site(machine: AmtMachine, { clock, faults }: AmtServerOptions): HttpHandler {
  let loading: Promise<HttpHandler> | undefined;
  return async (request, user) => {
    if (request.target !== "/wsman") return amtSite(request);
    loading ??= import("../wsman/web_service.ts").then(({ wsmanHandler }) => wsmanHandler(machine, { clock, faults }));
    return (await loading)(request, user);
  };
}
