/** Whether a run matches a filter: an endpoint may ignore criteria. */
import { isTaskRunType, type MLTaskRun } from "../task-run.js";
import type { CheckedQuery } from "./query.js";

/**
 * Whether a run matches a filter. A run without `StartedOn` matches any time bounds, one without status any status, one
 * without task type any type. A time in whole seconds may be up to 999 milliseconds outside of a bound.
 */
export function matchesFilter(run: MLTaskRun, filter: NonNullable<CheckedQuery["Filter"]>): boolean {
  const { TaskRunType, Status, StartedAfter, StartedBefore } = filter;
  // A run without status, or without type where the query filters by type, is invalid, and the parser reports it.
  if (TaskRunType !== undefined && hasAnyTaskType(run) && !isTaskRunType(run, TaskRunType)) return false;
  if (Status !== undefined && run.Status !== undefined && run.Status !== Status) return false;
  const time = run.StartedOn?.getTime();
  if (time === undefined) return true;
  // The service may know a time more exactly than it shows it, in whole seconds.
  const tolerance = time % 1000 === 0 ? 999 : 0;
  const isBefore = StartedAfter !== undefined && time + tolerance < StartedAfter.getTime();
  const isAfter = StartedBefore !== undefined && time - tolerance > StartedBefore.getTime();
  return !isBefore && !isAfter;
}

/** Whether a run has a task type, which this version of the library may not know. */
export function hasAnyTaskType({ Properties }: MLTaskRun): boolean {
  return Properties.TaskType !== undefined || Properties.$unknown?.TaskType !== undefined;
}
