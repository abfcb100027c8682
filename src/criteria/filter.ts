/** The builder for `TaskRunFilterCriteria`. */
import type { TaskRunFilterCriteria, TaskStatusType, TaskType } from "@aws-sdk/client-glue";
import { InvalidQueryError } from "../errors.js";
import { timeOf } from "../values.js";
import { TASK_STATUSES, TASK_TYPES } from "./enumerations.js";
import { type InstantLike, throwNotDate, toDate } from "./instant.js";
import { oneOf, type Rule } from "./rules.js";

/** The rule of a `Date`, the only type of a point in time that the SDK's criteria accept. */
export const date: Rule<Date> = (value, field) =>
  timeOf(value) === undefined ? throwNotDate(field, "a valid Date", value) : toDate(value, field);

/** The rule of each member of a filter. */
export const filterRules = {
  TaskRunType: oneOf(TASK_TYPES),
  Status: oneOf(TASK_STATUSES),
  StartedBefore: date,
  StartedAfter: date,
};

/**
 * Criteria for the task runs to list, frozen, created by {@link taskRunFilter}. The SDK and `JSON.stringify` accept it
 * as a plain `TaskRunFilterCriteria`. Each method returns a new filter. Calling a method again replaces its criterion.
 *
 * @typeParam T - the task type of the filter, which becomes the type of the runs
 * @see https://docs.aws.amazon.com/glue/latest/webapi/API_TaskRunFilterCriteria.html
 */
export interface TaskRunFilter<T extends TaskType | undefined = TaskType | undefined> extends TaskRunFilterCriteria {
  readonly TaskRunType: T;
  readonly Status?: TaskStatusType;
  readonly StartedBefore?: Date;
  readonly StartedAfter?: Date;

  /**
   * Only runs of this type. The runs that `list()` yields are then typed `MLTaskRun<T>`.
   *
   * @throws {@link InvalidQueryError} for a type that this version of the library does not know
   */
  taskRunType<const N extends TaskType>(type: N): TaskRunFilter<N>;

  /**
   * Only runs with this status.
   *
   * @throws {@link InvalidQueryError} for a status that this version of the library does not know
   */
  status(status: TaskStatusType): TaskRunFilter<T>;

  /**
   * Only runs that started after this point in time. The service does not document whether a run that started exactly
   * then is included.
   *
   * @throws {@link InvalidQueryError} for a value that is not a point in time or not before `startedBefore`
   */
  startedAfter(instant: InstantLike): TaskRunFilter<T>;

  /**
   * Only runs that started before this point in time. The service does not document whether a run that started exactly
   * then is included.
   *
   * @throws {@link InvalidQueryError} for a value that is not a point in time or not after `startedAfter`
   */
  startedBefore(instant: InstantLike): TaskRunFilter<T>;
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
  return new FilterBuilder({ TaskRunType: undefined });
}

class FilterBuilder<T extends TaskType | undefined> implements TaskRunFilter<T> {
  declare readonly TaskRunType: T;
  declare readonly Status?: TaskStatusType;
  declare readonly StartedBefore?: Date;
  declare readonly StartedAfter?: Date;

  constructor({ TaskRunType, ...others }: TaskRunFilterCriteria & { readonly TaskRunType: T }) {
    // The own properties are exactly the criteria that were set.
    Object.assign(this, TaskRunType && { TaskRunType }, others);
    Object.freeze(this);
  }

  taskRunType<const N extends TaskType>(type: N): TaskRunFilter<N> {
    filterRules.TaskRunType(type, "Filter.TaskRunType");
    return new FilterBuilder({ ...this, TaskRunType: type });
  }

  status(status: TaskStatusType): TaskRunFilter<T> {
    return new FilterBuilder<T>({ ...this, Status: filterRules.Status(status, "Filter.Status") });
  }

  startedAfter(instant: InstantLike): TaskRunFilter<T> {
    return this.withBound("StartedAfter", instant);
  }

  startedBefore(instant: InstantLike): TaskRunFilter<T> {
    return this.withBound("StartedBefore", instant);
  }

  private withBound(name: "StartedAfter" | "StartedBefore", instant: InstantLike): TaskRunFilter<T> {
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
