/** Which runs and transforms match the filter of a request. */
import type { TaskRunFilterCriteria, TaskRunSortCriteria, TransformFilterCriteria } from "@aws-sdk/client-glue";
import type { CheckedOptions } from "./options.js";
import type { Selection } from "./page.js";
import type { RunRecord, TransformRecord } from "./record.js";

/** Selects the runs that match. With a time bound, those without `StartedOn` do not. */
export function selectRuns(
  { TaskRunType, Status, StartedAfter, StartedBefore }: TaskRunFilterCriteria,
  { Column, SortDirection }: TaskRunSortCriteria,
  bounds: CheckedOptions["bounds"],
): Selection<RunRecord> {
  // Times are whole milliseconds.
  const margin = bounds === "inclusive" ? 1 : 0;
  const after = StartedAfter && StartedAfter.getTime() - margin;
  const before = StartedBefore && StartedBefore.getTime() + margin;
  const [begin, end] = SortDirection === "ASCENDING" ? [after, before] : [before, after];
  const hasValues = valuesPredicate({ TASK_RUN_TYPE: TaskRunType, STATUS: Status });
  return {
    matches: ({ columns }) => hasValues(columns) && isBetween(columns.STARTED, after, before),
    ...(Column === "STARTED" && { begin, end }),
  };
}

/** Selects the transforms that match. With a time bound, those without that time do not. */
export function selectTransforms({ Schema = [], ...filter }: TransformFilterCriteria): Selection<TransformRecord> {
  const { Name: NAME, TransformType: TRANSFORM_TYPE, Status: STATUS, GlueVersion: GLUE_VERSION } = filter;
  const hasValues = valuesPredicate({ NAME, TRANSFORM_TYPE, STATUS, GLUE_VERSION });
  const columnPredicates = Schema.map((column) => valuesPredicate({ ...column }));
  const matches = ({ columns, schema }: TransformRecord) =>
    hasValues(columns) &&
    isBetween(columns.CREATED, filter.CreatedAfter?.getTime(), filter.CreatedBefore?.getTime()) &&
    isBetween(columns.LAST_MODIFIED, filter.LastModifiedAfter?.getTime(), filter.LastModifiedBefore?.getTime()) &&
    columnPredicates.every((hasColumnValues) => schema.some(hasColumnValues));
  return { matches };
}

type Values = Readonly<Record<string, unknown>>;

/** Creates the predicate of criteria. A criterion that is undefined is not applied. */
function valuesPredicate(criteria: Values): (values: Values) => boolean {
  const applied = Object.entries(criteria).filter(([, criterion]) => criterion !== undefined);
  return (values) => applied.every(([name, criterion]) => values[name] === criterion);
}

/** Whether a time is between bounds. A bound that is undefined is not applied. */
function isBetween(time: number | null, after: number | undefined, before: number | undefined): boolean {
  const value = time ?? Number.NaN;
  return (after === undefined || value > after) && (before === undefined || value < before);
}
