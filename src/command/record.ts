/** A run as one flat record, for formats with columns. */
import type { MLTaskRun } from "glue-ml-task-runs";

/** The columns of tsv and csv, in their order. They have the service's names. */
export const COLUMNS = [
  "TransformId",
  "TaskRunId",
  "Status",
  "TaskType",
  "StartedOn",
  "CompletedOn",
  "ExecutionTime",
  "ErrorString",
  "LastModifiedOn",
  "LogGroupName",
  "JobId",
  "JobName",
  "JobRunId",
  "InputS3Path",
  "OutputS3Path",
  "Replace",
] as const;

/** A record. A member that the run does not have is the empty string. */
export type RunRecord = Readonly<Record<(typeof COLUMNS)[number], string | number>>;

/** The task type as the service names it, also one that the library does not know. Undefined if the run has none. */
export function taskTypeOf({ Properties }: MLTaskRun): string | undefined {
  return "$unknown" in Properties ? Properties.$unknown?.TaskType : Properties.TaskType;
}

/** Flattens a run. Times are ISO 8601 in UTC. */
export function toRecord(run: MLTaskRun): RunRecord {
  const members: Readonly<Record<string, unknown>> = {
    ...run,
    ...detailsOf(run.Properties),
    TaskType: taskTypeOf(run),
  };
  const toField = (value: unknown) => {
    if (value instanceof Date) return value.toISOString();
    return typeof value === "number" ? value : String(value ?? "");
  };
  // Object.fromEntries does not keep the names of the keys in its type.
  return Object.fromEntries(COLUMNS.map((column) => [column, toField(members[column])])) as RunRecord;
}

/** The structure of a run's type. */
function detailsOf(properties: MLTaskRun["Properties"]): object {
  switch (properties.TaskType) {
    case "FIND_MATCHES":
      return properties.FindMatchesTaskRunProperties;
    case "IMPORT_LABELS":
      return properties.ImportLabelsTaskRunProperties;
    case "EXPORT_LABELS":
      return properties.ExportLabelsTaskRunProperties;
    case "LABELING_SET_GENERATION":
      return properties.LabelingSetGenerationTaskRunProperties;
    default:
      return {};
  }
}

/** The run in the service's shape: unknown properties as the service sent them. */
export function toServiceShape(run: MLTaskRun): object {
  return "$unknown" in run.Properties ? { ...run, Properties: run.Properties.$unknown } : run;
}
