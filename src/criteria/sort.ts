/** The builder for `TaskRunSortCriteria`. */
import type { SortDirectionType, TaskRunSortColumnType, TaskRunSortCriteria } from "@aws-sdk/client-glue";
import { SORT_COLUMNS, SORT_DIRECTIONS } from "./enumerations.js";
import { oneOf } from "./rules.js";

/** The rule of each member of a sort. */
export const sortRules = {
  Column: oneOf(SORT_COLUMNS),
  SortDirection: oneOf(SORT_DIRECTIONS),
};

/** A column to sort by, still without a direction: no criteria yet, to the compiler and to `list()`. */
export interface TaskRunSortColumn<C extends TaskRunSortColumnType = TaskRunSortColumnType> {
  /** What to sort by. */
  readonly Column: C;
  /** From the smallest to the largest: with STARTED, the oldest run first. */
  ascending(): TaskRunSort<C, "ASCENDING">;
  /** From the largest to the smallest: with STARTED, the newest run first. */
  descending(): TaskRunSort<C, "DESCENDING">;
}

/**
 * Criteria for the order of the runs, frozen, made with {@link taskRunSort}. It is a plain `TaskRunSortCriteria` to the
 * SDK and to `JSON.stringify`.
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
 * The order of the runs, by a column; `.ascending()` or `.descending()` makes it criteria.
 *
 * @param column - `"STARTED"`, `"STATUS"` or `"TASK_RUN_TYPE"`
 * @throws {@link InvalidQueryError} for a column that the SDK does not know
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
