import { AmtError } from "../core/errors/mod.ts";
import type { Credentials, HttpClient } from "../protocols/http/mod.ts";
import type { WsmanClient } from "../protocols/wsman/mod.ts";
import { localSystemAccount } from "../services/wsman/local_account.ts";
import { findLocalServices, remoteRoute, type Route, tunnelRoute } from "../services/wsman/route.ts";
import { WsmanSession } from "../services/wsman/session.ts";
import type { Way } from "../services/wsman/way.ts";
import type { AmtFlags } from "./amt_flags.ts";
import type { Context } from "./command.ts";
import type { Machine } from "./machine.ts";
import { givenPassword, PASSWORD_WAYS } from "./password.ts";
import { startTunnel } from "./start_tunnel.ts";
import { timed, tunnelEventText } from "./tunnel_events.ts";

/** AMT's web service, reached as the flags say. Disposal closes all of it. */
export interface AmtAccess extends AsyncDisposable {
  readonly wsman: WsmanClient;
  /** The same connection, for what is no WS-Management. */
  readonly http: HttpClient;
  /** As it stands when it is read: `trusted` and `fingerprint` are known after the first request. */
  readonly way: Way;
  /** What to warn of so far; complete after the last request. */
  readonly warnings: readonly string[];
}

export interface OpenAmtOptions {
  /** The command itself reads standard input, so no password can come from there. */
  readonly readsInput?: boolean;
}

/** The user of programs on the machine itself; AMT makes its password, and AMTHI tells it. */
const LOCAL_USER = "$$OsAdmin";
const DEFAULT_USER = "admin";
/** In a question about a password. */
const THIS_MACHINE = "localhost";

/** A way that is chosen, and what goes with it. */
interface Chosen extends AsyncDisposable {
  readonly route: Route;
  readonly credentials: Credentials;
  /** `undefined` over the network, where the host's name will do. */
  readonly knownAs?: string;
  readonly isForgotten?: boolean;
}

/**
 * Chooses a way to AMT: over the network with `--host`; else a running local management service of this machine; else a
 * tunnel of our own to its ME. Over the network nothing is connected yet. Every wait ends with the context's signal.
 *
 * Rejects with `usage` for a password that cannot be had; on this machine as `Context.machine`, `MeiTransport.connect`
 * and `tunnelRoute` do. Requests reject as `HttpClient.request`, `WsmanClient` and `trustJudge` say, and as the source of
 * the password does, which is asked once, when AMT asks for it: a file, a descriptor, the environment, or a person.
 */
export async function openAmt(context: Context, flags: AmtFlags, options: OpenAmtOptions = {}): Promise<AmtAccess> {
  const { env, signal, notes } = context;
  const warnings: string[] = [];
  const warn = (text: string) => void (warnings.includes(text) || warnings.push(text));
  const { pin: pins, insecure, legacyTls: legacy } = flags;
  const tls = flags.tls || pins.length > 0 || insecure || legacy;
  const user = flags.user ?? DEFAULT_USER;
  const isOwn = user === LOCAL_USER && flags.host === undefined;
  const password = givenPassword(context, flags, { readsInput: options.readsInput ?? false, isOwn, warn });
  const wanted: Wanted = { user, password, tls, warn };
  const chosen = flags.host === undefined
    ? await onThisMachine(context, wanted)
    : remotely(context, flags.host, wanted);
  try {
    const session = await WsmanSession.open(chosen.route, {
      ...chosen,
      tls: { pins, insecure, legacy },
      env,
      signal,
      tell: (level, text) => level === "warning" ? warn(text) : notes.detail(1, text),
      onNote: (level, text) => notes.detail(level, text),
    });
    return {
      wsman: session.wsman,
      http: session.http,
      get way() {
        return session.way;
      },
      warnings,
      async [Symbol.asyncDispose]() {
        await session[Symbol.asyncDispose]();
        await chosen[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await chosen[Symbol.asyncDispose]();
    throw error;
  }
}

interface Wanted {
  readonly user: string;
  readonly password: (() => Promise<string>) | undefined;
  readonly tls: boolean;
  warn(text: string): void;
}

function remotely(context: Context, place: NonNullable<AmtFlags["host"]>, { user, password, tls }: Wanted): Chosen {
  if (user === LOCAL_USER && password === undefined) {
    throw new AmtError("usage", `only the machine itself tells the password of ${LOCAL_USER}`, { hint: PASSWORD_WAYS });
  }
  return {
    route: remoteRoute(place, tls),
    credentials: { user, password: password ?? asking(context, user, place.host) },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function onThisMachine(context: Context, { user, password, tls, warn }: Wanted): Promise<Chosen> {
  const machine = await context.machine();
  // Before the tunnel: there are firmwares where AMTHI has to be done with before LME is used.
  const credentials = user === LOCAL_USER && password === undefined
    ? await localCredentials(context, machine)
    : { user, password: password ?? asking(context, user, THIS_MACHINE) };
  // A simulated machine has no ports of its own; those of the real one lead elsewhere.
  const { route, strangers } = machine.simulated ? nothingLocal : findLocalServices(machine.host, tls);
  strangers.forEach(warn);
  const around = { credentials, knownAs: localName(machine), isForgotten: machine.simulated };
  if (route !== undefined) return { route, ...around, [Symbol.asyncDispose]: () => Promise.resolve() };
  const { notes, signal } = context;
  const tunnel = await startTunnel(machine, signal, (event) => notes.detail(1, tunnelEventText(timed(event))))
    .catch((error) => {
      for (const text of strangers) notes.warning(text);
      throw error;
    });
  try {
    return {
      route: await tunnelRoute(tunnel, tls, signal),
      ...around,
      [Symbol.asyncDispose]: () => tunnel[Symbol.asyncDispose](),
    };
  } catch (error) {
    await tunnel[Symbol.asyncDispose]();
    throw error;
  }
}

const nothingLocal = { route: undefined, strangers: [] } as const;

/**
 * What this machine's AMT is known as, whichever way leads to it. A home folder may be shared by several machines, so the
 * name of this one is in it, behind a character that no host's name has.
 */
function localName({ host }: Machine): string {
  return `local@${host.readText("/proc/sys/kernel/hostname")?.trim() || THIS_MACHINE}`;
}

async function localCredentials({ signal }: Context, machine: Machine): Promise<Credentials> {
  const { user, password } = await localSystemAccount(await machine.openMei(), signal);
  return { user, password: () => Promise.resolve(password) };
}

function asking(context: Context, user: string, host: string): () => Promise<string> {
  return () => context.askSecret(`Password for ${user}@${host}: `);
}
