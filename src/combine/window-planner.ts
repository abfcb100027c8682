/** Plans time windows: cuts the time axis into ranges that should hold as many runs as a window aims at. */
import { MARGIN } from "../paging/started-order.js";

/** A range of the time axis in the direction of the listing: from `begin` on, and before `end`. */
export interface TimeRange {
  readonly begin: number;
  readonly end: number;
  /** How many runs it should hold. */
  readonly expectedRuns: number;
}

/** What the first page of a window showed. */
export interface WindowSample {
  /** How many of its runs are in the window. */
  readonly runsInWindow: number;
  /** How many runs it has. */
  readonly runsOnPage: number;
  /** The key of its last run, if more of the window follows. */
  readonly reached: number | undefined;
}

export interface WindowPlanner {
  /** The next range, or undefined after the last. */
  next(): TimeRange | undefined;
  /** How many windows should wait for their first page at the same time: few while the density changes. */
  readonly concurrency: number;
  /** Corrects the plan by what a window showed. */
  learn(range: TimeRange, sample: WindowSample): void;
}

/** The minimum width of a window in milliseconds: its margins hold at most a tenth of its runs. */
export const MIN_WIDTH = 20 * MARGIN;
/** The maximum factor by which a window is wider than the one before. */
const MAX_GROWTH = 4;
/** The weight of a new estimate of the density that is near the one before. */
const WEIGHT = 0.2;

/** How many pages a window should have: several small ones, since chance plays a smaller part in 1,500 runs than in 100. */
export function pagesPerWindow(pageSize: number): number {
  return Math.max(1, Math.min(4, Math.floor(1500 / pageSize)));
}

/** The target number of runs of a window: its capacity minus two standard deviations of runs that come at random. */
function targetRuns(capacity: number): number {
  return capacity / (1 + 2 / Math.sqrt(capacity));
}

/** Creates a planner from what the first page showed. */
export function createWindowPlanner(first: {
  readonly begin: number;
  readonly end: number;
  /** The width of the range in which the runs of the first page are. */
  readonly width: number;
  readonly runs: number;
  readonly pageSize: number;
  readonly concurrency: number;
}): WindowPlanner {
  const { pageSize, end: lastKey } = first;
  let begin = first.begin;
  let width = Math.max(first.width, MIN_WIDTH);
  /** Runs per millisecond. */
  let density = first.runs / Math.max(first.width, 1);
  let concurrency = first.concurrency;

  return {
    next() {
      if (begin === Infinity) return undefined;
      // Single pages towards the end, so that all requests in flight end together.
      const share = (density * (lastKey - begin)) / first.concurrency;
      const target = targetRuns(Math.max(pageSize, Math.min(pageSize * pagesPerWindow(pageSize), share)));
      width = Math.max(MIN_WIDTH, Math.min(target / density - 2 * MARGIN, MAX_GROWTH * width));
      // The last range has no end: runs that start meanwhile are in it.
      const end = begin + width >= lastKey ? Infinity : begin + width;
      const range = { begin, end, expectedRuns: density * (Math.min(end, lastKey) - begin) };
      begin = end;
      return range;
    },
    get concurrency() {
      return concurrency;
    },
    learn({ begin, end, expectedRuns }, { runsInWindow, runsOnPage, reached }) {
      if (end === Infinity) return;
      const measured =
        reached === undefined ? runsInWindow / (end - begin) : runsOnPage / Math.max(1, reached - begin + MARGIN);
      const isSparse = reached === undefined && runsInWindow < expectedRuns / 2;
      concurrency = isSparse ? Math.max(1, Math.floor(concurrency / 2)) : Math.min(first.concurrency, concurrency + 1);
      // Near the estimate a difference may be chance and counts in part; far from it the density has changed.
      if (measured > 2 * density) density = measured;
      else if (measured < density / 2) density = Math.max(measured, density / MAX_GROWTH);
      else density += WEIGHT * (measured - density);
    },
  };
}
