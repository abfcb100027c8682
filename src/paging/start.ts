/** Decides how a listing of one query starts or resumes at a position. */
import type { CheckedQuery } from "../criteria/query.js";
import type { ListingPosition } from "./cursor.js";
import { type Direction, directionOf, NEWEST_FIRST } from "./started-order.js";
import { isDated, type TimePosition } from "./time-position.js";
import { mayHaveUndatedRuns } from "./undated-runs.js";

/** How to start, and the query to read. */
export interface Start {
  readonly by: "page" | "time";
  readonly query: CheckedQuery;
}

/** Where time windows start. */
export interface WindowsStart {
  readonly by: "windows";
  readonly query: CheckedQuery;
  readonly direction: Direction;
  readonly time: TimePosition | undefined;
}

/**
 * Decides between time windows, a page, which is requested again with its token, and a time, to which the query is
 * narrowed.
 *
 * @param hasConcurrency - whether the caller asks for time windows
 */
export function decideStart(
  query: CheckedQuery,
  position: ListingPosition,
  hasConcurrency: boolean,
): Start | WindowsStart {
  const { token, returnedFromPage = 0, time, isDatedOnly } = position;
  // Time windows read newest first if the query has no Sort, and so does the listing that resumes at their cursor.
  const sorted = { ...query, Sort: query.Sort ?? NEWEST_FIRST };
  const direction = directionOf(sorted);
  const isBegin = token === undefined && returnedFromPage === 0 && time === undefined;
  if (direction === undefined) return { by: "page", query };
  if (hasConcurrency && (isBegin || isDated(time))) return { by: "windows", query: sorted, direction, time };
  if (token !== undefined || time === undefined) return { by: "page", query };
  // The first page has no token. It is requested again if the query narrowed to the time may lack runs.
  const isFirstPage = returnedFromPage > 0 && mayHaveUndatedRuns(query) && !isDatedOnly;
  return isFirstPage ? { by: "page", query } : { by: "time", query: sorted };
}
