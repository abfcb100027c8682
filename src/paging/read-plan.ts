/** Decides how a listing of one query begins, or resumes at a position. */
import type { CheckedQuery } from "../criteria/query.js";
import type { ListingPosition } from "./cursor.js";
import { type Direction, directionOf, NEWEST_FIRST } from "./started-order.js";
import { isDated } from "./time-position.js";
import { mayHaveUndatedRuns } from "./undated-runs.js";

/** How to read, and the query to read: with tokens from a page on, or narrowed to the runs after a time. */
export interface ReadPlan {
  readonly by: "page" | "time";
  readonly query: CheckedQuery;
}

/** How to read in time windows. */
export interface WindowsPlan {
  readonly by: "windows";
  readonly query: CheckedQuery;
  readonly direction: Direction;
}

/**
 * Decides how to read a query from a position on.
 *
 * @param hasConcurrency - whether the caller asks for time windows
 */
export function planRead(
  query: CheckedQuery,
  { token, returnedFromPage = 0, timePosition }: ListingPosition,
  hasConcurrency: boolean,
): ReadPlan | WindowsPlan {
  // Time windows read newest first if the query has no Sort, and so does the listing that resumes at their cursor.
  const sorted = { ...query, Sort: query.Sort ?? NEWEST_FIRST };
  const direction = directionOf(sorted);
  if (direction === undefined) return { by: "page", query };
  const isAtStart = token === undefined && returnedFromPage === 0 && timePosition === undefined;
  if (hasConcurrency && (isAtStart || isDated(timePosition))) return { by: "windows", query: sorted, direction };
  // The first page has no token. It is requested again if the query, narrowed to the time, may lack runs of it.
  const isInFirstPage = returnedFromPage > 0 && mayHaveUndatedRuns(query);
  const isByPage = token !== undefined || timePosition === undefined || isInFirstPage;
  return isByPage ? { by: "page", query } : { by: "time", query: sorted };
}
