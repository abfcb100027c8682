/** The stored form of runs and transforms: checked, converted to JSON once, with the values to sort and filter by. */
import type { MLTransform, TaskRun } from "@aws-sdk/client-glue";
import { matching, type Rule, throwInvalid } from "../criteria/rules.js";
import { InvalidQueryError } from "../errors.js";
import { formatValue, isObject } from "../values.js";
import { copyMembers, takeSnapshot } from "./json.js";

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
export type RunRecord = ReturnType<typeof toRunRecord>;

/** A stored transform. Its key is its id. */
export type TransformRecord = ReturnType<typeof toTransformRecord>;

const id = matching<string>((value) => typeof value === "string" && value !== "", "a string that is not empty");
const string = optional(matching<string>((value) => typeof value === "string", "a string"));
const structure = optional<Readonly<Record<string, unknown>>>(matching(isObject, "an object"));
const list = optional<readonly unknown[]>(matching(Array.isArray, "an array"));
/** A timestamp of a snapshot, converted to milliseconds. */
const time = optional<number>((value, field) =>
  typeof value === "number" ? Math.round(value * 1000) : throwInvalid(field, "a valid Date", value),
);

/** A member that may be absent or null: a file of the service's own JSON may contain null. */
function optional<T>(rule: Rule<T>): Rule<T | null> {
  return (value, field) => (value === undefined || value === null ? null : rule(value, field));
}

/**
 * Checks a run and converts it to its stored form.
 *
 * @param name - the run's name in error messages
 */
export function toRunRecord(run: unknown, name: string) {
  const members = copyMembers(run, name);
  return withId("TaskRunId", members, () => {
    const { json, data } = takeSnapshot(members, name);
    const transformId = id(data.TransformId, `${name}.TransformId`);
    const taskRunId = id(data.TaskRunId, `${name}.TaskRunId`);
    const properties = structure(data.Properties, `${name}.Properties`);
    const columns = {
      STARTED: time(data.StartedOn, `${name}.StartedOn`),
      STATUS: string(data.Status, `${name}.Status`),
      TASK_RUN_TYPE: string(properties?.TaskType, `${name}.Properties.TaskType`),
    };
    return { transformId, taskRunId, key: [columns.STARTED, taskRunId], columns, json };
  });
}

export function logGroupName(transformId: string): string {
  return `/aws-glue/mltransforms/${transformId}`;
}

/** Checks a transform and converts it to its stored form. */
export function toTransformRecord(transform: unknown) {
  const name = "transform";
  const members = copyMembers(transform, name);
  const now = new Date();
  const defaults = {
    Name: members.TransformId,
    Status: "READY",
    CreatedOn: now,
    LastModifiedOn: now,
    Parameters: { TransformType: "FIND_MATCHES" },
  };
  return withId("TransformId", members, () => {
    const { json, data } = takeSnapshot({ ...defaults, ...members }, name);
    const transformId = id(data.TransformId, `${name}.TransformId`);
    const parameters = structure(data.Parameters, `${name}.Parameters`);
    const columns = {
      NAME: string(data.Name, `${name}.Name`),
      TRANSFORM_TYPE: string(parameters?.TransformType, `${name}.Parameters.TransformType`),
      STATUS: string(data.Status, `${name}.Status`),
      CREATED: time(data.CreatedOn, `${name}.CreatedOn`),
      LAST_MODIFIED: time(data.LastModifiedOn, `${name}.LastModifiedOn`),
    };
    const glueVersion = string(data.GlueVersion, `${name}.GlueVersion`);
    const schema = (list(data.Schema, `${name}.Schema`) ?? []).map((value, index) => {
      const path = `${name}.Schema[${index}]`;
      const column = structure(value, path);
      return { name: string(column?.Name, `${path}.Name`), dataType: string(column?.DataType, `${path}.DataType`) };
    });
    return { transformId, glueVersion, schema, key: [transformId], columns, json };
  });
}

/** Adds the id, if there is one, to the message of an error that the check throws. */
function withId<T>(member: string, members: Readonly<Record<string, unknown>>, check: () => T): T {
  try {
    return check();
  } catch (error) {
    const value = members[member];
    if (!(error instanceof InvalidQueryError) || typeof value !== "string" || value === "") throw error;
    const { field, message, cause } = error;
    throw new InvalidQueryError(field, `${message} The ${member} is ${formatValue(value)}.`, { cause });
  }
}
