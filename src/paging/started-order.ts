/** STARTED order: its directions and the sort keys of runs. */
import type { CheckedQuery } from "../criteria/query.js";
import type { MLTaskRun } from "../task-run.js";

/** A sort direction: 1 for ascending (oldest first), -1 for descending (newest first). */
export type Direction = 1 | -1;

export const OLDEST_FIRST = { Column: "STARTED", SortDirection: "ASCENDING" } as const;
export const NEWEST_FIRST = { Column: "STARTED", SortDirection: "DESCENDING" } as const;

/** The direction in which a query sorts by STARTED; undefined if it does not. */
export function directionOf({ Sort }: Pick<CheckedQuery, "Sort">): Direction | undefined {
  if (Sort?.Column !== "STARTED") return undefined;
  return Sort.SortDirection === "ASCENDING" ? 1 : -1;
}

/** The sort key of a run: smaller keys come first in the direction. Runs without `StartedOn` come last. */
export function sortKey(run: MLTaskRun, direction: Direction): number {
  return run.StartedOn === undefined ? Infinity : direction * run.StartedOn.getTime();
}
