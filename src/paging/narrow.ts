/** Narrows a query to a part of its time range. */
import type { CheckedQuery } from "../criteria/query.js";
import type { Direction } from "./started-order.js";
import type { DatedPosition } from "./time-position.js";

/**
 * How far a narrowed query reaches beyond a position or a time range, in milliseconds. Runs in the margin are skipped.
 * So it does not matter whether the service's bounds are inclusive, or coarser than the start times of the runs.
 */
export const MARGIN = 2000;

/** The latest time that a Date can hold. */
const MAX_TIME = 8_640_000_000_000_000;

/** Narrows a query to the runs after a position, and a margin before it. */
export function narrowToPosition(
  query: CheckedQuery,
  direction: Direction,
  { startedOn }: DatedPosition,
): CheckedQuery {
  return direction === 1 ? narrowToRange(query, startedOn, Infinity) : narrowToRange(query, -Infinity, startedOn);
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
