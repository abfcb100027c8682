/** Plans time windows: divides the time axis into ranges that should each have the target number of runs. */
import { MARGIN } from "../paging/narrow.js";

/** A range of the time axis in the direction of the listing: `begin` is inclusive, `end` is exclusive. */
export interface TimeRange {
  readonly begin: number;
  readonly end: number;
  /** The estimated number of its runs. */
  readonly expectedRuns: number;
}

/** What the first page of a window shows about the density of the runs. */
interface WindowSample {
  /** The number of runs on the page that are in the window. */
  readonly runsInWindow: number;
  /** The number of runs on the page. */
  readonly runsOnPage: number;
  /** The sort key of the last run, if more pages of the window follow. */
  readonly coveredUntil: number | undefined;
}

export interface WindowPlanner {
  /** The next range, or undefined after the last. */
  next(): TimeRange | undefined;
  /** How many windows may wait for their first page at the same time. Fewer while the density changes. */
  readonly maxReadingWindows: number;
  /** Adapts the plan to the first page of a window. */
  addSample(range: TimeRange, sample: WindowSample): void;
}

/** Minimum width of a window in milliseconds. The two margins then add at most a tenth of its runs. */
export const MIN_WIDTH = 20 * MARGIN;
/** Maximum ratio of the width of a window to that of the window before. */
const MAX_GROWTH = 4;
/** Weight of a new density estimate that is close to the current one. */
const WEIGHT = 0.2;

/** Pages per window. Small pages share a window, because an estimate for 1,500 runs is more accurate than for 100. */
export function pagesPerWindow(pageSize: number): number {
  return Math.max(1, Math.min(4, Math.floor(1500 / pageSize)));
}

/** Target run count for a window: capacity minus two standard deviations. */
function targetRuns(capacity: number): number {
  return capacity / (1 + 2 / Math.sqrt(capacity));
}

/** Creates a planner from the first page of the listing. */
export function createWindowPlanner(options: {
  readonly begin: number;
  readonly endOfListing: number;
  /** The time range of the runs of the first page, in milliseconds. */
  readonly width: number;
  readonly runs: number;
  readonly pageSize: number;
  readonly concurrency: number;
}): WindowPlanner {
  const { pageSize, endOfListing } = options;
  let begin = options.begin;
  let width = Math.max(options.width, MIN_WIDTH);
  /** Runs per millisecond. */
  let density = options.runs / Math.max(options.width, 1);
  let maxReadingWindows = options.concurrency;

  return {
    next() {
      if (begin === Infinity) return undefined;
      // Fewer pages for each window near the end, so that all concurrent requests finish at about the same time.
      const pagesLeftPerRequest = Math.floor((density * (endOfListing - begin)) / options.concurrency / pageSize);
      const target = targetRuns(pageSize * Math.max(1, Math.min(pagesPerWindow(pageSize), pagesLeftPerRequest)));
      width = Math.max(MIN_WIDTH, Math.min(target / density - 2 * MARGIN, MAX_GROWTH * width));
      // The last range has no end, so that it includes runs that start during the listing.
      const end = begin + width >= endOfListing ? Infinity : begin + width;
      const range = { begin, end, expectedRuns: density * (Math.min(end, endOfListing) - begin) };
      begin = end;
      return range;
    },
    get maxReadingWindows() {
      return maxReadingWindows;
    },
    addSample({ begin, end, expectedRuns }, { runsInWindow, runsOnPage, coveredUntil }) {
      if (end === Infinity) return;
      const measured =
        coveredUntil === undefined
          ? runsInWindow / (end - begin)
          : runsOnPage / Math.max(1, coveredUntil - begin + MARGIN);
      const isSparse = coveredUntil === undefined && runsInWindow < expectedRuns / 2;
      maxReadingWindows = isSparse
        ? Math.max(1, Math.floor(maxReadingWindows / 2))
        : Math.min(options.concurrency, maxReadingWindows + 1);
      // A small difference may be random and is weighted. A large difference means that the density has changed.
      if (measured > 2 * density) density = measured;
      else if (measured < density / 2) density = Math.max(measured, density / MAX_GROWTH);
      else density += WEIGHT * (measured - density);
    },
  };
}
