/** A command line to measure. */
export interface Case {
  readonly name: string;
  readonly command: readonly string[];
  /** The exit code without which a figure would mean nothing; `undefined` for any. */
  readonly exit: number | undefined;
}

/** Cases that run in turn, `runs` times round. The first one is what the others are compared with. */
export interface Plan {
  readonly runs: number;
  readonly cases: readonly Case[];
}

/** What one process took, or how many times as much as another. */
export interface Cost {
  readonly wallMs: number;
  /** User and system time, children included. */
  readonly cpuMs: number;
}

/** Every run of one case, in the order of the rounds. */
export interface Series {
  readonly name: string;
  readonly costs: readonly Cost[];
  /** Largest resident set; `null` where there is no /usr/bin/time. */
  readonly rssKiB: number | null;
}

export interface Comparison {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly rssKiB: number | null;
  /** To the first case: the median of the rounds' own ratios, so that a machine that slows down does no harm. */
  readonly ratio: { readonly wall: number; readonly cpu: number; readonly rss: number | null };
}

/** Medians and ratios by the case's name. */
export function compare(series: readonly Series[]): Record<string, Comparison> {
  const [first] = series;
  if (first === undefined) return {};
  return Object.fromEntries(series.map((each) => [each.name, comparison(each, first)]));
}

function comparison(series: Series, base: Series): Comparison {
  const ratio = (of: keyof Cost) => median(series.costs.map((cost, round) => cost[of] / base.costs[round]![of]));
  const { rssKiB } = series;
  return {
    wallMs: rounded(median(series.costs.map((cost) => cost.wallMs))),
    cpuMs: rounded(median(series.costs.map((cost) => cost.cpuMs))),
    rssKiB,
    ratio: {
      wall: rounded(ratio("wallMs")),
      cpu: rounded(ratio("cpuMs")),
      rss: rssKiB === null || base.rssKiB === null ? null : rounded(rssKiB / base.rssKiB),
    },
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
