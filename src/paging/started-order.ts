/** STARTED order: sort keys of runs, positions by time, and queries narrowed to the runs after a position. */
import type { CheckedQuery } from "../criteria/query.js";
import { isTaskRunType, type MLTaskRun } from "../task-run.js";

/** A sort direction: 1 for ascending (oldest first), -1 for descending (newest first). */
export type Direction = 1 | -1;

export const OLDEST_FIRST = { Column: "STARTED", SortDirection: "ASCENDING" } as const;
export const NEWEST_FIRST = { Column: "STARTED", SortDirection: "DESCENDING" } as const;

/** A position by time: after the first `count` of the runs that started at `time`. */
export interface TimePosition {
  /** Milliseconds since the epoch; null for the runs without `StartedOn`, which come last. */
  readonly time: number | null;
  /** How many runs with this start time were returned. With 0, the position is before the first of them. */
  readonly count: number;
  /** The ids of the returned runs, if other runs with this start time, not received yet, may sort before them. */
  readonly ids?: readonly string[] | undefined;
}

/** A position among the runs that have `StartedOn`. */
export type DatedPosition = TimePosition & { readonly time: number };

export function isDated(position: TimePosition | undefined): position is DatedPosition {
  return position !== undefined && position.time !== null;
}

/**
 * How far a narrowed query reaches beyond a position or a time range, in milliseconds. Runs in the margin are skipped.
 * So it does not matter whether the service's bounds are inclusive, or coarser than the start times of the runs.
 */
export const MARGIN = 2000;

/** The direction in which a query sorts by STARTED; undefined if it does not. */
export function directionOf({ Sort }: Pick<CheckedQuery, "Sort">): Direction | undefined {
  if (Sort?.Column !== "STARTED") return undefined;
  return Sort.SortDirection === "ASCENDING" ? 1 : -1;
}

/** The sort key of a run: smaller keys come first in the direction. Runs without `StartedOn` come last. */
export function sortKey(run: MLTaskRun, direction: Direction): number {
  return run.StartedOn === undefined ? Infinity : direction * run.StartedOn.getTime();
}

/**
 * Returns the position after the first runs of a sorted list.
 *
 * @param count - the number of these runs
 * @param before - the position before the list
 */
export function positionAfter(
  runs: readonly MLTaskRun[],
  count: number,
  before: TimePosition | undefined,
): TimePosition | undefined {
  const last = runs[count - 1];
  if (last === undefined) return before;
  const timeOfRun = (run: MLTaskRun | undefined) => (run?.StartedOn === undefined ? null : run.StartedOn.getTime());
  const time = timeOfRun(last);
  let first = count - 1;
  while (first > 0 && timeOfRun(runs[first - 1]) === time) first -= 1;
  const isSameTime = first === 0 && before?.time === time;
  return { time, count: (isSameTime ? before.count : 0) + count - first, ids: isSameTime ? before.ids : undefined };
}

/** An id that is unique among the runs of all transforms. */
export function idOf({ TransformId, TaskRunId }: MLTaskRun): string {
  return JSON.stringify([TransformId, TaskRunId]);
}

/** Creates a function that removes the runs up to a position from consecutive parts of a sorted list. */
export function createSkipper(position: TimePosition | undefined, direction: Direction) {
  const key = isDated(position) ? direction * position.time : Infinity;
  const ids = new Set(position?.ids);
  let missing = position?.count ?? 0;
  let missingWithoutId = missing - ids.size;
  const isAfter = (run: MLTaskRun) => {
    const runKey = sortKey(run, direction);
    if (runKey !== key) return runKey > key;
    if (!ids.has(idOf(run))) {
      if (missingWithoutId <= 0) return true;
      missingWithoutId -= 1;
    }
    missing -= 1;
    return false;
  };
  return {
    skip: (runs: readonly MLTaskRun[]) => (position === undefined ? runs : runs.filter(isAfter)),
    /** How many runs that the position counts were not in the lists so far. */
    get missing() {
      return missing;
    },
  };
}

/** Narrows a query to the runs after a position, and a margin before it. */
export function narrowToPosition(query: CheckedQuery, direction: Direction, { time }: DatedPosition): CheckedQuery {
  return direction === 1 ? narrowToRange(query, time, Infinity) : narrowToRange(query, -Infinity, time);
}

/** Narrows a query to a time range with a margin at both ends. Keeps bounds of the query that are narrower. */
export function narrowToRange(
  query: CheckedQuery,
  from: number,
  to: number,
): CheckedQuery & Required<Pick<CheckedQuery, "Filter">> {
  const after = Math.max(from - MARGIN, query.Filter?.StartedAfter?.getTime() ?? -Infinity);
  const before = Math.min(to + MARGIN, query.Filter?.StartedBefore?.getTime() ?? Infinity);
  return {
    ...query,
    Filter: {
      ...query.Filter,
      ...(after >= -MAX_TIME && { StartedAfter: new Date(after) }),
      ...(before <= MAX_TIME && { StartedBefore: new Date(before) }),
    },
  };
}

/** The latest time that a Date can hold. */
const MAX_TIME = 8_640_000_000_000_000;

/** Whether a query has no time bounds. Only then can narrowing it exclude runs without `StartedOn`. */
export function hasNoBounds({ Filter }: CheckedQuery): boolean {
  return Filter?.StartedAfter === undefined && Filter?.StartedBefore === undefined;
}

/** Whether a run has a task type, which this version of the library may not know. */
export function hasTaskType({ Properties }: MLTaskRun): boolean {
  return Properties.TaskType !== undefined || Properties.$unknown?.TaskType !== undefined;
}

/**
 * Whether a run matches a filter. A run without `StartedOn` matches any time bounds, one without status any status, one
 * without task type any type.
 */
export function matchesFilter(run: MLTaskRun, filter: NonNullable<CheckedQuery["Filter"]>): boolean {
  const { TaskRunType, Status, StartedAfter, StartedBefore } = filter;
  // A run without status, or without type where the query filters by type, is invalid, and the parser reports it.
  if (TaskRunType !== undefined && hasTaskType(run) && !isTaskRunType(run, TaskRunType)) return false;
  if (Status !== undefined && run.Status !== undefined && run.Status !== Status) return false;
  const time = run.StartedOn?.getTime();
  if (time === undefined) return true;
  return !(StartedAfter && time < StartedAfter.getTime()) && !(StartedBefore && time > StartedBefore.getTime());
}
