/** The builder for `TaskRunFilterCriteria`. */
import type { TaskRunFilterCriteria, TaskStatusType, TaskType } from "@aws-sdk/client-glue";
import { InvalidQueryError } from "../errors.js";
import type { AnyTaskType } from "../task-run.js";
import { formatValue } from "../values.js";
import { TASK_STATUSES, TASK_TYPES } from "./enumerations.js";
import { date, type InstantLike, toDate } from "./instant.js";
import { oneOf, type Rule, type RulesOf } from "./rules.js";

/** The rule of a criterion with one value. The error for a list of values says how to list several. */
function oneValueOf<T extends string>(values: readonly T[]): Rule<T> {
  const rule = oneOf(values);
  return (value, field) => {
    if (!Array.isArray(value)) return rule(value, field);
    const several = "For several, pass a list of filters to listAcrossTransforms, or a query for each to listAny.";
    throw new InvalidQueryError(field, `${field} must be one value, got ${formatValue(value)}. ${several}`);
  };
}

/** The rule of each member of a filter. */
export const filterRules = {
  TaskRunType: oneValueOf(TASK_TYPES),
  Status: oneValueOf(TASK_STATUSES),
  StartedBefore: date,
  StartedAfter: date,
} satisfies RulesOf<TaskRunFilterCriteria>;

/** The `TaskRunType` of a filter: undefined if the filter is for every type. */
export type TaskRunTypes = { readonly [N in AnyTaskType]: N extends TaskType ? N : TaskType | undefined };

/**
 * Criteria for the task runs to list or to watch, frozen, created by {@link taskRunFilter}. The SDK and
 * `JSON.stringify` accept it as a plain `TaskRunFilterCriteria`. Each method returns a new filter. Calling a method
 * again replaces its criterion.
 *
 * @typeParam T - the task type of the filter, which becomes the type of the runs
 * @see https://docs.aws.amazon.com/glue/latest/webapi/API_TaskRunFilterCriteria.html
 */
export interface TaskRunFilter<out T extends AnyTaskType = AnyTaskType> {
  /** Only runs of this type. */
  readonly TaskRunType: TaskRunTypes[T];
  /** Only runs that started after this time. */
  readonly StartedAfter?: Date;

  /**
   * Only runs of this type. The runs that `list()` yields are then typed `MLTaskRun<T>`.
   *
   * @throws {@link InvalidQueryError} for a type that this version of the library does not know
   */
  taskRunType<const N extends TaskType>(type: N): TaskRunFilter<N>;

  /**
   * Only runs with this status. A watch does not accept it.
   *
   * @throws {@link InvalidQueryError} for a status that this version of the library does not know
   */
  status(status: TaskStatusType): ListTaskRunFilter<T>;

  /**
   * Only runs that started after this point in time. The service does not document whether a run that started exactly
   * then is included.
   *
   * @throws {@link InvalidQueryError} for a value that is not a point in time or not before `startedBefore`
   */
  startedAfter(instant: InstantLike): TaskRunFilter<T>;

  /**
   * Only runs that started before this point in time. The service does not document whether a run that started exactly
   * then is included. A watch does not accept it.
   *
   * @throws {@link InvalidQueryError} for a value that is not a point in time or not after `startedAfter`
   */
  startedBefore(instant: InstantLike): ListTaskRunFilter<T>;
}

/**
 * A {@link TaskRunFilter} with a status or an end, which a listing accepts and a watch does not.
 *
 * @typeParam T - the task type of the filter, which becomes the type of the runs
 */
export interface ListTaskRunFilter<out T extends AnyTaskType = AnyTaskType> extends TaskRunFilter<T> {
  /** Only runs with this status. */
  readonly Status?: TaskStatusType;
  /** Only runs that started before this time. */
  readonly StartedBefore?: Date;

  taskRunType<const N extends TaskType>(type: N): ListTaskRunFilter<N>;
  startedAfter(instant: InstantLike): ListTaskRunFilter<T>;
}

/**
 * Creates a filter that matches every run. Its methods add criteria.
 *
 * @example
 * ```ts
 * taskRunFilter().taskRunType("FIND_MATCHES").status("FAILED").startedAfter("2026-11-01");
 * ```
 */
export function taskRunFilter(): TaskRunFilter {
  return new FilterBuilder({});
}

class FilterBuilder<T extends AnyTaskType> implements ListTaskRunFilter<T> {
  declare readonly TaskRunType: TaskRunTypes[T];
  declare readonly Status?: TaskStatusType;
  declare readonly StartedBefore?: Date;
  declare readonly StartedAfter?: Date;

  /** The own properties are exactly the criteria that were set. */
  constructor(criteria: TaskRunFilterCriteria) {
    Object.assign(this, criteria);
    Object.freeze(this);
  }

  taskRunType<const N extends TaskType>(type: N): FilterBuilder<N> {
    return new FilterBuilder<N>({ ...this, TaskRunType: filterRules.TaskRunType(type, "Filter.TaskRunType") });
  }

  status(status: TaskStatusType): FilterBuilder<T> {
    return new FilterBuilder<T>({ ...this, Status: filterRules.Status(status, "Filter.Status") });
  }

  startedAfter(instant: InstantLike): FilterBuilder<T> {
    return this.withBound("StartedAfter", instant);
  }

  startedBefore(instant: InstantLike): FilterBuilder<T> {
    return this.withBound("StartedBefore", instant);
  }

  private withBound(name: "StartedAfter" | "StartedBefore", instant: InstantLike): FilterBuilder<T> {
    const field = `Filter.${name}`;
    const criteria = { ...this, [name]: toDate(instant, field) };
    const { StartedAfter: after, StartedBefore: before } = criteria;
    if (after && before && after >= before) {
      const interval = `after ${after.toISOString()} and before ${before.toISOString()}`;
      throw new InvalidQueryError(field, `${field} makes the interval empty: no run can start ${interval}.`);
    }
    return new FilterBuilder<T>(criteria);
  }
}
