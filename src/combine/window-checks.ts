/** Checks that an endpoint applies the time bounds of windows, so that no run is lost without an error. */
import { UnexpectedResponseError } from "../errors.js";
import type { Page } from "../paging/page.js";
import { type Direction, MARGIN, sortKey } from "../paging/started-order.js";
import type { MLTaskRun } from "../task-run.js";
import type { TimeRange } from "./window-planner.js";

/** How far beyond the margin a run may be, in milliseconds: the service's bounds may be as coarse as a second. */
const TOLERANCE = 1000;

/** Throws if a page has runs far outside of its window, because the endpoint ignored a bound. */
export function checkBounds({ runs, requestId }: Page, { begin, end }: TimeRange, direction: Direction): void {
  for (const run of runs) {
    const key = sortKey(run, direction);
    const isBefore = key < begin - MARGIN - TOLERANCE;
    const isAfter = key !== Infinity && key > end + MARGIN + TOLERANCE;
    if (isBefore || isAfter) throw ignoredBound(isBefore === (direction === 1), requestId);
  }
}

function ignoredBound(isLowerBound: boolean, requestId?: string): UnexpectedResponseError {
  const bound = isLowerBound ? "StartedAfter" : "StartedBefore";
  const cause = "the endpoint ignored it, or its bounds are too coarse for windows";
  const message = `The runs in the response do not match Filter.${bound}: ${cause}.`;
  return new UnexpectedResponseError(`Filter.${bound}`, message, { requestId });
}

/** Checks that two neighbouring windows have the same runs near their boundary. With coarse bounds they differ. */
export interface BoundaryCheck {
  /** Stores the runs near the end of a window, to compare them with the next window. */
  storeEnd(runs: readonly MLTaskRun[], end: number): void;
  /** Compares the runs of a window with the window before. Then stores the runs near its end. */
  check(runs: readonly MLTaskRun[], range: TimeRange): void;
}

export function createBoundaryCheck(direction: Direction): BoundaryCheck {
  let idsBeforeBoundary = new Set<string>();
  let idsAfterBoundary = new Set<string>();
  const idsIn = (runs: readonly MLTaskRun[], from: number, to: number) => {
    const inside = runs.filter((run) => {
      const key = sortKey(run, direction);
      return from <= key && key < to;
    });
    return new Set(inside.map(({ TaskRunId }) => TaskRunId));
  };
  const storeEnd = (runs: readonly MLTaskRun[], end: number) => {
    idsBeforeBoundary = idsIn(runs, end - MARGIN, end);
    idsAfterBoundary = idsIn(runs, end, end + MARGIN);
  };
  return {
    storeEnd,
    check(runs, { begin, end }) {
      const seenBefore = idsIn(runs, begin - MARGIN / 2, begin);
      const isPreviousIncomplete = [...seenBefore].some((id) => !idsBeforeBoundary.has(id));
      const all = new Set(runs.map(({ TaskRunId }) => TaskRunId));
      const isIncomplete = [...idsAfterBoundary].some((id) => !all.has(id));
      if (isPreviousIncomplete || isIncomplete) throw ignoredBound(isPreviousIncomplete !== (direction === 1));
      storeEnd(runs, end);
    },
  };
}

/** Whether a run is so near an end of a range that the neighbouring window may have it, too. */
export function isNearEnd(run: MLTaskRun, { begin, end }: TimeRange, direction: Direction): boolean {
  const key = sortKey(run, direction);
  return key < begin + MARGIN || key >= end - MARGIN;
}
