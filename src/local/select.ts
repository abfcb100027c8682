/** Selects and sorts the runs and transforms that a query asks for. */
import type { TaskRunFilterCriteria, TransformFilterCriteria } from "@aws-sdk/client-glue";
import type { OperationInputs } from "./input.js";
import type { CheckedOptions } from "./options.js";
import { findFirstIndex, type QueryResult, sortEntries } from "./query-result.js";
import type { RunRecord, TransformRecord } from "./record.js";

/** Returns the runs that match a query, sorted. Takes the runs of the transform in ascending order of `StartedOn`. */
export function selectRuns(
  sorted: readonly RunRecord[],
  { Filter = {}, Sort = { Column: "STARTED", SortDirection: "DESCENDING" } }: OperationInputs["GetMLTaskRuns"],
  bounds: CheckedOptions["bounds"],
): QueryResult {
  const { TaskRunType, Status } = Filter;
  const runs = selectStartedBetween(sorted, bounds, Filter).filter(
    ({ columns }) => matchesValue(TaskRunType, columns.TASK_RUN_TYPE) && matchesValue(Status, columns.STATUS),
  );
  return sortEntries(runs, Sort);
}

/** Returns the transforms that match a query, sorted. */
export function selectTransforms(
  transforms: readonly TransformRecord[],
  { Filter = {}, Sort }: OperationInputs["GetMLTransforms"],
): QueryResult {
  const selected = transforms.filter((transform) => matchesFilter(transform, Filter));
  return sortEntries(selected, Sort ?? {});
}

/** Selects the runs that started between the bounds. With a bound, runs without `StartedOn` are not selected. */
function selectStartedBetween(
  sorted: readonly RunRecord[],
  bounds: CheckedOptions["bounds"],
  { StartedAfter, StartedBefore }: TaskRunFilterCriteria,
): readonly RunRecord[] {
  if (StartedAfter === undefined && StartedBefore === undefined) return sorted;
  // Times are whole milliseconds.
  const margin = bounds === "inclusive" ? 1 : 0;
  const after = (StartedAfter?.getTime() ?? -Infinity) - margin;
  const before = (StartedBefore?.getTime() ?? Infinity) + margin;
  const start = findFirstIndex(sorted, ({ columns: { STARTED } }) => STARTED === null || STARTED > after);
  const end = findFirstIndex(sorted, ({ columns: { STARTED } }) => STARTED === null || STARTED >= before);
  return sorted.slice(start, end);
}

function matchesFilter({ columns, ...transform }: TransformRecord, filter: TransformFilterCriteria): boolean {
  const { Name, Status, GlueVersion, TransformType, Schema = [] } = filter;
  return (
    matchesValue(Name, columns.NAME) &&
    matchesValue(Status, columns.STATUS) &&
    matchesValue(GlueVersion, transform.GlueVersion) &&
    matchesValue(TransformType, columns.TRANSFORM_TYPE) &&
    matchesTime(columns.CREATED, filter.CreatedAfter, filter.CreatedBefore) &&
    matchesTime(columns.LAST_MODIFIED, filter.LastModifiedAfter, filter.LastModifiedBefore) &&
    Schema.every(({ Name, DataType }) =>
      transform.Schema.some((column) => matchesValue(Name, column.Name) && matchesValue(DataType, column.DataType)),
    )
  );
}

function matchesValue(criterion: string | undefined, value: unknown): boolean {
  return criterion === undefined || criterion === value;
}

function matchesTime(time: number | null, after: Date | undefined, before: Date | undefined): boolean {
  const value = time ?? Number.NaN;
  return (!after || value > after.getTime()) && (!before || value < before.getTime());
}
