/**
 * The values of the service's enumerations. They are constants of the library, because tests may mock the SDK, so that
 * it has no enumerations. A value that a newer SDK adds is a compile error here.
 */
import type {
  SortDirectionType,
  TaskRunSortColumnType,
  TaskStatusType,
  TaskType,
  TransformSortColumnType,
  TransformStatusType,
  TransformType,
} from "@aws-sdk/client-glue";
import type { KnownTaskRunProperties } from "../task-run.js";

/** Each has its properties in `KnownTaskRunProperties`, or this does not compile. */
export const TASK_TYPES = valuesOf<TaskType>({
  EVALUATION: 1,
  EXPORT_LABELS: 1,
  FIND_MATCHES: 1,
  IMPORT_LABELS: 1,
  LABELING_SET_GENERATION: 1,
} satisfies Record<keyof KnownTaskRunProperties, 1>);

export const TASK_STATUSES = valuesOf<TaskStatusType>({
  FAILED: 1,
  RUNNING: 1,
  STARTING: 1,
  STOPPED: 1,
  STOPPING: 1,
  SUCCEEDED: 1,
  TIMEOUT: 1,
});

/** The statuses of a finished run. */
export const FINAL_STATUSES = [
  "FAILED",
  "STOPPED",
  "SUCCEEDED",
  "TIMEOUT",
] as const satisfies readonly TaskStatusType[];

/** The statuses of an unfinished run, in the order of its life. */
export const UNFINISHED_STATUSES = ["STARTING", "RUNNING", "STOPPING"] as const satisfies readonly TaskStatusType[];

export const SORT_COLUMNS = valuesOf<TaskRunSortColumnType>({ STARTED: 1, STATUS: 1, TASK_RUN_TYPE: 1 });

export const SORT_DIRECTIONS = valuesOf<SortDirectionType>({ ASCENDING: 1, DESCENDING: 1 });

export const TRANSFORM_TYPES = valuesOf<TransformType>({ FIND_MATCHES: 1 });

export const TRANSFORM_STATUSES = valuesOf<TransformStatusType>({ DELETING: 1, NOT_READY: 1, READY: 1 });

export const TRANSFORM_SORT_COLUMNS = valuesOf<TransformSortColumnType>({
  CREATED: 1,
  LAST_MODIFIED: 1,
  NAME: 1,
  STATUS: 1,
  TRANSFORM_TYPE: 1,
});

/** Returns the keys of an object whose type requires every value of the enumeration as a key. */
function valuesOf<T extends string>(values: Readonly<Record<T, 1>>): readonly T[] {
  // The parameter's type has exactly these keys; `Object.keys` is typed more widely.
  return Object.keys(values) as T[];
}
