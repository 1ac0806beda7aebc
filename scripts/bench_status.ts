import { startFuseRig, whyNoFuseRig } from "../tests/rigs/fuse/rig.ts";
import type { Guid } from "../core/guid.ts";
import type { HostEnd } from "../simulator/connection.ts";
import { createSimulator, type SimulatedMe } from "../simulator/mod.ts";
import type { Form } from "./bench_forms.ts";
import { median, rounded } from "./bench_plan.ts";

/** What one `status` asked of a firmware that takes 1 ms for each answer, and how long. */
interface Asked {
  readonly connects: number;
  readonly messages: number;
  /** From the first connect to the last answer. */
  readonly elapsedMs: number;
  /** What the firmware itself took for its answers. */
  readonly answersMs: number;
}

/** Medians of several runs. `ratio` is how many times as long it took as the firmware's answers, start-up apart. */
export interface StatusCost extends Asked {
  readonly ratio: number;
}

/** Measures `status --json` over the FUSE rig with each form. Rejects where the rig cannot run, and says why. */
export async function benchStatus(forms: readonly Form[], runs: number): Promise<Record<string, StatusCost>> {
  const why = whyNoFuseRig();
  if (why !== undefined) throw new Error(`the FUSE rig cannot run: ${why}`);
  const { me } = createSimulator("activated", { faults: [{ kind: "slow", nth: 1, onwards: true, delayMs: 1 }] });
  const watch = new Stopwatch(me);
  await using rig = await startFuseRig(me);
  const results: Record<string, StatusCost> = {};
  for (const { name, program } of forms) {
    const asked: Asked[] = [];
    for (let run = 0; run < runs; run++) {
      watch.start();
      const { code, stderr } = await rig.runInNamespace([...program, "status", "--json"]);
      if (code !== 0) throw new Error(`status ended with ${code}: ${stderr}`);
      asked.push(watch.stop());
    }
    results[name] = summary(asked);
  }
  return results;
}

function summary(asked: readonly Asked[]): StatusCost {
  const of = (key: keyof Asked) => rounded(median(asked.map((each) => each[key])));
  return {
    connects: of("connects"),
    messages: of("messages"),
    elapsedMs: of("elapsedMs"),
    answersMs: of("answersMs"),
    ratio: rounded(median(asked.map(({ elapsedMs, answersMs }) => elapsedMs / answersMs))),
  };
}

/** Looks at a simulated ME from the side of its link. */
class Stopwatch {
  #connects = 0;
  #messages = 0;
  #answersMs = 0;
  #first: number | undefined;
  #last = 0;

  constructor(me: SimulatedMe) {
    const connect = me.connect.bind(me);
    me.connect = (client: Guid, host: HostEnd) => {
      this.#first ??= performance.now();
      this.#connects++;
      let asked = 0;
      const connection = connect(client, {
        ...host,
        message: (message) => {
          this.#last = performance.now();
          this.#answersMs += this.#last - asked;
          host.message(message);
        },
      });
      if (typeof connection === "string") return connection;
      const deliver = connection.deliver.bind(connection);
      connection.deliver = (message) => {
        asked = performance.now();
        this.#messages++;
        deliver(message);
      };
      return connection;
    };
  }

  start(): void {
    this.#connects =
      this.#messages =
      this.#answersMs =
      this.#last =
        0;
    this.#first = undefined;
  }

  stop(): Asked {
    const elapsedMs = this.#last - (this.#first ?? this.#last);
    return { connects: this.#connects, messages: this.#messages, answersMs: this.#answersMs, elapsedMs };
  }
}
