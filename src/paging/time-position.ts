/** Positions by time in a listing in STARTED order, and skipping the runs up to one. */
import type { MLTaskRun } from "../task-run.js";
import { type Direction, sortKey } from "./started-order.js";

/** A position by time: after the first `count` of the runs that started at one time. */
export interface TimePosition {
  /** Milliseconds since the epoch; null for the runs without `StartedOn`, which come last. */
  readonly startedOn: number | null;
  /** How many runs with this start time were returned. With 0, the position is before the first of them. */
  readonly count: number;
  /** The ids of the returned runs, if other runs with this start time, not received yet, may sort before them. */
  readonly ids?: readonly string[] | undefined;
}

/** A position among the runs that have `StartedOn`. */
export type DatedPosition = TimePosition & { readonly startedOn: number };

export function isDated(position: TimePosition | undefined): position is DatedPosition {
  return position !== undefined && position.startedOn !== null;
}

/**
 * Returns the position after the first runs of a sorted list.
 *
 * @param count - the number of these runs
 * @param before - the position before the list
 * @param hasIds - whether the position contains the ids of the runs, all of which have the same start time
 */
export function timePositionAfter(
  runs: readonly MLTaskRun[],
  count: number,
  before: TimePosition | undefined,
  hasIds = false,
): TimePosition | undefined {
  const last = runs[count - 1];
  if (last === undefined) return before;
  const startOf = (run: MLTaskRun | undefined) => run?.StartedOn?.getTime() ?? null;
  const startedOn = startOf(last);
  let first = count - 1;
  while (first > 0 && startOf(runs[first - 1]) === startedOn) first -= 1;
  const same = first === 0 && before?.startedOn === startedOn ? before : undefined;
  const ids = hasIds ? [...(same?.ids ?? []), ...runs.slice(0, count).map(uniqueIdOf)] : same?.ids;
  return { startedOn, count: (same?.count ?? 0) + count - first, ids };
}

/** An id that is unique among the runs of all transforms. */
export function uniqueIdOf({ TransformId, TaskRunId }: MLTaskRun): string {
  return JSON.stringify([TransformId, TaskRunId]);
}

/** Creates a function that removes the runs up to a position from consecutive parts of a sorted list. */
export function createSkipper(position: TimePosition | undefined, direction: Direction) {
  const key = isDated(position) ? direction * position.startedOn : Infinity;
  const ids = new Set(position?.ids);
  let missing = position?.count ?? 0;
  let missingWithoutId = missing - ids.size;
  return {
    skip(runs: readonly MLTaskRun[]): readonly MLTaskRun[] {
      if (position === undefined) return runs;
      const rest: MLTaskRun[] = [];
      for (const run of runs) {
        const runKey = sortKey(run, direction);
        const hasId = runKey === key && ids.has(uniqueIdOf(run));
        if (runKey > key || (runKey === key && !hasId && missingWithoutId <= 0)) rest.push(run);
        else if (runKey === key) {
          missing -= 1;
          if (!hasId) missingWithoutId -= 1;
        }
      }
      return rest;
    },
    /** How many runs that the position counts were not in the lists so far. */
    get missing() {
      return missing;
    },
  };
}
