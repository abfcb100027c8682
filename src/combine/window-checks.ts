/** Checks that an endpoint applies the time bounds of windows, so that no run is lost without an error. */
import { UnexpectedResponseError } from "../errors.js";
import { MARGIN } from "../paging/narrow.js";
import type { Page } from "../paging/page.js";
import { type Direction, sortKey } from "../paging/started-order.js";
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
    // If the newest run comes first, a window begins at its StartedBefore.
    const isLowerBound = isBefore === (direction === 1);
    if (isBefore || isAfter) throw ignoredBound(isLowerBound, requestId);
  }
}

function ignoredBound(isLowerBound: boolean, requestId?: string): UnexpectedResponseError {
  const bound = isLowerBound ? "StartedAfter" : "StartedBefore";
  const cause = "the endpoint ignored it, or its bounds are too coarse for windows";
  const message = `The runs in the response do not match Filter.${bound}: ${cause}.`;
  return new UnexpectedResponseError(`Filter.${bound}`, message, { requestId });
}

/**
 * Creates a function that checks one window after another: two neighbouring windows must have the same runs near their
 * boundary. With coarse bounds they differ.
 *
 * @param firstRuns - the runs of the page before the first window
 */
export function createBoundaryCheck(
  direction: Direction,
  firstRuns: readonly MLTaskRun[],
  firstBegin: number,
): (runs: readonly MLTaskRun[], range: TimeRange) => void {
  const idsIn = (runs: readonly MLTaskRun[], from: number, to: number) => {
    const inside = runs.filter((run) => {
      const key = sortKey(run, direction);
      return from <= key && key < to;
    });
    return new Set(inside.map(({ TaskRunId }) => TaskRunId));
  };
  const idsAround = (runs: readonly MLTaskRun[], boundary: number) => ({
    before: idsIn(runs, boundary - MARGIN, boundary),
    after: idsIn(runs, boundary, boundary + MARGIN),
  });
  /** The runs that the window before has near the boundary. */
  let previous = idsAround(firstRuns, firstBegin);
  return (runs, { begin, end }) => {
    const idsBefore = idsIn(runs, begin - MARGIN / 2, begin);
    const lacksRunsBefore = [...idsBefore].some((id) => !previous.before.has(id));
    const all = idsIn(runs, -Infinity, Infinity);
    const lacksRunsAfter = [...previous.after].some((id) => !all.has(id));
    if (lacksRunsBefore || lacksRunsAfter) throw ignoredBound(lacksRunsBefore !== (direction === 1));
    previous = idsAround(runs, end);
  };
}

/** Whether a run is so near an end of a range that the neighbouring window may have it, too. */
export function isNearEnd(run: MLTaskRun, { begin, end }: TimeRange, direction: Direction): boolean {
  const key = sortKey(run, direction);
  return key < begin + MARGIN || key >= end - MARGIN;
}
