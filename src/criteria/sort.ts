/** The builder for `TaskRunSortCriteria`. */
import type { SortDirectionType, TaskRunSortColumnType, TaskRunSortCriteria } from "@aws-sdk/client-glue";
import { SORT_COLUMNS, SORT_DIRECTIONS } from "./enumerations.js";
import { oneOf, type RulesOf } from "./rules.js";

/** The rule of each member of a sort. */
export const sortRules = {
  Column: oneOf(SORT_COLUMNS),
  SortDirection: oneOf(SORT_DIRECTIONS),
} satisfies RulesOf<TaskRunSortCriteria>;

/** A column to sort by, without a direction. `list()` accepts it only after `ascending()` or `descending()`. */
export interface TaskRunSortColumn<C extends TaskRunSortColumnType = TaskRunSortColumnType> {
  /** The column. */
  readonly Column: C;
  /** Smallest first; with STARTED, the oldest run first. */
  ascending(): TaskRunSort<C, "ASCENDING">;
  /** Largest first; with STARTED, the newest run first. */
  descending(): TaskRunSort<C, "DESCENDING">;
}

/**
 * Criteria for the order of the runs, frozen, created by {@link taskRunSort}. The SDK and `JSON.stringify` accept it as
 * a plain `TaskRunSortCriteria`.
 *
 * @see https://docs.aws.amazon.com/glue/latest/webapi/API_TaskRunSortCriteria.html
 */
export interface TaskRunSort<
  C extends TaskRunSortColumnType = TaskRunSortColumnType,
  D extends SortDirectionType = SortDirectionType,
> extends TaskRunSortColumn<C>,
    TaskRunSortCriteria {
  readonly Column: C;
  readonly SortDirection: D;
}

/**
 * Selects the column to sort by. `ascending()` or `descending()` then returns the criteria.
 *
 * @param column - `"STARTED"`, `"STATUS"` or `"TASK_RUN_TYPE"`
 * @throws {@link InvalidQueryError} for a column that this version of the library does not know
 *
 * @example
 * ```ts
 * taskRunSort("STARTED").descending(); // newest first
 * ```
 */
export function taskRunSort<const C extends TaskRunSortColumnType>(column: C): TaskRunSortColumn<C> {
  sortRules.Column(column, "Sort.Column");
  return new SortBuilder(column);
}

class SortBuilder<C extends TaskRunSortColumnType, D extends SortDirectionType> implements TaskRunSort<C, D> {
  readonly Column: C;
  declare readonly SortDirection: D;

  constructor(column: C, direction?: D) {
    this.Column = column;
    if (direction) this.SortDirection = direction;
    Object.freeze(this);
  }

  ascending(): TaskRunSort<C, "ASCENDING"> {
    return new SortBuilder(this.Column, "ASCENDING");
  }

  descending(): TaskRunSort<C, "DESCENDING"> {
    return new SortBuilder(this.Column, "DESCENDING");
  }
}
