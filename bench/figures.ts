/** The results of the benchmark: each comparison holds the library's value, the baseline's, and the figure for both. */
import { median } from "simple-statistics";

/** One comparison of the library with a baseline. */
export interface Comparison {
  /** The name of the baseline. */
  readonly comparedWith: string;
  /** The condition, if the row measures several. */
  readonly setting?: string;
  /**
   * The figure of a cost is library / baseline, of a speedup baseline / library, of a difference library - baseline.
   */
  readonly kind: "cost" | "speedup" | "difference";
  readonly unit: "ms" | "µs" | "MB" | "B";
  /** The median of the library's samples. */
  readonly library: number;
  /** The median of the baseline's samples. */
  readonly baseline: number;
  /** The median of the figures of all rounds. */
  readonly figure: number;
  /** The best possible figure. */
  readonly limit?: number;
  /** The aim: the minimum of a speedup, the maximum of a cost or a difference. */
  readonly target?: number;
}

type Samples = readonly number[];

const comparison =
  (kind: Comparison["kind"], figureOf: (library: number, baseline: number) => number) =>
  (
    about: Pick<Comparison, "comparedWith" | "setting" | "unit" | "limit" | "target">,
    library: Samples,
    baseline: Samples,
  ): Comparison => ({
    ...about,
    kind,
    library: median([...library]),
    baseline: median([...baseline]),
    figure: median(library.map((sample, round) => figureOf(sample, Number(baseline[round])))),
  });

export const cost = comparison("cost", (library, baseline) => library / baseline);
export const speedup = comparison("speedup", (library, baseline) => baseline / library);
export const difference = comparison("difference", (library, baseline) => library - baseline);

/** The median ratio of two measurements, round by round. */
export function medianRatio(samples: Samples, baseline: Samples): number {
  return cost({ comparedWith: "", unit: "ms" }, samples, baseline).figure;
}

/** Formats a number with two decimals below 10, one below 100, and none from there. */
export const formatNumber = (value: number) =>
  value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0 });

/** A comparison with its share of the limit, and whether it meets its target. */
export interface RatedComparison extends Comparison {
  readonly shareOfLimit: number | undefined;
  readonly meetsTarget: boolean | undefined;
}

export function rate(comparison: Comparison): RatedComparison {
  const { kind, figure, limit, target } = comparison;
  const isSpeedup = kind === "speedup";
  return {
    ...comparison,
    shareOfLimit: limit === undefined ? undefined : isSpeedup ? figure / limit : limit / figure,
    meetsTarget: target === undefined ? undefined : isSpeedup ? figure >= target : figure <= target,
  };
}

/** A measured row of the benchmark. */
export interface RowResult {
  readonly name: string;
  /** What was measured. */
  readonly subject: string;
  /** What sets the limits. */
  readonly limit?: string | undefined;
  readonly comparisons: readonly RatedComparison[];
}

/** How long listings of one transform take, each measured once. */
export interface ListingTimes {
  /** The time before each response, in milliseconds. */
  readonly latency: number;
  /** The names of the settings. */
  readonly settings: readonly string[];
  /** For each number of runs, a listing with each setting. */
  readonly rows: readonly {
    readonly runs: number;
    readonly listings: readonly { readonly seconds: number; readonly requests: number }[];
  }[];
}

/** What `npm run bench -- --json` prints. */
export interface Report {
  /** The day of the measurement, as in 2026-11-25. */
  readonly date: string;
  /** The processor, and the versions of Node and of the SDK. */
  readonly machine: string;
  /** Whether the SDK was compared with the registry. It was not with `--offline`, so it may not be the newest. */
  readonly isNewestSdk: boolean;
  readonly rows: readonly RowResult[];
  /** Absent if `--only` left them out. */
  readonly listingTimes?: ListingTimes | undefined;
}
