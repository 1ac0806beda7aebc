import { AmtError } from "../core/errors/mod.ts";
import type { WebFault, WebFaultKind } from "../simulator/web_faults.ts";
import type { AmtMachine } from "../simulator/wsman/machine.ts";
import { streamCommand } from "./command.ts";
import { EventQueue } from "./event_queue.ts";
import { asText } from "./flags.ts";
import { parsePlace, type Place } from "./place_argument.ts";
import type { SimServeOutput } from "./sim_serve.schema.ts";
import { droppedText, timed } from "./tunnel_events.ts";
import { writeFile } from "./write_file.ts";

const faults: Readonly<Record<WebFaultKind, string>> = {
  unauthorized: "401 and a new nonce, however right the digest is",
  hangUp: "the connection ends, and nothing is done",
  lost: "it is done, and the connection ends without an answer",
  cut: "the connection ends within the answer",
  slow: "the answer is a second late",
  unreachable: "the fault DestinationUnreachable",
  long: "an answer of more than 5 MiB",
  contentType: "an answer that is called text/html",
  bomb: "an answer whose entities unfold to gigabytes",
  malformed: "an answer that is no XML",
};

export default streamCommand({
  brief: "Serve the web service of a simulated AMT on loopback, for consoles and scripts of your own",
  description:
    "It listens until it is interrupted. Log in as admin with P@ssw0rd; an AMT that is not set up has the account of\n" +
    "its own machine alone. What is changed lasts as long as it runs; docs/simulator.md says what is in each profile.\n\n" +
    "Faults strike the Nth request, the first unless told, and with + all later ones; with @ only requests to that\n" +
    `class, or of that one operation or method of it:\n${
      Object.entries(faults).map(([name, what]) => `  ${name.padEnd(13)} ${what}`).join("\n")
    }`,
  flags: {
    listen: {
      kind: "value",
      brief: "Where its port 16992 is, on 127.0.0.1 or another loopback address; 0 takes any port",
      placeholder: "[ADDR:]PORT",
      parse: parsePlace,
    },
    tls: {
      kind: "value",
      brief: "Where its port 16993 is, with TLS",
      placeholder: "[ADDR:]PORT",
      parse: parsePlace,
    },
    as: {
      kind: "value",
      brief: "Which machine it is: a profile of --device sim",
      placeholder: "PROFILE",
      default: "activated",
      parse: asText,
    },
    caOut: {
      kind: "value",
      brief: "With --tls: write the certificate to trust to a file, in PEM",
      placeholder: "FILE",
      parse: asText,
    },
    fault: {
      kind: "list",
      brief: "What goes wrong, see above",
      placeholder: "NAME[:N[+]][@CLASS[.OPERATION]]",
      parse: parseFault,
    },
  },
  arguments: [],
  examples: [
    "amtctl sim serve --listen 16992 --tls 16993 --ca-out ca.pem",
    "amtctl sim serve --listen 0 --as acm --ndjson",
    "amtctl sim serve --listen 16992 --fault lost:1@AMT_GeneralSettings.Put --fault unauthorized:3+",
  ],

  async *stream(context, { listen: plain, tls, as, caOut, fault }): AsyncGenerator<SimServeOutput> {
    if (plain === undefined && tls === undefined) {
      throw new AmtError("usage", "nowhere to listen is given", { hint: "Give --listen or --tls, or both" });
    }
    if (caOut !== undefined && tls === undefined) {
      throw new AmtError("usage", "--ca-out without --tls: there is no certificate", { hint: "Add --tls" });
    }
    const [{ createSimulator }, { serve }] = await Promise.all([
      import("../simulator/mod.ts"),
      import("../simulator/serve.ts"),
    ]);
    const { signal, notes } = context;
    using simulator = createSimulator(as, { amt: { faults: fault } });
    await using serving = await serve(simulator.me, {
      plain,
      tls,
      onConnection: (name, kind) => notes.detail(1, `${name} connects${kind === "tls" ? ", with TLS" : ""}`),
    });
    const { authority = null } = serving;
    if (caOut !== undefined && authority !== null) {
      await writeFile(caOut, new TextEncoder().encode(authority), { mode: 0o644, replace: true, signal });
    }
    const queue = new EventQueue<SimServeOutput>((count) => timed({ event: "dropped", count }));
    const machine = await simulator.me.amt!.machine();
    machine.consent.onScreen((code) => queue.push(timed({ event: "screen", code: code ?? null })));
    queue.push(timed({
      event: "listening",
      profile: simulator.name,
      plain: placeText(serving.plain),
      tls: placeText(serving.tls),
      ...accountOf(machine),
      authority,
    }));
    signal.addEventListener("abort", () => queue.end(), { once: true });
    if (signal.aborted) queue.end();
    yield* queue;
  },

  renderEvent(event) {
    if (event.event === "dropped") return droppedText(event.count);
    if (event.event === "screen") {
      return event.code === null ? "the code is gone from its screen" : `its screen shows the code ${event.code}`;
    }
    const { profile, plain, tls, user, password } = event;
    const places = [...(plain === null ? [] : [`http://${plain}`]), ...(tls === null ? [] : [`https://${tls}`])];
    return `simulated AMT "${profile}" on ${places.join(" and ")}; log in as ${user} with ${password}`;
  },
});

/** Throws `usage`. */
function parseFault(text: string): WebFault {
  const [, name, nth, onwards, only] = /^([a-z]+)(?::(\d{1,6})(\+)?)?(?:@(\w+(?:\.\w+)?))?$/i.exec(text) ?? [];
  const count = Number(nth ?? 1);
  if (!isFault(name) || count < 1) {
    throw new AmtError("usage", `"${text}" is no fault`, {
      hint: `Write NAME[:N[+]][@CLASS[.OPERATION]], with NAME one of ${Object.keys(faults).join(", ")}`,
    });
  }
  return { kind: name, nth: count, onwards: onwards !== undefined, ...(only === undefined ? {} : { only }) };
}

function isFault(name: string | undefined): name is WebFaultKind {
  return name !== undefined && Object.hasOwn(faults, name);
}

/** The administrator where there is one, else the account of its own machine; no password guards anything here. */
function accountOf({ accounts }: AmtMachine): { user: string; password: string } {
  const [account] = accounts.all.flatMap((each) => "password" in each ? [each] : []);
  return { user: account?.user ?? "", password: account?.password ?? "" };
}

function placeText(place: Place | undefined): string | null {
  if (place === undefined) return null;
  return place.address.includes(":") ? `[${place.address}]:${place.port}` : `${place.address}:${place.port}`;
}
