/** Checks that an endpoint keeps the bounds of time windows, so that none of their runs is lost without an error. */
import { UnexpectedResponseError } from "../errors.js";
import type { QueryPage } from "../paging/paginate.js";
import { type Direction, MARGIN, sortKey } from "../paging/started-order.js";
import type { MLTaskRun } from "../task-run.js";
import type { TimeRange } from "./window-planner.js";

/** How much coarser than the margin the service's bounds may be, in milliseconds. */
const TOLERANCE = 1000;

/** Throws if a page has runs far outside of its window: the endpoint ignored a bound. */
export function checkBounds({ runs, requestId }: QueryPage, { begin, end }: TimeRange, direction: Direction): void {
  for (const run of runs) {
    const key = sortKey(run, direction);
    const isBefore = key < begin - MARGIN - TOLERANCE;
    const isAfter = key !== Infinity && key > end + MARGIN + TOLERANCE;
    if (isBefore || isAfter) throw ignoredBound(isBefore === (direction === 1), requestId);
  }
}

function ignoredBound(isLowerBound: boolean, requestId?: string): UnexpectedResponseError {
  const bound = isLowerBound ? "StartedAfter" : "StartedBefore";
  const message = `The runs in the response do not fit Filter.${bound}: the endpoint ignored it, or its bounds are too coarse for windows.`;
  return new UnexpectedResponseError(`Filter.${bound}`, message, { requestId });
}

/** Checks that two neighbouring windows have the same runs near their boundary. Bounds that are too coarse would lose some. */
export interface BoundaryCheck {
  /** Remembers the runs near the end of a window, for the comparison with the next window. */
  leave(runs: readonly MLTaskRun[], end: number): void;
  /** Compares the runs of a window with those of the window before, and remembers those near its end. */
  cross(runs: readonly MLTaskRun[], range: TimeRange): void;
}

export function createBoundaryCheck(direction: Direction): BoundaryCheck {
  let before = new Set<string>();
  let expected = new Set<string>();
  const idsIn = (runs: readonly MLTaskRun[], from: number, to: number) => {
    const inside = runs.filter((run) => {
      const key = sortKey(run, direction);
      return from <= key && key < to;
    });
    return new Set(inside.map(({ TaskRunId }) => TaskRunId));
  };
  const leave = (runs: readonly MLTaskRun[], end: number) => {
    before = idsIn(runs, end - MARGIN, end);
    expected = idsIn(runs, end, end + MARGIN);
  };
  return {
    leave,
    cross(runs, { begin, end }) {
      const seenBefore = idsIn(runs, begin - MARGIN / 2, begin);
      const isMissing = [...seenBefore].some((id) => !before.has(id));
      const all = new Set(runs.map(({ TaskRunId }) => TaskRunId));
      const isLost = [...expected].some((id) => !all.has(id));
      if (isMissing || isLost) throw ignoredBound(isMissing !== (direction === 1));
      leave(runs, end);
    },
  };
}

/** Whether a run is so near an end of a range that a neighbour may have it as well. */
export function isNearEnd(run: MLTaskRun, { begin, end }: TimeRange, direction: Direction): boolean {
  const key = sortKey(run, direction);
  return key < begin + MARGIN || key >= end - MARGIN;
}
