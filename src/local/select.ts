/** Selects and sorts the runs and transforms that a query asks for. */
import type { TaskRunSortCriteria, TransformFilterCriteria } from "@aws-sdk/client-glue";
import type { OperationInputs } from "./input.js";
import { findFirstIndex, type QueryResult, sortEntries } from "./query-result.js";
import type { RunRecord, TransformRecord } from "./record.js";

/**
 * Whether `StartedAfter` and `StartedBefore` include a run that started at exactly that time.
 *
 * @inline
 */
export type Bounds = "exclusive" | "inclusive";

/** @param sorted - the runs of the transform, in ascending order of `StartedOn` */
export function selectRuns(
  sorted: readonly RunRecord[],
  { Filter = {}, Sort }: OperationInputs["GetMLTaskRuns"],
  bounds: Bounds,
): QueryResult {
  const { TaskRunType, Status, StartedAfter, StartedBefore } = Filter;
  const started = selectStartedBetween(sorted, bounds, StartedAfter, StartedBefore);
  const matches = ({ columns }: RunRecord) =>
    matchesValue(TaskRunType, columns.TASK_RUN_TYPE) && matchesValue(Status, columns.STATUS);
  return sortRuns(TaskRunType || Status ? started.filter(matches) : started, Sort ?? {});
}

export function selectTransforms(
  transforms: readonly TransformRecord[],
  { Filter = {}, Sort }: OperationInputs["GetMLTransforms"],
): QueryResult {
  const direction = Sort?.SortDirection === "DESCENDING" ? -1 : 1;
  return sortEntries(
    transforms.filter((transform) => matchesFilter(transform, Filter)),
    direction,
    Sort?.Column,
  );
}

/** Selects the runs that started between the bounds. With a bound, runs without `StartedOn` are not selected. */
function selectStartedBetween(
  sorted: readonly RunRecord[],
  bounds: Bounds,
  after?: Date,
  before?: Date,
): readonly RunRecord[] {
  const from = after?.getTime() ?? -Infinity;
  const to = before?.getTime() ?? Infinity;
  const start = findFirstIndex(
    sorted,
    ({ started }) => started === null || started > from || (started === from && bounds === "inclusive"),
  );
  const end = findFirstIndex(
    sorted,
    ({ started }) => started === null || started > to || (started === to && bounds === "exclusive"),
  );
  return sorted.slice(start, after || before ? Math.max(start, end) : sorted.length);
}

/** Sorts runs that are in ascending order of `StartedOn`. Without sort criteria, the newest run is first. */
function sortRuns(runs: readonly RunRecord[], { Column, SortDirection }: Partial<TaskRunSortCriteria>): QueryResult {
  const direction = SortDirection === "ASCENDING" ? 1 : -1;
  if (Column === "STATUS" || Column === "TASK_RUN_TYPE") return sortEntries(runs, direction, Column);
  if (direction === 1) return { entries: runs, direction };
  // Runs without `StartedOn` stay last.
  const datedCount = findFirstIndex(runs, ({ started }) => started === null);
  return { entries: [...runs.slice(0, datedCount).reverse(), ...runs.slice(datedCount).reverse()], direction };
}

function matchesFilter({ columns, glueVersion, schema }: TransformRecord, filter: TransformFilterCriteria): boolean {
  const { Name, Status, GlueVersion, TransformType, Schema = [] } = filter;
  return (
    matchesValue(Name, columns.NAME) &&
    matchesValue(Status, columns.STATUS) &&
    matchesValue(GlueVersion, glueVersion) &&
    matchesValue(TransformType, columns.TRANSFORM_TYPE) &&
    matchesTime(columns.CREATED, filter.CreatedAfter, filter.CreatedBefore) &&
    matchesTime(columns.LAST_MODIFIED, filter.LastModifiedAfter, filter.LastModifiedBefore) &&
    Schema.every(({ Name, DataType }) =>
      schema.some(({ name, dataType }) => matchesValue(Name, name) && matchesValue(DataType, dataType)),
    )
  );
}

function matchesValue(criterion: string | undefined, value: unknown): boolean {
  return criterion === undefined || criterion === value;
}

function matchesTime(time: number | null, after: Date | undefined, before: Date | undefined): boolean {
  return (
    (after === undefined || (time !== null && time > after.getTime())) &&
    (before === undefined || (time !== null && time < before.getTime()))
  );
}
