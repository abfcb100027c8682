/** The stored form of runs and transforms: checked, converted to JSON once, with the values to sort and filter by. */
import type { MLTransform, TaskRun } from "@aws-sdk/client-glue";
import { InvalidQueryError } from "../errors.js";
import { formatValue } from "../values.js";
import { copyMembers, type Members, toJsonMembers } from "./json.js";
import type { CheckedLocalGlueOptions } from "./options.js";
import { list, string, structure, timestamp, typed } from "./shapes.js";

/** A run as the service returns it, with its ids. */
export type LocalTaskRun = TaskRun & { TransformId: string; TaskRunId: string };

/** The outcome of a run. */
export interface LocalTaskRunOutcome {
  /** The final status. */
  Status: "FAILED" | "STOPPED" | "SUCCEEDED" | "TIMEOUT";
  /** Why the run failed. */
  ErrorString?: string | undefined;
}

/** A transform as the service returns it, with its id. */
export type LocalTransform = MLTransform & { TransformId: string };

/** A stored run. Its key is its start time in milliseconds and its id. */
export type RunRecord = ReturnType<typeof createRunRecord>;

/** A stored transform. Its key is its id. */
export type TransformRecord = ReturnType<typeof toTransformRecord>;

/** What decides how records are served. */
export type RecordOptions = Pick<CheckedLocalGlueOptions, "clock" | "startedOn" | "timestamps">;

const isId = (value: unknown): value is string => typeof value === "string" && value !== "";
const id = typed(isId, "be a string that is not empty");
// The members that the endpoint filters and sorts by.
const RUN = structure(
  { Status: string, StartedOn: timestamp, Properties: structure({ TaskType: string }) },
  { TransformId: id, TaskRunId: id },
);
const TRANSFORM = structure(
  {
    Name: string,
    Status: string,
    GlueVersion: string,
    CreatedOn: timestamp,
    LastModifiedOn: timestamp,
    Parameters: structure({ TransformType: string }),
    Schema: list(structure({ Name: string, DataType: string })),
  },
  { TransformId: id },
);

/** Converts a time to seconds since the epoch, with a fraction for milliseconds unless the endpoint serves seconds. */
export function toSeconds(time: Date | number, { timestamps }: RecordOptions): number {
  return timestamps === "seconds" ? Math.floor(Number(time) / 1000) : Number(time) / 1000;
}

/** Checks a run, which has a name in error messages, and converts it to its stored form. */
export function toRunRecord(run: unknown, name: string, options: RecordOptions) {
  const copy = copyMembers(run, name);
  return withId("TaskRunId", copy, () => {
    const isHidden = options.startedOn === "running" && copy.Status === "STARTING";
    const shown = isHidden ? { ...copy, StartedOn: undefined } : copy;
    const members = toJsonMembers(shown, name, (date) => toSeconds(date, options));
    return createRunRecord(members, name);
  });
}

/** Creates the stored form of a run from what its JSON contains. */
export function createRunRecord(members: Members, name: string) {
  const { TransformId, TaskRunId, Status: STATUS = null, StartedOn, Properties } = RUN(members, name);
  const columns = { STARTED: StartedOn?.getTime() ?? null, STATUS, TASK_RUN_TYPE: Properties?.TaskType ?? null };
  const json = Buffer.from(JSON.stringify(members));
  return { transformId: TransformId, taskRunId: TaskRunId, key: [columns.STARTED, TaskRunId], columns, json };
}

export function logGroupName(transformId: string): string {
  return `/aws-glue/mltransforms/${transformId}`;
}

/** Checks a transform and converts it to its stored form. */
export function toTransformRecord(transform: unknown, options: RecordOptions) {
  const name = "transform";
  const copy = copyMembers(transform, name);
  const now = new Date(options.clock());
  const times = { CreatedOn: now, LastModifiedOn: now };
  const defaults = { Name: copy.TransformId, Status: "READY", Parameters: { TransformType: "FIND_MATCHES" }, ...times };
  return withId("TransformId", copy, () => {
    const members = toJsonMembers({ ...defaults, ...copy }, name, (date) => toSeconds(date, options));
    const { TransformId, Schema: schema = [], ...checked } = TRANSFORM(members, name);
    const columns = {
      NAME: checked.Name ?? null,
      TRANSFORM_TYPE: checked.Parameters?.TransformType ?? null,
      STATUS: checked.Status ?? null,
      GLUE_VERSION: checked.GlueVersion ?? null,
      CREATED: checked.CreatedOn?.getTime() ?? null,
      LAST_MODIFIED: checked.LastModifiedOn?.getTime() ?? null,
    };
    const json = Buffer.from(JSON.stringify(members));
    const hasLabels = members.LabelCount !== 0;
    return { transformId: TransformId, schema, hasLabels, key: [TransformId], columns, json };
  });
}

/** Adds the id, if there is one, to the message of an error that the check throws. */
export function withId<T>(member: string, members: Members, check: () => T): T {
  try {
    return check();
  } catch (error) {
    const value = members[member];
    if (!(error instanceof InvalidQueryError) || typeof value !== "string" || value === "") throw error;
    const { field, message, cause } = error;
    throw new InvalidQueryError(field, `${message} The ${member} is ${formatValue(value)}.`, { cause });
  }
}
